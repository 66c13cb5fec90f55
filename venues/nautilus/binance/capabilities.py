"""What Binance can do, and which orders must not be handed to its client library."""

from __future__ import annotations

from datetime import timedelta

from domain.orders import OrderType, TimeInForce, UnifiedOrder
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.terms import problem_of
from venues.port import Capabilities

# Binance allows more, but a strange id has no business here: a non-ASCII one makes the Rust core
# panic, which ends the process.
CLIENT_ID_PATTERN = "^[A-Za-z0-9_-]{1,36}$"


def capabilities_of(settings: BinanceSettings) -> Capabilities:
    return Capabilities(
        order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
        times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
        post_only=True,
        reduce_only=settings.product is Product.USDT_FUTURES,
        client_id_pattern=CLIENT_ID_PATTERN,
        # An order that is still on its way is refused once it is older than the window.
        visibility_horizon=settings.recv_window + timedelta(seconds=1),
    )


def unsendable(order: UnifiedOrder, capabilities: Capabilities) -> str | None:
    """Why this order must not be handed to the client library; None if it may."""
    problem = problem_of(order, capabilities)
    if problem is not None:
        return problem
    if order.order_type is OrderType.MARKET and order.time_in_force is TimeInForce.FOK:
        return "Binance has no MARKET order that is fill-or-kill; send it IOC."
    return None
