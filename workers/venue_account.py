"""Everything that one process does for the venue accounts it owns, whatever their adapter."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import Worker

from activities.desk import VenueDesk
from activities.news import VenueNews
from activities.ports import venue_queue
from activities.reconciliation import Reconciliation
from activities.venue import VenueActivities
from db.deliveries import Deliveries
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.pool import DATABASE_AWAY, Pool
from venues.port import ExternalAdapter, VenueUnreachable
from workers.account_lease import AccountLease
from workers.market_recorder import MarketRecorder
from workers.quick_road import QuickRoad

logger = logging.getLogger(__name__)

_CATCH_UP_EVERY_S = 30.0
_INSTRUMENTS_EVERY_S = 60.0
_RETRY_S = 0.5
_CATCHING_UP_S = 20.0
_DRAIN = timedelta(seconds=5)


class VenueAccount:
    """One account: its lease, its desk, its news and its market data."""

    def __init__(self, adapter: ExternalAdapter, pool: Pool, holder: str) -> None:
        oms, leases = UnifiedOMS(pool), VenueLeases(pool)
        self._adapter = adapter
        self._market = MarketData(pool)
        self._market_data = MarketRecorder(adapter, self._market)
        self.desk = VenueDesk(oms, adapter, KnownInstruments(self._market))
        inquiry = self.desk.inquiry
        self._reconciliation = Reconciliation(adapter, inquiry, oms, leases, Deliveries(pool))
        self._news = VenueNews(adapter, inquiry, self._reconciliation.missed_something)
        self._lease = AccountLease(
            leases, adapter.venue, adapter.account_id, holder, adapter.health
        )
        self._caught_up = asyncio.Event()
        self._activities = VenueActivities(self.desk, self.lease_token, self._caught_up)
        self._worker: Worker | None = None

    @property
    def venue(self) -> str:
        return self._adapter.venue

    def lease_token(self) -> int:
        """The token under which the account is held now; a lapsed lease gets another."""
        return self._lease.token

    # What the quick road asks. Before the account has caught up nothing new is sent, and cancels
    # are: the order waits on the venue's queue.

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
        await self._lease.acquire()

    async def release(self) -> None:
        await self._lease.release()

    async def serve(self, client: Client) -> None:
        """Take work from the venue's queue until `drain`; catch up first of all, but cancels and
        questions need not wait for that."""
        self._worker = self._queue_worker(client)
        async with asyncio.TaskGroup() as tasks:
            catching_up = tasks.create_task(self._catch_up(), name=f"catch up {self.venue}")
            await self._worker.run()
            catching_up.cancel()

    async def until_caught_up(self) -> None:
        """Return at once where the venue is away, and after a while in any case: other accounts do
        not wait for this one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CATCHING_UP_S):
                while self._adapter.health().connected and not self._caught_up.is_set():
                    await asyncio.sleep(_RETRY_S / 10)

    async def drain(self) -> None:
        """Take no more work, and finish what was begun."""
        if self._worker is not None:
            await self._worker.shutdown()

    async def _catch_up(self) -> None:
        """Book what happened at the venue while nobody was looking, as soon as it is there."""
        while True:
            try:
                await self._market.save_capabilities(self.venue, self._adapter.capabilities)
                await self._adapter.connect()
                await self._market.save_offer(self.venue, self._adapter.instruments())
                await self._reconciliation.catch_up()
                self._caught_up.set()
                return
            except (VenueUnreachable, *DATABASE_AWAY) as error:
                logger.warning("catching up with %s, trying again: %s", self.venue, error)
                await asyncio.sleep(_RETRY_S)

    def background(self, tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Start what runs as long as the account is ours; the first to fail ends the group."""
        endless = {
            "lease": self._lease.held(),
            "news": self._news.read(),
            "reconciliation": self._reconcile(),
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

    async def _reconcile(self) -> None:
        await self._caught_up.wait()
        await self._reconciliation.keep(_CATCH_UP_EVERY_S)

    async def _refresh_instruments(self) -> None:
        """Filters, fees and hours change while we run."""
        while True:
            await asyncio.sleep(_INSTRUMENTS_EVERY_S)
            try:
                await self._market.save_offer(self.venue, self._adapter.instruments())
            except DATABASE_AWAY as error:
                logger.warning("the instruments of %s were not saved: %s", self.venue, error)


async def serve_accounts(
    accounts: Sequence[VenueAccount],
    venues_up: Awaitable[None],
    dsn: str,
    client: Client,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Serve until `stop`, then take no more work, finish what was begun and return.

    `venues_up` is over once the venues can be traded; only then `ready` is told. Until then cancels
    and questions are answered with what can be said, and new orders wait.
    """
    quick_road = QuickRoad(accounts, dsn)
    async with asyncio.TaskGroup() as tasks:
        background = [task for account in accounts for task in account.background(tasks)]
        serving = [tasks.create_task(account.serve(client)) for account in accounts]
        await quick_road.start()
        readiness = tasks.create_task(_tell_ready(accounts, venues_up, ready), name="readiness")
        await stop.wait()
        logger.info("draining: no new orders are taken")
        readiness.cancel()
        await quick_road.stop()
        await asyncio.gather(*(account.drain() for account in accounts))
        for task in (*serving, *background):
            task.cancel()


async def _tell_ready(
    accounts: Sequence[VenueAccount], venues_up: Awaitable[None], ready: Callable[[], None]
) -> None:
    await venues_up
    await asyncio.gather(*(account.until_caught_up() for account in accounts))
    ready()
