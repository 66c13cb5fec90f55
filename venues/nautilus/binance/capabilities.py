"""What Binance can do, and which orders must not be handed to its client library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.orders import (
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.exchange import HORIZON_MARGIN
from venues.nautilus.terms import problem_of
from venues.port import Capabilities

# Binance allows more, but a strange id has no business here: a non-ASCII one makes the Rust core
# panic, which ends the process.
CLIENT_ID_PATTERN = "^[A-Za-z0-9_-]{1,36}$"

_TRAILING_BASIS_POINTS = range(10, 1001)
_SHORTEST_GTD = timedelta(seconds=600)
_RESTING = (TimeInForce.GTC, TimeInForce.GTD)


def capabilities_of(settings: BinanceSettings) -> Capabilities:
    futures = settings.product is Product.USDT_FUTURES
    forces = {TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}
    return Capabilities(
        order_types=frozenset(OrderType),
        times_in_force=frozenset(forces | {TimeInForce.GTD} if futures else forces),
        post_only=True,
        reduce_only=futures,
        client_id_pattern=CLIENT_ID_PATTERN,
        # An order that is still on its way is refused once it is older than the window.
        visibility_horizon=settings.recv_window + HORIZON_MARGIN,
        amendable=frozenset({OrderType.LIMIT}) if futures else frozenset(),
        reducible=frozenset() if futures else frozenset({OrderType.LIMIT}),
        display_qty=not futures,
        trigger_types=frozenset({TriggerType.LAST, TriggerType.MARK})
        if futures
        else frozenset({TriggerType.LAST}),
        trailing_offset_types=frozenset({TrailingOffsetType.BASIS_POINTS}),
        cancels_all=True,
    )


def unsendable(order: UnifiedOrder, capabilities: Capabilities) -> str | None:
    """Why this order must not be handed to the client library; None if it may."""
    return problem_of(order, capabilities) or next(_problems(order), None)


def _problems(order: UnifiedOrder) -> Iterator[str]:
    """What the library would drop or the venue has no words for."""
    kind, force = order.order_type, order.time_in_force
    if kind is OrderType.MARKET and force is TimeInForce.FOK:
        yield "Binance has no MARKET order that is fill-or-kill; send it IOC."
    if kind.is_conditional and not kind.has_limit_price and force not in _RESTING:
        yield f"a {kind} order waits for its trigger: send it good till cancel."
    if order.post_only and (kind is not OrderType.LIMIT or force is not TimeInForce.GTC):
        yield "post-only needs a LIMIT order that is good till cancel at Binance."
    if order.display_qty is not None and force is not TimeInForce.GTC:
        yield "an iceberg needs to be good till cancel at Binance."
    if order.trailing_offset is not None and order.trailing_offset not in _TRAILING_BASIS_POINTS:
        yield (
            f"trailing offset {order.trailing_offset} must be a whole number of basis points, "
            f"{_TRAILING_BASIS_POINTS[0]} to {_TRAILING_BASIS_POINTS[-1]}."
        )
    if order.expire_at is not None:
        yield from _problems_of_expiry(order.expire_at)


def _problems_of_expiry(expire_at: datetime) -> Iterator[str]:
    if expire_at.microsecond:
        yield f"Binance ends orders at whole seconds; expire_at {expire_at} is none."
    if expire_at <= datetime.now(UTC) + _SHORTEST_GTD:
        yield f"Binance takes expire_at from {_SHORTEST_GTD.seconds} s from now on."
