"""What a simulated venue knows about an order and its fills, in no venue's words."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.matching import ZERO, BookOrder, Side, TimeInForce


class OrderType(StrEnum):
    """How an order is priced, and what it waits for.

    A stop triggers when the price moves against its side (a buy stop when the price is at its
    trigger or above), a take-profit when it moves in its favour.
    """

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP_MARKET = "STOP_MARKET"
    STOP_LIMIT = "STOP_LIMIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"

    @property
    def is_conditional(self) -> bool:
        """Whether it waits for a price before it can trade."""
        return self not in (OrderType.LIMIT, OrderType.MARKET)

    @property
    def is_stop(self) -> bool:
        """Whether it waits for a price against it."""
        return self.is_conditional and not self.is_take_profit

    @property
    def is_take_profit(self) -> bool:
        """Whether it waits for a price in its favour."""
        return self in (OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT)

    @property
    def has_limit_price(self) -> bool:
        """Whether it trades at its price or better only."""
        return self in (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)


class TriggerBy(StrEnum):
    """Which price a conditional order watches."""

    LAST = "LAST"  # of the public trades
    MARK = "MARK"
    INDEX = "INDEX"


class Status(StrEnum):
    """Where an order stands; the last three are final."""

    UNTRIGGERED = "UNTRIGGERED"
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class Refusal(StrEnum):
    """Why the exchange did not do what it was asked; nothing was recorded."""

    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    WOULD_TAKE = "WOULD_TAKE"
    WOULD_TRIGGER = "WOULD_TRIGGER"
    NOTHING_TO_REDUCE = "NOTHING_TO_REDUCE"
    DUPLICATE_CLIENT_ORDER_ID = "DUPLICATE_CLIENT_ORDER_ID"
    TOO_MANY_OPEN_ORDERS = "TOO_MANY_OPEN_ORDERS"
    NOT_OPEN = "NOT_OPEN"
    ALREADY_TRIGGERED = "ALREADY_TRIGGERED"
    ALREADY_EXPIRED = "ALREADY_EXPIRED"
    WOULD_NOT_FILL = "WOULD_NOT_FILL"
    UNCHANGED = "UNCHANGED"


class EndReason(StrEnum):
    """Why an order ended before it was filled."""

    REQUESTED = "REQUESTED"  # a cancel
    REMAINDER = "REMAINDER"  # what an IOC, FOK or market order could not trade
    POST_ONLY = "POST_ONLY"  # it would have taken
    OVERFILLED = "OVERFILLED"  # amended to no more than what had traded
    NOTHING_TO_REDUCE = "NOTHING_TO_REDUCE"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"  # when it triggered
    GOOD_TILL_DATE = "GOOD_TILL_DATE"
    RESTART = "RESTART"  # the venue stopped while it was trading
    OTHER_WORKS = "OTHER_WORKS"  # another order of its group trades or triggered


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of which one alone may work: where one trades or triggers the others end, and where
    one is canceled all are. They hold funds once."""

    group_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A request that passed the venue's own syntax and filters.

    ``quote_quantity`` is only a record of how the client sized a market order; ``quantity`` is
    always in order units. ``trailing_offset`` is a distance in price, ``trailing_bps`` one in
    hundredths of a percent; a trailing order with ``activation_price`` begins to trail there.
    ``trigger_at_once`` accepts an order whose condition holds already and triggers it; others are
    refused. ``cancel_if_takes`` accepts a post-only order that would take, then cancels it.
    ``refuse_unless_filled`` refuses a fill-or-kill order that cannot fill; others expire.
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
    expire_ns: int | None = None
    display_quantity: Decimal | None = None
    trigger_at_once: bool = False
    cancel_if_takes: bool = False
    refuse_unless_filled: bool = False


@dataclass(slots=True, kw_only=True)
class Order:
    """An accepted order. Times are UTC nanoseconds; ``cumulative_quote`` is price by quantity.

    ``trigger_price`` of a trailing order moves with the market; it is None until it trails.
    ``shown`` is what an iceberg shows in the book now. ``end_reason`` says why it ended unfilled.
    ``former_client_order_id`` is what its client called it before the latest amendment, if that
    gave it another name.
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
    expire_ns: int | None = None
    display_quantity: Decimal | None = None
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
            expire_ns=new.expire_ns,
            display_quantity=new.display_quantity,
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
        )

    def keeps_priority(self, price: Decimal | None, quantity: Decimal) -> bool:
        """Whether new terms leave the order its place in the queue: only a smaller size does."""
        return price == self.price and quantity < self.quantity

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
    """One trade as one account sees it. ``fee`` is a cost in ``fee_asset``."""

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
