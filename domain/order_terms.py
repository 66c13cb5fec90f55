"""Which terms belong to which order type. What holds for every venue; what one venue has beyond or
below that is in its `Capabilities`, and its ticks and lots in its instruments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.orders import OrderRequest, OrderType, TimeInForce

_RESTING = (TimeInForce.GTC, TimeInForce.GTD)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A term that does not fit the others. `field` is the one to blame, `code` is stable."""

    field: str
    code: str
    message: str


def misfit(request: OrderRequest) -> Misfit | None:
    """The first term that is missing or out of place, or None.

    - `price` belongs to the types that name a limit, `trigger_price` to stops and take-profits,
      `trailing_offset` with its type to trailing stops; each is required there and refused
      elsewhere. `trigger_type` belongs to all that wait for a trigger.
    - `expire_at` belongs to GTD, and GTD to orders that can rest.
    - `post_only` and `display_qty` belong to LIMIT orders that rest.
    """
    return _prices(request) or _trailing(request) or _lifetime(request) or _resting_terms(request)


def expired(request: OrderRequest, now: datetime) -> Misfit | None:
    """A new GTD order must have some time to live. Not a question of the request alone: the same
    request, sent again after its time, is still the order that it once was."""
    if request.expire_at is None or request.expire_at > now:
        return None
    return Misfit("expire_at", "expire_at_passed", "must lie in the future")


def _prices(request: OrderRequest) -> Misfit | None:
    kind = request.order_type
    if kind.has_limit_price and request.price is None:
        return Misfit("price", "price_required", f"a {kind} order needs a price")
    if not kind.has_limit_price and request.price is not None:
        return Misfit("price", "price_not_allowed", f"a {kind} order has no price")
    if kind.has_trigger_price and request.trigger_price is None:
        message = f"a {kind} order needs a trigger_price"
        return Misfit("trigger_price", "trigger_price_required", message)
    if not kind.has_trigger_price and request.trigger_price is not None:
        message = f"a {kind} order has no trigger_price"
        return Misfit("trigger_price", "trigger_price_not_allowed", message)
    if not kind.is_conditional and request.trigger_type is not None:
        message = f"a {kind} order waits for no trigger"
        return Misfit("trigger_type", "trigger_type_not_allowed", message)
    return None


def _trailing(request: OrderRequest) -> Misfit | None:
    kind = request.order_type
    for name in ("trailing_offset", "trailing_offset_type"):
        value = getattr(request, name)
        if kind.is_trailing and value is None:
            return Misfit(name, f"{name}_required", f"a {kind} order needs a {name}")
        if not kind.is_trailing and value is not None:
            return Misfit(name, f"{name}_not_allowed", f"a {kind} order has no {name}")
    if request.trailing_offset is not None and request.trailing_offset <= 0:
        return Misfit("trailing_offset", "not_positive", "must be above zero")
    return None


def _lifetime(request: OrderRequest) -> Misfit | None:
    until_date = request.time_in_force is TimeInForce.GTD
    if until_date and request.order_type is OrderType.MARKET:
        message = "a MARKET order never rests, so it cannot expire"
        return Misfit("time_in_force", "time_in_force_not_allowed", message)
    if until_date and request.expire_at is None:
        return Misfit("expire_at", "expire_at_required", "GTD needs the time when it ends")
    if not until_date and request.expire_at is not None:
        return Misfit("expire_at", "expire_at_not_allowed", "is for GTD orders")
    return None


def _resting_terms(request: OrderRequest) -> Misfit | None:
    rests = request.order_type is OrderType.LIMIT and request.time_in_force in _RESTING
    if request.post_only and not rests:
        return Misfit("post_only", "post_only_not_allowed", "is for LIMIT orders with GTC or GTD")
    if request.display_qty is None:
        return None
    if not rests:
        message = "is for LIMIT orders with GTC or GTD"
        return Misfit("display_qty", "display_qty_not_allowed", message)
    if not 0 < request.display_qty <= request.quantity:
        message = "must be above zero and at most the quantity"
        return Misfit("display_qty", "display_qty_out_of_range", message)
    return None
