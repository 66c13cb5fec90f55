"""What a venue tells without being asked: order news and fills, booked in the order they come.

News must not be lost: while the database is away the reader keeps the item in its hand and tries
again, and everything behind it waits in the venue's stream. What a dead process held in its hand is
pulled again by `catch_up`, which books by trade id and so never twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial

from activities.desk import NotYetCertain, VenueDesk
from db.oms import UnifiedOMS
from db.pool import DATABASE_AWAY
from domain.identifiers import order_id_of_venue_client_id
from domain.orders import UnifiedOrder
from venues.port import (
    ExternalAdapter,
    FillNews,
    OrderNews,
    StreamRestored,
    VenueEvent,
    VenueUnreachable,
)

logger = logging.getLogger(__name__)

_RETRY_S = 0.25
_LOOK_BACK = timedelta(minutes=10)


class VenueNews:
    def __init__(self, adapter: ExternalAdapter, desk: VenueDesk, oms: UnifiedOMS) -> None:
        self._adapter = adapter
        self._desk = desk
        self._oms = oms
        self._gap = asyncio.Event()

    async def read(self) -> None:
        """Book the venue's news for ever."""
        async for event in self._adapter.events():
            await _until_booked(partial(self._book, event))

    async def catch_up_at_gaps(self, every_s: float) -> None:
        """After every gap in the stream, and now and then without one (a healthy stream can drop
        fills too), pull what the venue knows, for ever."""
        while True:
            try:
                async with asyncio.timeout(every_s):
                    await self._gap.wait()
            except TimeoutError:
                pass
            self._gap.clear()
            try:
                await self.catch_up(datetime.now(UTC) - _LOOK_BACK)
            except VenueUnreachable as error:
                logger.warning("cannot catch up with %s yet: %s", self._adapter.venue, error)
                self._gap.set()
                await asyncio.sleep(_RETRY_S)
            except DATABASE_AWAY as error:
                logger.warning("cannot catch up, the database is away: %s", error)
                self._gap.set()
                await asyncio.sleep(_RETRY_S)

    async def catch_up(self, since: datetime) -> None:
        """Make our book equal the venue's: executions first, then the state of each live order.

        Raises VenueUnreachable.
        """
        live = await self._oms.live_orders(self._adapter.account_id)
        sent = [order for order in live if order.submitted_at is not None]
        await self._desk.book_fills_since(min([since, *_submission_times(sent)]))
        open_ids = {report.venue_client_id for report in await self._adapter.open_orders()}
        for order in sent:
            settled = order.status.is_working and not order.amend_pending
            if order.venue_client_id in open_ids and settled:
                continue
            try:
                await self._desk.ask(order.order_id)
            except NotYetCertain as error:
                logger.warning("%s: %s", order.order_id, error)

    async def _book(self, event: VenueEvent) -> None:
        match event:
            case FillNews(fill):
                await self._desk.book(fill)
            case OrderNews(venue_client_id, news):
                order_id = order_id_of_venue_client_id(venue_client_id)
                if order_id is not None:
                    await self._desk.hear(order_id, news, venue_client_id)
            case StreamRestored():
                self._gap.set()


def _submission_times(orders: Iterable[UnifiedOrder]) -> list[datetime]:
    return [order.submitted_at for order in orders if order.submitted_at is not None]


async def _until_booked(book: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await book()
        except DATABASE_AWAY as error:
            logger.warning("the database is away, the news waits: %s", error)
            await asyncio.sleep(_RETRY_S)
