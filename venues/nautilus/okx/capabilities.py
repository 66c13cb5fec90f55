"""What OKX can do, and which orders must not be sent there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType, UnifiedOrder
from venues.nautilus.exchange import HORIZON_MARGIN
from venues.nautilus.okx.settings import OkxSettings, is_swap
from venues.nautilus.terms import problem_of
from venues.port import Capabilities

# At most 32 letters and digits; the venue answers anything else with 51000.
CLIENT_ID_PATTERN = "^[A-Za-z0-9]{1,32}$"

_LOWEST_BPS, _HIGHEST_BPS = Decimal(10), Decimal(10_000)


def capabilities_of(settings: OkxSettings) -> Capabilities:
    return Capabilities(
        order_types=frozenset(OrderType),
        times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
        post_only=True,
        reduce_only=True,
        client_id_pattern=CLIENT_ID_PATTERN,
        # An order that is still on its way is refused once it is older than that.
        visibility_horizon=settings.validity + HORIZON_MARGIN,
        amendable=frozenset(OrderType) - {OrderType.MARKET, OrderType.TRAILING_STOP_MARKET},
        display_qty=False,  # an iceberg is an algorithm there, not a term of an order
        trigger_types=frozenset(TriggerType),
        trailing_offset_types=frozenset(TrailingOffsetType),
        cancels_all=True,
    )


def unsendable(order: UnifiedOrder, capabilities: Capabilities) -> str | None:
    """Why this order must not be sent; None if it may."""
    return problem_of(order, capabilities) or next(_problems(order), None)


def _problems(order: UnifiedOrder) -> Iterator[str]:
    kind, force = order.order_type, order.time_in_force
    if order.reduce_only and not is_swap(order.instrument_id):
        yield "reduce-only needs a derivatives position; spot has none."
    if kind is OrderType.MARKET and force is TimeInForce.FOK:
        yield "OKX has no MARKET order that is fill-or-kill; send it IOC."
    if not kind.is_conditional:
        return
    if force is not TimeInForce.GTC:
        yield f"OKX's conditional orders know no time in force {force}; send it GTC."
    if order.post_only:
        yield "OKX's conditional orders cannot be post-only."
    if kind.is_trailing:
        if order.trigger_type not in (None, TriggerType.LAST):
            yield "OKX's trailing orders follow the last price only."
        offset = order.trailing_offset
        in_points = order.trailing_offset_type is TrailingOffsetType.BASIS_POINTS
        if offset is not None and in_points and not _LOWEST_BPS <= offset <= _HIGHEST_BPS:
            yield f"OKX trails by {_LOWEST_BPS} to {_HIGHEST_BPS} basis points."
