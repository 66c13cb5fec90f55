"""A venue without a wire: it takes every order at once, or as slowly as a test says.

It stands behind the real desk and its real activities. For what venues really do on the wire there
are the simulators.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from temporalio.client import Client

from db.pool import Pool
from domain.deliveries import Delivery
from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Quote
from domain.order_events import VenueAmended, VenueCanceled
from domain.orders import (
    OrderStatus,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from domain.outcomes import (
    Accepted,
    AmendOutcome,
    AmendTaken,
    CancelOutcome,
    CancelTaken,
    Rejected,
    SubmitOutcome,
)
from domain.sides import Side
from tests.support.live_api import INSTRUMENTS
from venues.port import (
    Amendment,
    Balance,
    Capabilities,
    ExternalAdapter,
    FillNews,
    MarketEvent,
    NotFound,
    OrderNews,
    OrderReport,
    PositionReport,
    VenueEvent,
    VenueHealth,
)
from workers.venue_account import VenueAccount, serve_accounts


class InstantVenue:
    """`sent` counts the submissions by venue client id; `delay_s` holds back the answers.

    It cannot amend take-profits, and knows no trailing stops.
    """

    capabilities = Capabilities(
        order_types=frozenset(OrderType) - {OrderType.TRAILING_STOP_MARKET},
        times_in_force=frozenset(TimeInForce),
        post_only=True,
        reduce_only=True,
        client_id_pattern=".+",
        visibility_horizon=timedelta(seconds=1),
        amendable=frozenset({OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
        display_qty=True,
        trigger_types=frozenset(TriggerType),
        trailing_offset_types=frozenset(TrailingOffsetType),
    )

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.account_id = f"{venue}-main"
        self.sent: Counter[str] = Counter()
        self.delay_s = 0.0
        self._canceled: set[str] = set()
        self._news: asyncio.Queue[VenueEvent] = asyncio.Queue()

    async def connect(self) -> None:
        return None

    async def disconnect(self) -> None:
        return None

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        return None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        self.sent[order.venue_client_id] += 1
        await asyncio.sleep(self.delay_s)
        return Accepted(_venue_order_id(order))

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        self._canceled.add(order.venue_client_id)
        self._news.put_nowait(OrderNews(order.venue_client_id, VenueCanceled("as asked")))
        return CancelTaken()

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        return None

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        terms = VenueAmended(amendment.quantity, amendment.price, amendment.trigger_price)
        self._news.put_nowait(OrderNews(order.venue_client_id, terms))
        return AmendTaken()

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        return CancelTaken()

    def fill(self, order_id: str, quantity: str, price: str) -> None:
        """Trade some of a BUY order of BTC; the news goes out on the stream."""
        self._news.put_nowait(
            FillNews(
                Fill(
                    order_id=order_id,
                    account_id=self.account_id,
                    instrument_id=f"BTCUSDT.{self.venue}",
                    trade_id=f"{order_id}-{self._news.qsize()}",
                    venue_order_id=f"venue-{order_id}01",
                    side=Side.BUY,
                    quantity=Decimal(quantity),
                    price=Decimal(price),
                    fee=Decimal("0.01"),
                    fee_currency="USDT",
                    is_maker=True,
                    ts_event=datetime.now(UTC),
                )
            )
        )

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        if not self.sent[order.venue_client_id]:
            return NotFound("never seen")
        return OrderReport(
            order.venue_client_id,
            _venue_order_id(order),
            order.instrument_id,
            OrderStatus.CANCELED
            if order.venue_client_id in self._canceled
            else OrderStatus.ACCEPTED,
            order.filled_qty,
        )

    async def open_orders(self) -> Sequence[OrderReport]:
        return []

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return []

    async def positions(self) -> Sequence[PositionReport]:
        return []

    async def balances(self) -> Sequence[Balance]:
        return []

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        return ()

    def instruments(self) -> Sequence[Instrument]:
        return [instrument for instrument in INSTRUMENTS if instrument.venue == self.venue]

    async def events(self) -> AsyncIterator[VenueEvent]:
        while True:
            yield await self._news.get()

    async def quotes(self) -> AsyncIterator[Quote]:
        await asyncio.Event().wait()
        yield Quote("", Decimal(0), Decimal(0), Decimal(0), Decimal(0), datetime.now(UTC))

    async def market_data(self) -> AsyncIterator[MarketEvent]:
        await asyncio.Event().wait()
        yield Quote("", Decimal(0), Decimal(0), Decimal(0), Decimal(0), datetime.now(UTC))

    def health(self) -> VenueHealth:
        return VenueHealth(connected=True, last_message_at=None)


@asynccontextmanager
async def serving(
    venue: ExternalAdapter, pool: Pool, dsn: str, client: Client
) -> AsyncIterator[None]:
    """Serve the venue's account as a venue worker does."""
    account = VenueAccount(venue, pool, "test worker")
    await account.acquire()
    stop, ready = asyncio.Event(), asyncio.Event()
    try:
        async with asyncio.TaskGroup() as tasks:
            up = asyncio.sleep(0)
            tasks.create_task(serve_accounts([account], up, dsn, client, stop, ready.set))
            await ready.wait()
            try:
                yield
            finally:
                stop.set()
    finally:
        await account.release()


def _venue_order_id(order: UnifiedOrder) -> str:
    return f"venue-{order.venue_client_id}"
