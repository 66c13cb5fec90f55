"""A venue without a wire that does to each order what its course says.

It keeps a ledger of its own, so that a test can ask what really happened there. It stands behind
the real desk, its activities and the news reader; what venues do on the wire is for the contract
tests and the simulators.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto

from domain.deliveries import Delivery
from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Quote
from domain.order_events import VenueAccepted, VenueAmended, VenueCanceled, VenueExpired
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
    AmendRefused,
    AmendTaken,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.port import (
    Amendment,
    Balance,
    Capabilities,
    FillNews,
    MarketEvent,
    NotFound,
    OrderNews,
    OrderReport,
    PositionReport,
    StreamRestored,
    VenueEvent,
    VenueHealth,
    VenueUnreachable,
)

HORIZON = timedelta(milliseconds=400)


class Submit(Enum):
    """What becomes of one submission."""

    ACCEPT = auto()
    REJECT = auto()
    ACCEPT_SILENTLY = auto()
    """The venue takes the order and its answer is lost."""
    LOSE = auto()
    """The order never arrives, and nobody can tell."""
    ACCEPT_AND_HANG = auto()
    """The venue takes the order, and the call does not return."""
    HANG = auto()
    """The call does not return, and the order never arrives."""


class Cancel(Enum):
    """What becomes of one cancel."""

    OBEY = auto()
    OBEY_SILENTLY = auto()
    """The order ends, and the stream does not say so."""
    REFUSE = auto()
    IGNORE = auto()
    """It is taken, and the order works on."""


class Amend(Enum):
    """What becomes of one amend."""

    OBEY = auto()
    OBEY_SILENTLY = auto()
    """The terms change; the answer is lost, and the stream does not say so."""
    OBEY_AND_HANG = auto()
    """The terms change, and the call does not return."""
    REFUSE = auto()
    LOSE = auto()
    """It never arrives, and nobody can tell."""


@dataclass
class Course:
    """What the venue does to one order; the last of `submits`, `cancels`, `amends` from then on.

    `reachable`: whether it can be asked about the order. `fills_at_once`: as soon as it arrives.
    """

    submits: list[Submit] = field(default_factory=lambda: [Submit.ACCEPT])
    cancels: list[Cancel] = field(default_factory=lambda: [Cancel.OBEY])
    amends: list[Amend] = field(default_factory=lambda: [Amend.OBEY])
    reachable: bool = True
    fills_at_once: bool = False


@dataclass
class _Listed:
    """An order as the venue has it."""

    order: UnifiedOrder
    status: OrderStatus = OrderStatus.ACCEPTED
    filled: Decimal = Decimal(0)

    @property
    def venue_order_id(self) -> str:
        return f"v-{self.order.venue_client_id}"


class ScriptedVenue:
    """`sent`, `canceled` and `amended` count the calls by order id; `sent_at` are the times of
    submissions. An order's later legs are listed under the same order id, each by itself. `pulls`
    are the times since which executions were asked for, `delivered` the positions that ended with
    their instruments, `doubled` the orders of which there is another under the same id."""

    capabilities = Capabilities(
        order_types=frozenset(OrderType),
        times_in_force=frozenset(TimeInForce),
        post_only=True,
        reduce_only=True,
        client_id_pattern=".+",
        visibility_horizon=HORIZON,
        amendable=frozenset({OrderType.LIMIT, OrderType.STOP_MARKET, OrderType.STOP_LIMIT}),
        display_qty=True,
        trigger_types=frozenset(TriggerType),
        trailing_offset_types=frozenset(TrailingOffsetType),
    )

    def __init__(self, venue: str, instruments: Sequence[Instrument]) -> None:
        self.venue = venue
        self.account_id = f"{venue}-main"
        self.courses: defaultdict[str, Course] = defaultdict(Course)
        self.sent: Counter[str] = Counter()
        self.sent_at: defaultdict[str, list[datetime]] = defaultdict(list)
        self.canceled: Counter[str] = Counter()
        self.amended: Counter[str] = Counter()
        self._instruments = instruments
        self._legs: dict[str, _Listed] = {}
        self._listed: dict[str, _Listed] = {}
        self._fills: list[Fill] = []
        self._news: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._hung_up = asyncio.Event()
        self.pulls: list[datetime] = []
        self.delivered: list[Delivery] = []
        self.doubled: set[str] = set()
        self.asked_for_open_orders = 0

    # What a test makes happen.

    def fill(
        self, order_id: str, quantity: str, price: str = "100", *, told: bool = True
    ) -> FillNews:
        """Trade some of a listed order; `told`: the stream says so."""
        listed = self._listed[order_id]
        listed.filled += Decimal(quantity)
        if listed.status is OrderStatus.ACCEPTED and listed.filled >= listed.order.quantity:
            listed.status = OrderStatus.FILLED
        news = FillNews(
            Fill(
                order_id=order_id,
                account_id=self.account_id,
                instrument_id=listed.order.instrument_id,
                trade_id=f"t-{len(self._fills) + 1}",
                venue_order_id=listed.venue_order_id,
                side=listed.order.side,
                quantity=Decimal(quantity),
                price=Decimal(price),
                fee=Decimal("0.01"),
                fee_currency="USDT",
                is_maker=True,
                ts_event=datetime.now(UTC),
            )
        )
        self._fills.append(news.fill)
        if told:
            self.tell(news)
        return news

    def expire(self, order_id: str) -> None:
        """End a listed order by its time in force, and say so."""
        listed = self._listed[order_id]
        listed.status = OrderStatus.EXPIRED
        self.tell(OrderNews(listed.order.venue_client_id, VenueExpired("time in force")))

    def expire_silently(self, order_id: str) -> None:
        """End a listed order by its time in force, and tell nobody."""
        self._listed[order_id].status = OrderStatus.EXPIRED

    def lose_fills(self) -> None:
        """Forget all executions, and keep what the orders count."""
        self._fills.clear()

    def accepted_news(self, order_id: str) -> OrderNews:
        listed = self._listed[order_id]
        return OrderNews(listed.order.venue_client_id, VenueAccepted(listed.venue_order_id))

    def tell(self, *news: VenueEvent) -> None:
        """Say this on the stream, once more or for the first time."""
        for event in news:
            self._news.put_nowait(event)

    def restore_stream(self) -> None:
        """Say that the stream was away for a while."""
        self.tell(StreamRestored())

    def forget(self, order_id: str) -> None:
        """Lose an order altogether, as a venue does in an accident."""
        del self._legs[self._listed[order_id].order.venue_client_id]

    def terms(self, order_id: str) -> tuple[Decimal, Decimal | None]:
        """Quantity and price of the order's last leg, as the venue has them."""
        order = self._listed[order_id].order
        return order.quantity, order.price

    def hang_up(self) -> None:
        """Let the calls return that hang, so that their process can end."""
        self._hung_up.set()

    def status(self, order_id: str) -> OrderStatus | None:
        """How the order stands at the venue; None if it never arrived there."""
        listed = self._listed.get(order_id)
        return listed.status if listed else None

    # The port.

    async def connect(self) -> None:
        return None

    async def disconnect(self) -> None:
        return None

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        return None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        self.sent[order.order_id] += 1
        self.sent_at[order.order_id].append(datetime.now(UTC))
        course = _next(self.courses[order.order_id].submits)
        if course is Submit.REJECT:
            return Rejected("-2010", "Account has insufficient balance")
        if course not in (Submit.LOSE, Submit.HANG):
            assert order.venue_client_id not in self._legs, f"{order.venue_client_id} came twice"
            self._legs[order.venue_client_id] = self._listed[order.order_id] = _Listed(order)
        if self.courses[order.order_id].fills_at_once:
            self.fill(order.order_id, f"{order.quantity}")
        if course in (Submit.HANG, Submit.ACCEPT_AND_HANG):
            await self._hung_up.wait()
        if course is Submit.ACCEPT:
            return Accepted(self._listed[order.order_id].venue_order_id)
        return Unknown("no answer within 2 s")

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        self.canceled[order.order_id] += 1
        listed = self._legs[order.venue_client_id]
        course = _next(self.courses[order.order_id].cancels)
        if course is Cancel.REFUSE or listed.status is not OrderStatus.ACCEPTED:
            return CancelRefused("Unknown order sent")
        if course is not Cancel.IGNORE:
            listed.status = OrderStatus.CANCELED
        if course is Cancel.OBEY:
            self.tell(OrderNews(order.venue_client_id, VenueCanceled("as asked")))
        return CancelTaken()

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        return None

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        self.amended[order.order_id] += 1
        listed = self._legs[order.venue_client_id]
        course = _next(self.courses[order.order_id].amends)
        if course is Amend.LOSE:
            return Unknown("no answer within 2 s")
        quantity = amendment.quantity or listed.order.quantity
        finished = listed.status is not OrderStatus.ACCEPTED or quantity <= listed.filled
        if course is Amend.REFUSE or finished:
            return AmendRefused("Unknown order sent")
        listed.order = replace(
            listed.order,
            quantity=quantity,
            price=amendment.price or listed.order.price,
            trigger_price=amendment.trigger_price or listed.order.trigger_price,
        )
        if course is Amend.OBEY_AND_HANG:
            await self._hung_up.wait()
        if course in (Amend.OBEY_SILENTLY, Amend.OBEY_AND_HANG):
            return Unknown("no answer within 2 s")
        terms = VenueAmended(amendment.quantity, amendment.price, amendment.trigger_price)
        self.tell(OrderNews(order.venue_client_id, terms))
        return AmendTaken()

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        for listed in self._legs.values():
            if listed.status.is_working and instrument_id in (None, listed.order.instrument_id):
                listed.status = OrderStatus.CANCELED
                self.tell(OrderNews(listed.order.venue_client_id, VenueCanceled("all of them")))
        return CancelTaken()

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        if not self.courses[order.order_id].reachable:
            raise VenueUnreachable("connection refused by the venue")
        listed = self._legs.get(order.venue_client_id)
        return self._report(listed) if listed else NotFound("Order does not exist")

    async def open_orders(self) -> Sequence[OrderReport]:
        self.asked_for_open_orders += 1
        return [self._report(one) for one in self._legs.values() if one.status.is_working]

    def _report(self, listed: _Listed) -> OrderReport:
        twin = f"2 orders are {listed.order.venue_client_id}"
        return OrderReport(
            listed.order.venue_client_id,
            listed.venue_order_id,
            listed.order.instrument_id,
            listed.status,
            listed.filled,
            listed.order.quantity,
            listed.order.price,
            listed.order.trigger_price,
            twin if listed.order.order_id in self.doubled else None,
        )

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        self.pulls.append(since)
        return [fill for fill in self._fills if fill.ts_event >= since]

    async def positions(self) -> Sequence[PositionReport]:
        return []

    async def balances(self) -> Sequence[Balance]:
        return []

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        return [told for told in self.delivered if told.instrument_id in instrument_ids]

    def instruments(self) -> Sequence[Instrument]:
        return [instrument for instrument in self._instruments if instrument.venue == self.venue]

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


def _next[T](courses: list[T]) -> T:
    return courses.pop(0) if len(courses) > 1 else courses[0]
