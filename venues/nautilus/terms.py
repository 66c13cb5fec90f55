"""Our order in NautilusTrader's words, exactly, or the reason why it cannot be said exactly."""

from __future__ import annotations

import re
from decimal import Decimal

from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.model.enums import OrderSide as NautilusSide
from nautilus_trader.model.enums import TimeInForce as NautilusTimeInForce
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.model.orders import Order as NautilusOrder

from domain.orders import OrderType, TimeInForce, UnifiedOrder
from domain.sides import Side
from venues.nautilus.config import Product

# Binance allows more, but a strange id has no business here: a non-ASCII one makes the Rust core
# panic, which ends the process.
CLIENT_ID_PATTERN = "^[A-Za-z0-9_-]{1,36}$"

_SIDES = {Side.BUY: NautilusSide.BUY, Side.SELL: NautilusSide.SELL}
_TIMES_IN_FORCE = {
    TimeInForce.GTC: NautilusTimeInForce.GTC,
    TimeInForce.IOC: NautilusTimeInForce.IOC,
    TimeInForce.FOK: NautilusTimeInForce.FOK,
}


def unsendable(order: UnifiedOrder, product: Product) -> str | None:
    """Why this order must not be handed to the client library; None if it may."""
    if not re.fullmatch(CLIENT_ID_PATTERN, order.venue_client_id):
        return f"client order id {order.venue_client_id!r} is not {CLIENT_ID_PATTERN}."
    if order.order_type is OrderType.LIMIT and order.price is None:
        return "a LIMIT order needs a price."
    if order.order_type is OrderType.MARKET and order.time_in_force is TimeInForce.FOK:
        return "Binance has no MARKET order that is fill-or-kill; send it IOC."
    if order.post_only and (
        order.order_type is not OrderType.LIMIT or order.time_in_force is not TimeInForce.GTC
    ):
        return "post-only needs a LIMIT order that is good till cancel."
    if order.reduce_only and product is Product.SPOT:
        return "reduce-only needs a futures position; the spot venue has none."
    if not _is_exact(order.quantity, Quantity):
        return f"quantity {order.quantity} cannot be sent without changing it."
    if order.price is not None and not _is_exact(order.price, Price):
        return f"price {order.price} cannot be sent without changing it."
    return None


def nautilus_order(factory: OrderFactory, order: UnifiedOrder) -> NautilusOrder:
    """The order as NautilusTrader's factory builds it; `unsendable` must have passed it."""
    common = {
        "instrument_id": InstrumentId.from_str(order.instrument_id),
        "order_side": _SIDES[order.side],
        "quantity": Quantity.from_str(_text(order.quantity)),
        "reduce_only": order.reduce_only,
        "client_order_id": ClientOrderId(order.venue_client_id),
    }
    if order.order_type is OrderType.MARKET:
        return factory.market(**common)
    assert order.price is not None, "checked by unsendable"
    return factory.limit(
        **common,
        price=Price.from_str(_text(order.price)),
        time_in_force=_TIMES_IN_FORCE[order.time_in_force],
        post_only=order.post_only,
    )


def _is_exact(value: Decimal, kind: type[Price] | type[Quantity]) -> bool:
    if not value.is_finite() or value <= 0:
        return False
    try:
        return bool(kind.from_str(_text(value)).as_decimal() == value)
    except (ValueError, OverflowError):
        return False


def _text(value: Decimal) -> str:
    """Digits only: no exponent, no trailing zeros that a venue could count as precision."""
    return f"{value.normalize():f}"
