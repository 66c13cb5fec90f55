"""What a simulated venue knows about an order and its fills, in no venue's words."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.matching import ZERO, BookOrder, Side, TimeInForce


class OrderType(StrEnum):
    """How an order is priced."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class Status(StrEnum):
    """Where an order stands; the last three are final."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


class Refusal(StrEnum):
    """Why the exchange did not do what it was asked; nothing was recorded."""

    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    WOULD_TAKE = "WOULD_TAKE"
    NOTHING_TO_REDUCE = "NOTHING_TO_REDUCE"
    DUPLICATE_CLIENT_ORDER_ID = "DUPLICATE_CLIENT_ORDER_ID"
    TOO_MANY_OPEN_ORDERS = "TOO_MANY_OPEN_ORDERS"
    NOT_OPEN = "NOT_OPEN"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """A request that passed the venue's own syntax and filters.

    ``quote_quantity`` is only a record of how the client sized a market order; ``quantity`` is
    always in base units.
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


@dataclass(slots=True, kw_only=True)
class Order:
    """An accepted order. Times are UTC nanoseconds; ``cumulative_quote`` is traded notional."""

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
    status: Status = Status.NEW
    executed: Decimal = ZERO
    cumulative_quote: Decimal = ZERO

    @classmethod
    def accepted(cls, new: NewOrder, order_id: int, now_ns: int) -> "Order":
        """The order that a request becomes."""
        return cls(
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
            created_ns=now_ns,
            updated_ns=now_ns,
        )

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
        )

    def keeps_priority(self, price: Decimal, quantity: Decimal) -> bool:
        """Whether new terms leave the order its place in the queue: only a smaller size does."""
        return price == self.price and quantity < self.quantity

    @property
    def leaves(self) -> Decimal:
        """Quantity that has not traded."""
        return self.quantity - self.executed

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self.status in (Status.NEW, Status.PARTIALLY_FILLED)

    @property
    def average_price(self) -> Decimal:
        """Mean price of what has traded, zero before the first fill."""
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
