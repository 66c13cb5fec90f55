"""What Bybit can do through here, and which orders must not be sent."""

from __future__ import annotations

from domain.orders import OrderType, TimeInForce, TriggerType, UnifiedOrder
from venues.nautilus.bybit.settings import BybitSettings, Category, Symbol
from venues.nautilus.exchange import HORIZON_MARGIN
from venues.nautilus.terms import problem_of
from venues.port import Capabilities

# The venue's own rule; a non-ASCII id would make the library's Rust core panic.
CLIENT_ID_PATTERN = "^[A-Za-z0-9_-]{1,36}$"

_CONDITIONAL = frozenset(
    {
        OrderType.STOP_MARKET,
        OrderType.STOP_LIMIT,
        OrderType.TAKE_PROFIT_MARKET,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)


def capabilities_of(settings: BybitSettings) -> Capabilities:
    """A trailing stop belongs to a position at Bybit, not to an order; there is no GTD."""
    contracts = any(category is not Category.SPOT for category in settings.categories)
    return Capabilities(
        order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}) | _CONDITIONAL,
        times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
        post_only=True,
        reduce_only=contracts,
        client_id_pattern=CLIENT_ID_PATTERN,
        # An order that is still on its way is refused once it is older than the window.
        visibility_horizon=settings.recv_window + HORIZON_MARGIN,
        amendable=frozenset({OrderType.LIMIT}) | _CONDITIONAL,
        trigger_types=frozenset(TriggerType) if contracts else frozenset({TriggerType.LAST}),
        cancels_all=True,
    )


def unsendable(order: UnifiedOrder, capabilities: Capabilities) -> str | None:
    """Why this order must not be sent; None if it may."""
    problem = problem_of(order, capabilities)
    if problem is not None:
        return problem
    is_spot = Symbol.of(order.instrument_id).category is Category.SPOT
    if not order.order_type.has_limit_price and order.time_in_force is TimeInForce.FOK:
        return "Bybit has no MARKET order that is fill-or-kill; send it IOC."
    if is_spot and order.reduce_only:
        return "reduce-only needs a derivatives position; this is a spot instrument."
    if is_spot and order.trigger_type not in (None, TriggerType.LAST):
        return f"Bybit's spot triggers watch the last price, not {order.trigger_type}."
    return None
