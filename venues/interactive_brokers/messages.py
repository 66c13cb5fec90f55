"""What TWS says, in plain values: nobody behind this file needs the client library's objects.

Numbers come as the socket's text, by way of the library's float; `Decimal(str(x))` gives that text
back for every price and size that a market has. An unset number is None. `instrument_id` is what
the contract's own terms make of it: a name where its `con_id` says nothing to us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSaid:
    """openOrder, or completedOrder, which has no order id and no client id (both zero there)."""

    order_id: int
    client_id: int
    perm_id: int
    order_ref: str
    con_id: int
    instrument_id: str
    status: str
    order_type: str
    quantity: Decimal
    limit: Decimal | None
    aux: Decimal | None
    tif: str
    good_till: str
    filled: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSaid:
    """orderStatus. May come twice; `filled` may run ahead of the executions."""

    order_id: int
    client_id: int
    perm_id: int
    status: str
    filled: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionSaid:
    """execDetails: the answer to a question where `request_id` is not -1. A `quantity` of nothing
    says that it was busted."""

    request_id: int
    order_id: int
    client_id: int
    perm_id: int
    order_ref: str
    con_id: int
    instrument_id: str
    currency: str
    exec_id: str
    at: datetime
    account: str
    bought: bool
    quantity: Decimal
    price: Decimal
    cumulative: Decimal
    is_maker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionSaid:
    """commissionReport, which follows an execution by its id; None where it names no commission."""

    exec_id: str
    commission: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorSaid:
    """error: of a request or an order, or of the connection where `request_id` is -1."""

    request_id: int
    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TickSaid:
    """A price, a size, or both, of a market data request."""

    request_id: int
    kind: int
    price: Decimal | None = None
    size: Decimal | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthSaid:
    """One row of a book was inserted (0), updated (1) or deleted (2)."""

    request_id: int
    position: int
    operation: int
    is_bid: bool
    price: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True)
class Gone:
    """The socket is closed."""


Said = (
    OrderSaid
    | StatusSaid
    | ExecutionSaid
    | CommissionSaid
    | ErrorSaid
    | TickSaid
    | DepthSaid
    | Gone
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionSaid:
    account: str
    con_id: int
    instrument_id: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountValue:
    account: str
    tag: str
    value: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A contract as we ask for it; empty texts leave it open."""

    symbol: str = ""
    sec_type: str
    exchange: str = ""
    currency: str = ""
    local_symbol: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A contract as IB describes it. `contract` is the library's own object, for sending.

    So many units of price are one of the currency, `price_magnifier`: 100 where prices are in
    cents. `multiplier` and `min_tick` are in the currency all the same.
    """

    contract: object
    con_id: int
    symbol: str
    sec_type: str
    exchange: str
    currency: str
    local_symbol: str
    multiplier: str
    price_magnifier: int
    min_tick: Decimal
    market_rules: str
    exchanges: str
    min_size: Decimal | None
    size_step: Decimal | None
    time_zone: str
    trading_hours: str
    liquid_hours: str
    expiry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The terms of an order as IB takes them: `aux` is a trigger or a trailing amount."""

    action: str
    quantity: Decimal
    order_type: str
    tif: str
    account: str
    order_ref: str
    limit: Decimal | None = None
    aux: Decimal | None = None
    trailing_percent: Decimal | None = None
    good_till: str = ""
    display_size: int = 0
