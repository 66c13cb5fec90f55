"""What a simulated venue knows about an order and its fills, in no venue's words."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.matching import ZERO, Side, TimeInForce


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


class OrderStore:
    """Every order and fill of an exchange, with the look-ups that its clients need."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._open: dict[tuple[str, str], dict[int, Order]] = {}
        self._by_client_id: dict[tuple[str, str], Order] = {}
        self._by_symbol: dict[tuple[str, str], list[Order]] = {}
        self._fills: dict[tuple[str, str], list[Fill]] = {}
        self._fills_by_order: dict[int, list[Fill]] = {}

    def add(self, order: Order) -> None:
        """Remember a new order. A client id names the latest order that used it."""
        self._orders[order.order_id] = order
        self._open.setdefault((order.account, order.symbol), {})[order.order_id] = order
        self._by_client_id[order.account, order.client_order_id] = order
        self._by_symbol.setdefault((order.account, order.symbol), []).append(order)

    def add_fill(self, fill: Fill) -> None:
        """Remember a fill."""
        self._fills.setdefault((fill.account, fill.symbol), []).append(fill)
        self._fills_by_order.setdefault(fill.order_id, []).append(fill)

    def closed(self, order: Order) -> None:
        """Take a finished order out of the open ones."""
        del self._open[order.account, order.symbol][order.order_id]

    def get(self, order_id: int) -> Order | None:
        """The order with this venue id."""
        return self._orders.get(order_id)

    def by_client_id(self, account: str, client_order_id: str) -> Order | None:
        """The latest order of an account under this client id."""
        return self._by_client_id.get((account, client_order_id))

    def open_orders(self, account: str | None = None, symbol: str | None = None) -> list[Order]:
        """Open orders, oldest first within each symbol."""
        return [
            order
            for (owner, name), orders in self._open.items()
            if account in (None, owner) and symbol in (None, name)
            for order in orders.values()
        ]

    def open_count(self, account: str, symbol: str) -> int:
        """How many orders of an account rest in a symbol."""
        return len(self._open.get((account, symbol), ()))

    def history(self, account: str, symbol: str) -> list[Order]:
        """Every order of an account in a symbol, oldest first."""
        return self._by_symbol.get((account, symbol), [])

    def fills(self, account: str, symbol: str) -> list[Fill]:
        """Every fill of an account in a symbol, oldest first."""
        return self._fills.get((account, symbol), [])

    def fills_of(self, order: Order) -> list[Fill]:
        """Every fill of one order, oldest first."""
        return self._fills_by_order.get(order.order_id, [])

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())
