"""Everything that one process does for the venue accounts it owns, whatever their adapter."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.desk import VenueDesk
from activities.news import VenueNews
from activities.ports import venue_queue
from activities.venue import VenueActivities
from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.outbox import Outbox
from db.pool import DATABASE_AWAY, Pool
from venues.port import ExternalAdapter, VenueUnreachable
from workers.account_lease import AccountLease
from workers.market_recorder import MarketRecorder
from workers.quick_road import QuickRoad

logger = logging.getLogger(__name__)

_CATCH_UP_EVERY_S = 30.0
_INSTRUMENTS_EVERY_S = 60.0
_FIRST_LOOK_BACK = timedelta(minutes=10)
_RETRY_S = 0.5
_DRAIN = timedelta(seconds=5)


class VenueAccount:
    """One account: its lease, its desk, its news and its market data."""

    def __init__(self, adapter: ExternalAdapter, pool: Pool, holder: str) -> None:
        oms, outbox = UnifiedOMS(pool), Outbox(pool)
        self._adapter = adapter
        self._market = MarketData(pool)
        self._market_data = MarketRecorder(adapter, self._market)
        self.desk = VenueDesk(oms, adapter)
        self._news = VenueNews(adapter, self.desk, oms)
        self._lease = AccountLease(
            VenueLeases(pool), adapter.venue, adapter.account_id, holder, adapter.health
        )
        self._activities = VenueActivities(self.desk, outbox, self.lease_token)
        self._owned_before: datetime | None = None
        self._caught_up = asyncio.Event()
        self._worker: Worker | None = None

    @property
    def venue(self) -> str:
        return self._adapter.venue

    def lease_token(self) -> int:
        """The token under which the account is held now; a lapsed lease gets another."""
        return self._lease.token

    # What the quick road asks. Before the account has caught up nothing is sent from here: the
    # order waits on the venue's queue, which is served from then on.

    async def submit(self, order_id: str) -> object:
        if not self._caught_up.is_set():
            return None
        return await self.desk.submit(order_id, self.lease_token())

    async def amend(self, order_id: str) -> object:
        if not self._caught_up.is_set():
            return None
        return await self.desk.amend(order_id, self.lease_token())

    async def cancel(self, order_id: str) -> object:
        return await self.desk.cancel(order_id)

    async def acquire(self) -> None:
        self._owned_before = await self._lease.acquire()

    async def release(self) -> None:
        await self._lease.release()

    async def serve(self, client: Client) -> None:
        """Catch up, then take work from the venue's queue until `drain`."""
        await self._catch_up()
        self._caught_up.set()
        self._worker = self._queue_worker(client)
        await self._worker.run()

    async def until_caught_up(self) -> None:
        """Return at once where the venue is away: other accounts do not wait for it."""
        if self._adapter.health().connected:
            await self._caught_up.wait()

    async def drain(self) -> None:
        """Take no more work, and finish what was begun."""
        if self._worker is not None:
            await self._worker.shutdown()

    async def _catch_up(self) -> None:
        """Book what happened at the venue while nobody was looking."""
        since = (self._owned_before or datetime.now(UTC)) - _FIRST_LOOK_BACK
        while True:
            try:
                await self._market.save_capabilities(self.venue, self._adapter.capabilities)
                await self._market.save_instruments(self._adapter.instruments())
                await self._news.catch_up(since)
                return
            except (VenueUnreachable, *DATABASE_AWAY) as error:
                logger.warning("catching up with %s, trying again: %s", self.venue, error)
                await asyncio.sleep(_RETRY_S)

    def background(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Start what runs as long as the account is ours; the first to fail ends the group."""
        endless = {
            "lease": self._lease.held(),
            "news": self._news.read(),
            "catch up": self._news.catch_up_at_gaps(_CATCH_UP_EVERY_S),
            "market data": self._market_data.record(),
            "instruments": self._refresh_instruments(),
        }
        return [
            tasks.create_task(work, name=f"{name} {self.venue}") for name, work in endless.items()
        ]

    def _queue_worker(self, client: Client) -> Worker:
        return Worker(
            client,
            task_queue=venue_queue(self.venue),
            activities=[
                self._activities.submit_order,
                self._activities.cancel_order,
                self._activities.amend_order,
                self._activities.ask_venue,
            ],
            graceful_shutdown_timeout=_DRAIN,
        )

    async def _refresh_instruments(self) -> None:
        """Filters, fees and hours change while we run."""
        while True:
            await asyncio.sleep(_INSTRUMENTS_EVERY_S)
            try:
                await self._market.save_instruments(self._adapter.instruments())
            except DATABASE_AWAY as error:
                logger.warning("the instruments of %s were not saved: %s", self.venue, error)


async def serve_accounts(
    accounts: Sequence[VenueAccount],
    dsn: str,
    client: Client,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Serve until `stop`, then take no more work, finish what was begun and return."""
    quick_road = QuickRoad(accounts, dsn)
    async with asyncio.TaskGroup() as tasks:
        background = [task for account in accounts for task in account.background(tasks)]
        serving = [tasks.create_task(account.serve(client)) for account in accounts]
        await asyncio.gather(*(account.until_caught_up() for account in accounts))
        await quick_road.start()
        ready()
        await stop.wait()
        logger.info("draining: no new orders are taken")
        await quick_road.stop()
        await asyncio.gather(*(account.drain() for account in accounts))
        for task in (*serving, *background):
            task.cancel()
