"""What a simulated venue knows about an order and its fills, in no venue's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from venues.simulators.matching import ZERO, BookOrder, SelfTrade, Side, TimeInForce
from venues.simulators.order_words import EndReason, OrderType, Refusal, Status, TriggerBy

__all__ = [
    "Condition",
    "EndReason",
    "Fill",
    "Group",
    "Manner",
    "NewOrder",
    "Order",
    "OrderType",
    "Refusal",
    "Status",
    "TriggerBy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What an order waits for, and what it becomes: of an order that has two, the other one."""

    type: OrderType
    trigger_price: Decimal
    trigger_by: TriggerBy
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of which one alone may work: where one trades or triggers the others end, and where
    one is canceled all are. They hold funds once."""

    group_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an order behaves, beside its price and size: what an amendment may change of it too."""

    post_only: bool
    reduce_only: bool
    display_quantity: Decimal | None
    trailing_offset: Decimal | None
    venue_terms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A request that passed the venue's own syntax and filters.

    ``quote_quantity`` is only a record of how the client sized a market order; ``quantity`` is
    always in order units. ``trailing_offset`` is a distance in price, ``trailing_bps`` one in
    hundredths of a percent; a trailing order with ``activation_price`` begins to trail there.
    ``limit_offset`` says how far beyond its trigger a trailing limit order may trade.
    ``trigger_at_once`` accepts an order whose condition holds already and triggers it; others are
    refused. ``cancel_if_takes`` accepts a post-only order that would take, then cancels it.
    ``refuse_unless_filled`` refuses a fill-or-kill order that cannot fill; others expire.
    An order with an ``alternative`` waits for either condition. ``venue_terms`` are words of the
    venue that mean nothing to the exchange: it keeps them with the order, for the venue to tell
    them again.
    """

    account: str
    client_order_id: str
    symbol: str
    side: Side
    type: OrderType
    quantity: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    post_only: bool = False
    reduce_only: bool = False
    quote_quantity: Decimal | None = None
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.LAST
    trailing_offset: Decimal | None = None
    trailing_bps: Decimal | None = None
    activation_price: Decimal | None = None
    limit_offset: Decimal | None = None
    expire_ns: int | None = None
    display_quantity: Decimal | None = None
    trigger_at_once: bool = False
    cancel_if_takes: bool = False
    refuse_unless_filled: bool = False
    self_trade: SelfTrade = SelfTrade.ALLOWED
    alternative: Condition | None = None
    venue_terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Order:
    """An accepted order. Times are UTC nanoseconds; ``cumulative_quote`` is price by quantity.

    ``trigger_price`` of a trailing order moves with the market; it is None until it trails, and
    the ``price`` of a trailing limit order is None until it triggers.
    ``shown`` is what an iceberg shows in the book now. ``end_reason`` says why it ended unfilled.
    ``former_client_order_id`` is what its client called it before the latest amendment, if that
    gave it another name.
    ``amended`` is how many times it was given other terms than those that it had.
    """

    order_id: int
    account: str
    client_order_id: str
    symbol: str
    side: Side
    type: OrderType
    price: Decimal | None
    quantity: Decimal
    time_in_force: TimeInForce
    post_only: bool
    reduce_only: bool
    quote_quantity: Decimal | None
    created_ns: int
    updated_ns: int
    trigger_price: Decimal | None = None
    trigger_by: TriggerBy = TriggerBy.LAST
    trailing_offset: Decimal | None = None
    trailing_bps: Decimal | None = None
    activation_price: Decimal | None = None
    limit_offset: Decimal | None = None
    expire_ns: int | None = None
    display_quantity: Decimal | None = None
    self_trade: SelfTrade = SelfTrade.ALLOWED
    alternative: Condition | None = None
    venue_terms: Mapping[str, str] = field(default_factory=dict)
    amended: int = 0
    triggered: bool = False
    triggered_ns: int | None = None
    shown: Decimal = ZERO
    status: Status = Status.NEW
    executed: Decimal = ZERO
    cumulative_quote: Decimal = ZERO
    end_reason: EndReason | None = None
    group: Group | None = None
    former_client_order_id: str = ""

    @classmethod
    def accepted(
        cls, new: NewOrder, order_id: int, now_ns: int, group: Group | None = None
    ) -> "Order":
        """The order that a request becomes."""
        order = cls(
            order_id=order_id,
            account=new.account,
            client_order_id=new.client_order_id,
            symbol=new.symbol,
            side=new.side,
            type=new.type,
            price=new.price,
            quantity=new.quantity,
            time_in_force=new.time_in_force,
            post_only=new.post_only,
            reduce_only=new.reduce_only,
            quote_quantity=new.quote_quantity,
            trigger_price=new.trigger_price,
            trigger_by=new.trigger_by,
            trailing_offset=new.trailing_offset,
            trailing_bps=new.trailing_bps,
            activation_price=new.activation_price,
            limit_offset=new.limit_offset,
            expire_ns=new.expire_ns,
            display_quantity=new.display_quantity,
            self_trade=new.self_trade,
            alternative=new.alternative,
            venue_terms=new.venue_terms,
            created_ns=now_ns,
            updated_ns=now_ns,
            group=group,
        )
        order.begin()
        return order

    def begin(self) -> None:
        """Take the first status, and show the first tip of an iceberg."""
        if self.type.is_conditional and not self.triggered:
            self.status = Status.UNTRIGGERED
        self.show()

    def show(self) -> None:
        """Show the next tip: all that is left, or of an iceberg its display quantity."""
        whole = self.display_quantity is None
        self.shown = self.leaves if whole else min(self.leaves, self.display_quantity or ZERO)

    def for_book(self) -> BookOrder:
        """What is left of the order, as the book takes it."""
        return BookOrder(
            order_id=self.order_id,
            owner=self.account,
            side=self.side,
            price=self.price,
            leaves=self.leaves,
            time_in_force=self.time_in_force,
            reduce_only=self.reduce_only,
            display=self.display_quantity,
            shown=self.shown,
            self_trade=self.self_trade,
        )

    def switch(self) -> None:
        """Wait no more for the first condition: go on by the other one, which takes its place."""
        other = self.alternative
        assert other is not None, "it has one condition"
        assert self.trigger_price is not None, "it trails"
        self.alternative = Condition(
            type=self.type,
            trigger_price=self.trigger_price,
            trigger_by=self.trigger_by,
            price=self.price,
        )
        self.type, self.price = other.type, other.price
        self.trigger_price, self.trigger_by = other.trigger_price, other.trigger_by

    @property
    def manner(self) -> Manner:
        """How it behaves now."""
        return Manner(
            post_only=self.post_only,
            reduce_only=self.reduce_only,
            display_quantity=self.display_quantity,
            trailing_offset=self.trailing_offset,
            venue_terms=self.venue_terms,
        )

    def behave(self, manner: Manner) -> None:
        """Behave otherwise from now on."""
        self.post_only, self.reduce_only = manner.post_only, manner.reduce_only
        self.display_quantity = manner.display_quantity
        self.trailing_offset = manner.trailing_offset
        self.venue_terms = manner.venue_terms

    def keeps_priority(
        self, price: Decimal | None, quantity: Decimal, manner: Manner | None = None
    ) -> bool:
        """Whether new terms leave the order its place in the queue: only a smaller size does."""
        if manner not in (None, self.manner):
            return False
        return price == self.price and quantity < self.quantity

    @property
    def working_price(self) -> Decimal | None:
        """The price with which it works once it has triggered."""
        if self.limit_offset is None or self.triggered or self.trigger_price is None:
            return self.price
        beyond = self.limit_offset if self.side is Side.BUY else -self.limit_offset
        return self.trigger_price + beyond

    @property
    def leaves(self) -> Decimal:
        """Quantity that has not traded."""
        return self.quantity - self.executed

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self.status in (Status.UNTRIGGERED, Status.NEW, Status.PARTIALLY_FILLED)

    @property
    def average_price(self) -> Decimal:
        """Mean price of what has traded by quantity, zero before the first fill."""
        return self.cumulative_quote / self.executed if self.executed else ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade as one account sees it. ``fee`` is a cost in ``fee_asset``; ``closed`` is the part
    that reduced a position, which made ``realized_pnl``."""

    trade_id: int
    order_id: int
    client_order_id: str
    account: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str
    is_maker: bool
    realized_pnl: Decimal
    time_ns: int
    closed: Decimal = ZERO
