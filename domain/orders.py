"""What an order is: the request, its terms, its states and the record that we keep of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.sides import Side


class OrderType(StrEnum):
    """How an order is priced, and what it waits for.

    A stop triggers when the market moves against its side (a buy stop lies above the market), a
    take-profit when it moves in its favour. A trailing stop keeps its distance from the best price.
    """

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_MARKET = "STOP_MARKET"
    STOP_LIMIT = "STOP_LIMIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"

    @property
    def has_limit_price(self) -> bool:
        """Whether it names the worst price at which it may trade."""
        return self in (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)

    @property
    def has_trigger_price(self) -> bool:
        """Whether it waits until the market reaches a price that it names."""
        return self in (
            OrderType.STOP_MARKET,
            OrderType.STOP_LIMIT,
            OrderType.TAKE_PROFIT_MARKET,
            OrderType.TAKE_PROFIT_LIMIT,
        )

    @property
    def is_trailing(self) -> bool:
        """Whether its trigger follows the market."""
        return self is OrderType.TRAILING_STOP_MARKET

    @property
    def is_conditional(self) -> bool:
        """Whether it waits at the venue before it can trade."""
        return self.has_trigger_price or self.is_trailing


class TriggerType(StrEnum):
    """Which price a conditional order watches."""

    LAST = "LAST"
    MARK = "MARK"
    INDEX = "INDEX"


class TrailingOffsetType(StrEnum):
    """What the distance of a trailing stop is measured in."""

    PRICE = "PRICE"
    BASIS_POINTS = "BASIS_POINTS"


class TimeInForce(StrEnum):
    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTD = "GTD"


class OrderStatus(StrEnum):
    """States after FIX 4.4, with two of ours: SUBMITTING and UNKNOWN.

    SUBMITTING is written before the venue is called, so a crash in between is seen. UNKNOWN means
    that the venue may or may not have the order; it counts as live exposure.
    """

    APPROVED = "APPROVED"
    SUBMITTING = "SUBMITTING"
    UNKNOWN = "UNKNOWN"
    ACCEPTED = "ACCEPTED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    DENIED = "DENIED"

    @property
    def is_terminal(self) -> bool:
        return self in TERMINAL

    @property
    def is_in_doubt(self) -> bool:
        """Only the venue can say whether it has the order."""
        return self in (OrderStatus.SUBMITTING, OrderStatus.UNKNOWN)

    @property
    def is_working(self) -> bool:
        """The venue has confirmed the order and it can still trade."""
        return self in (OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED)


TERMINAL = frozenset(
    {
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
        OrderStatus.DENIED,
    }
)
LIVE = frozenset(OrderStatus) - TERMINAL


_LATER_TERMS = frozenset(
    {
        "trigger_price",
        "trigger_type",
        "trailing_offset",
        "trailing_offset_type",
        "expire_at",
        "display_qty",
        "order_list_id",
    }
)


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a strategy asks for.

    Exactly one of `instrument_id` (this venue) and `pair` (the best venue, e.g. "BTC/USDT") is set.
    `quantity` is in the instrument's units, `price` in quote currency. `send_within_ms` bounds how
    long after arrival the order may still be sent (promise 8); None leaves it to the system.
    `expire_at` ends a GTD order.
    `display_qty` is the part of a limit order that others see; the whole, where it is None.
    `order_list_id` names the bracket or OCO pair that the order is a leg of.
    """

    strategy_id: str
    client_order_id: str
    side: Side
    order_type: OrderType
    quantity: Decimal
    send_within_ms: int | None = None
    instrument_id: str | None = None
    pair: str | None = None
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    post_only: bool = False
    reduce_only: bool = False
    trigger_price: Decimal | None = None
    trigger_type: TriggerType | None = None
    trailing_offset: Decimal | None = None
    trailing_offset_type: TrailingOffsetType | None = None
    expire_at: datetime | None = None
    display_qty: Decimal | None = None
    order_list_id: str | None = None

    def fingerprint(self) -> str:
        """Equal for equal requests: decides between 'the same order again' and 409.

        Terms that were added later count only where they are set, so that the fingerprints of
        older orders stay what they were.
        """
        terms = {
            name: f"{value.normalize():f}" if isinstance(value, Decimal) else value
            for name, value in asdict(self).items()
            if value is not None or name not in _LATER_TERMS
        }
        canonical = json.dumps(terms, sort_keys=True, default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class UnifiedOrder:
    """The one record of an order over all venues; the row of `unified_orders`.

    `version` counts the order's events and orders the nudges about it. `cum_quote` is the sum of
    quantity times price over the fills. `reference_price` values the open quantity for exposure.
    `anomaly` is set when the venue contradicted what we knew; a person should look.

    A replaced order goes on as a new leg: another order at the venue, for what the earlier legs,
    whose fills are `earlier_filled_qty`, have left. The `amend_` terms are those of the amend under
    way, if `amend_id` is set; `strategy_seq` numbers the orders of a strategy.
    """

    order_id: str
    strategy_id: str
    client_order_id: str
    fingerprint: str
    instrument_id: str
    venue: str
    account_id: str
    side: Side
    order_type: OrderType
    quantity: Decimal
    price: Decimal | None
    time_in_force: TimeInForce
    post_only: bool
    reduce_only: bool
    reference_price: Decimal
    status: OrderStatus
    leg: int
    venue_client_id: str
    send_deadline: datetime
    created_at: datetime
    updated_at: datetime
    version: int = 0
    last_hash: str = ""
    venue_order_id: str | None = None
    filled_qty: Decimal = Decimal(0)
    cum_quote: Decimal = Decimal(0)
    cancel_requested_at: datetime | None = None
    submitted_at: datetime | None = None
    reason_code: str | None = None
    reason: str | None = None
    anomaly: str | None = None
    trigger_price: Decimal | None = None
    trigger_type: TriggerType | None = None
    trailing_offset: Decimal | None = None
    trailing_offset_type: TrailingOffsetType | None = None
    expire_at: datetime | None = None
    display_qty: Decimal | None = None
    earlier_filled_qty: Decimal = Decimal(0)
    amend_id: str | None = None
    amend_quantity: Decimal | None = None
    amend_price: Decimal | None = None
    amend_trigger_price: Decimal | None = None
    amend_replace: bool = False
    amend_requested_at: datetime | None = None
    amend_sent_at: datetime | None = None
    triggered_at: datetime | None = None
    order_list_id: str | None = None
    strategy_seq: int = 0

    @property
    def leaves_qty(self) -> Decimal:
        """What can still trade: zero once terminal."""
        if self.status.is_terminal:
            return Decimal(0)
        return max(self.quantity - self.filled_qty, Decimal(0))

    @property
    def avg_px(self) -> Decimal | None:
        return self.cum_quote / self.filled_qty if self.filled_qty else None

    @property
    def reserved_qty(self) -> Decimal:
        """What risk counts as open: while an amend is under way, the larger of both quantities."""
        if self.status.is_terminal:
            return Decimal(0)
        return max(self.quantity, self.amend_quantity or Decimal(0)) - self.filled_qty

    @property
    def amend_pending(self) -> bool:
        """An amend is asked for, and its end is not known yet."""
        return self.amend_id is not None

    @property
    def replacing(self) -> bool:
        """The leg at the venue shall end, and a new one take its place."""
        return self.amend_pending and self.amend_replace and self.cancel_requested_at is None

    @property
    def at_venue(self) -> UnifiedOrder:
        """The order as its venue knows it: the present leg alone."""
        if not self.earlier_filled_qty:
            return self
        quantity = self.quantity - self.earlier_filled_qty
        display_qty = self.display_qty
        return replace(
            self,
            quantity=quantity,
            filled_qty=self.filled_qty - self.earlier_filled_qty,
            display_qty=display_qty if display_qty is None else min(display_qty, quantity),
        )

    @property
    def request(self) -> OrderRequest:
        """The order's terms as they are now, as a request for them; the deadline is past."""
        return OrderRequest(
            send_within_ms=1, **{name: getattr(self, name) for name in _TERMS_OF_BOTH}
        )


_TERMS_OF_BOTH = tuple(
    field.name for field in fields(OrderRequest) if field.name not in ("send_within_ms", "pair")
)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the order's workflow needs to know to decide what comes next."""

    order_id: str
    status: OrderStatus
    version: int
    venue: str
    instrument_id: str
    quantity: Decimal
    filled_qty: Decimal
    avg_px: Decimal | None
    send_deadline: datetime
    cancel_requested: bool
    reason_code: str | None
    reason: str | None
    amend_pending: bool = False
    replacing: bool = False

    @classmethod
    def of(cls, order: UnifiedOrder) -> OrderState:
        return cls(
            order_id=order.order_id,
            status=order.status,
            version=order.version,
            venue=order.venue,
            instrument_id=order.instrument_id,
            quantity=order.quantity,
            filled_qty=order.filled_qty,
            avg_px=order.avg_px,
            send_deadline=order.send_deadline,
            cancel_requested=order.cancel_requested_at is not None,
            reason_code=order.reason_code,
            reason=order.reason,
            amend_pending=order.amend_pending and not order.status.is_terminal,
            replacing=order.replacing and not order.status.is_terminal,
        )
