"""Our order in the venue's parameters, exactly, or the reason why it cannot be said exactly."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.instruments import InstrumentKind
from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.sides import Side
from venues.deribit.listings import ICEBERG_LEAST, Listing
from venues.port import Amendment, Capabilities

# The venue takes any 64 characters; ours are what every venue takes.
CLIENT_ID_PATTERN = "^[A-Za-z0-9_-]{1,64}$"

ORDER_TYPES = {
    OrderType.MARKET: "market",
    OrderType.LIMIT: "limit",
    OrderType.STOP_MARKET: "stop_market",
    OrderType.STOP_LIMIT: "stop_limit",
    OrderType.TAKE_PROFIT_MARKET: "take_market",
    OrderType.TAKE_PROFIT_LIMIT: "take_limit",
    OrderType.TRAILING_STOP_MARKET: "trailing_stop",
}
# Trigger orders exist for futures only (OpenAPI: "trigger price, only for future trigger orders").
OPTION_TYPES = frozenset({OrderType.MARKET, OrderType.LIMIT})
# An edit by label carries no trigger_offset, so a trailing stop cannot be changed in place.
AMENDABLE = frozenset(ORDER_TYPES) - {OrderType.MARKET, OrderType.TRAILING_STOP_MARKET}
TIMES_IN_FORCE = {
    TimeInForce.GTC: "good_til_cancelled",
    TimeInForce.IOC: "immediate_or_cancel",
    TimeInForce.FOK: "fill_or_kill",
}
TRIGGERS = {
    TriggerType.LAST: "last_price",
    TriggerType.MARK: "mark_price",
    TriggerType.INDEX: "index_price",
}

type Params = dict[str, str | int | bool]


def capabilities(visibility_horizon: timedelta) -> Capabilities:
    """What can be said to the venue."""
    return Capabilities(
        order_types=frozenset(OrderType),
        times_in_force=frozenset(TIMES_IN_FORCE),
        post_only=True,
        reduce_only=True,
        client_id_pattern=CLIENT_ID_PATTERN,
        visibility_horizon=visibility_horizon,
        amendable=AMENDABLE,
        display_qty=True,
        trigger_types=frozenset(TriggerType),
        trailing_offset_types=frozenset({TrailingOffsetType.PRICE}),
        cancels_all=True,
        kinds={InstrumentKind.OPTION: OPTION_TYPES},
    )


def unsendable(order: UnifiedOrder, listing: Listing, now: datetime | None = None) -> str | None:
    """Why this order must not be sent; None if the venue will take it as it is said."""
    if not re.fullmatch(CLIENT_ID_PATTERN, order.venue_client_id):
        return f"client order id {order.venue_client_id!r} is not {CLIENT_ID_PATTERN}."
    expires_at = listing.instrument.expires_at
    if expires_at is not None and (now or datetime.now(UTC)) >= expires_at:
        return f"{order.instrument_id} expired at {expires_at:%Y-%m-%d %H:%M} UTC."
    return (
        _unsayable_type(order, listing)
        or _unsayable_flags(order)
        or _unfit_quantity(order.quantity, listing)
        or _unfit_prices(order, listing)
        or _unfit_display(order, listing)
    )


def unamendable(order: UnifiedOrder, amendment: Amendment, listing: Listing) -> str | None:
    """Why the order must not be amended so; None if the venue will do just that."""
    if order.order_type not in AMENDABLE:
        return f"Deribit cannot change a {order.order_type} order in place; cancel and send anew."
    if amendment.price is not None and not order.order_type.has_limit_price:
        return f"a {order.order_type} order has no limit price."
    if amendment.trigger_price is not None and not order.order_type.has_trigger_price:
        return f"a {order.order_type} order has no trigger price."
    if amendment.trigger_price is not None and order.triggered_at is not None:
        return "it has triggered: there is no trigger price left to change."
    if is_iceberg(order) and order.venue_order_id is None:
        return "the venue's id of the iceberg is not known yet, and it is needed to keep it one."
    quantity = amendment.quantity
    problem = None if quantity is None else _unfit_quantity(quantity, listing)
    prices = ((amendment.price, "price"), (amendment.trigger_price, "trigger price"))
    for price, name in prices:
        problem = problem or (None if price is None else _off_tick(price, name, listing))
    return problem


def order_params(order: UnifiedOrder, listing: Listing, valid_until_ms: int) -> Params:
    """Parameters of `private/buy` and `private/sell`; `unsendable` must have passed the order."""
    params: Params = {
        "instrument_name": listing.name,
        "amount": text(order.quantity),
        "type": ORDER_TYPES[order.order_type],
        "label": order.venue_client_id,
        "time_in_force": TIMES_IN_FORCE[_time_in_force(order)],
        "valid_until": valid_until_ms,
    }
    if order.price is not None and order.order_type.has_limit_price:
        params["price"] = text(order.price)
    if order.order_type.is_conditional:
        params["trigger"] = TRIGGERS[order.trigger_type or TriggerType.LAST]
    if order.trigger_price is not None:
        params["trigger_price"] = text(order.trigger_price)
    if order.trailing_offset is not None:
        params["trigger_offset"] = text(order.trailing_offset)
    return params | _display(order) | _flags(order)


def amend_params(
    order: UnifiedOrder, amendment: Amendment, listing: Listing, valid_until_ms: int
) -> Params:
    """Parameters of `private/edit_by_label`, or of `private/edit` for an iceberg. The amount must
    always be said, the trigger price of what still waits too, and what is not said again may be
    lost: post-only, reduce-only, display."""
    quantity = order.quantity if amendment.quantity is None else amendment.quantity
    params: Params = {"amount": text(quantity), "valid_until": valid_until_ms}
    if is_iceberg(order):
        assert order.venue_order_id is not None, "checked by unamendable"
        params |= {"order_id": order.venue_order_id} | _display(order)
    else:
        params |= {"label": order.venue_client_id, "instrument_name": listing.name}
    price = order.price if amendment.price is None else amendment.price
    if price is not None and order.order_type.has_limit_price:
        params["price"] = text(price)
    trigger_price = amendment.trigger_price or order.trigger_price
    if trigger_price is not None and order.triggered_at is None:
        params["trigger_price"] = text(trigger_price)
    return params | _flags(order)


def method_of(side: Side) -> str:
    return "private/buy" if side is Side.BUY else "private/sell"


def text(value: Decimal) -> str:
    """Digits only, no exponent."""
    return f"{value.normalize():f}"


def is_iceberg(order: UnifiedOrder) -> bool:
    """Whether others see only a part of it."""
    return order.display_qty is not None and order.display_qty < order.quantity


def _display(order: UnifiedOrder) -> Params:
    if order.display_qty is None or not is_iceberg(order):
        return {}
    return {"display_amount": text(order.display_qty)}


def _flags(order: UnifiedOrder) -> Params:
    flags: Params = {}
    if order.post_only:
        # Without the second flag the venue moves the price instead of refusing.
        flags |= {"post_only": True, "reject_post_only": True}
    if order.reduce_only:
        flags["reduce_only"] = True
    return flags


def _time_in_force(order: UnifiedOrder) -> TimeInForce:
    """The rest of a market order would stay in the book as a limit order; it must not."""
    if order.order_type is OrderType.MARKET and order.time_in_force is TimeInForce.GTC:
        return TimeInForce.IOC
    return order.time_in_force


def _unsayable_type(order: UnifiedOrder, listing: Listing) -> str | None:
    kind, order_type = listing.instrument.kind, order.order_type
    if kind is InstrumentKind.OPTION and order_type not in OPTION_TYPES:
        return f"Deribit has no {order_type} orders for options."
    if order_type.has_limit_price and order.price is None:
        return f"a {order_type} order needs a price."
    if order_type.has_trigger_price and order.trigger_price is None:
        return f"a {order_type} order needs a trigger price."
    if order_type.is_trailing and order.trailing_offset is None:
        return "a trailing stop needs an offset."
    if order_type.is_trailing and order.trailing_offset_type is not TrailingOffsetType.PRICE:
        return "Deribit trails by a price distance only; send the offset as PRICE."
    if not order_type.is_trailing and order.trailing_offset is not None:
        return f"a {order_type} order has no trailing offset."
    if not order_type.has_trigger_price and order.trigger_price is not None:
        return f"a {order_type} order has no trigger price."
    return None


def _unsayable_flags(order: UnifiedOrder) -> str | None:
    tif, order_type = order.time_in_force, order.order_type
    if tif not in TIMES_IN_FORCE or order.expire_at is not None:
        return "Deribit ends orders by date at its own settlement only, so GTD is not offered."
    if order_type.is_conditional and tif is not TimeInForce.GTC:
        return "a conditional order must be good till cancel: it has to wait for its trigger."
    if order.post_only and (order_type is not OrderType.LIMIT or tif is not TimeInForce.GTC):
        return "post-only needs a LIMIT order that is good till cancel."
    return None


def _unfit_quantity(quantity: Decimal, listing: Listing) -> str | None:
    lot, least = listing.instrument.lot, listing.instrument.min_qty
    if not quantity.is_finite() or quantity < least:
        return f"quantity {quantity} is below the minimum {least} of {listing.name}."
    if quantity % lot:
        return f"quantity {quantity} is not a multiple of {lot}, the lot of {listing.name}."
    return None


def _unfit_prices(order: UnifiedOrder, listing: Listing) -> str | None:
    for price, name in (
        (order.price, "price"),
        (order.trigger_price, "trigger price"),
        (order.trailing_offset, "trailing offset"),
    ):
        problem = None if price is None else _off_tick(price, name, listing)
        if problem is not None:
            return problem
    return None


def _off_tick(price: Decimal, name: str, listing: Listing) -> str | None:
    if not price.is_finite() or price <= 0:
        return f"{name} {price} is not above zero."
    tick = listing.tick_at(price)
    if price % tick:
        return f"{name} {price} is not a multiple of {tick}, the tick of {listing.name} there."
    return None


def _unfit_display(order: UnifiedOrder, listing: Listing) -> str | None:
    display = order.display_qty
    if display is None or display == order.quantity:
        return None
    least = listing.instrument.min_qty * ICEBERG_LEAST
    if order.order_type is not OrderType.LIMIT:
        return "only LIMIT orders can show a part of their quantity."
    if not least <= display <= order.quantity or order.quantity / display >= ICEBERG_LEAST:
        return (
            f"an iceberg of {listing.name} must show at least {least}, "
            f"and more than 1/{ICEBERG_LEAST} of the whole; it would show {display}."
        )
    if display % listing.instrument.lot:
        return f"display quantity {display} is not a multiple of {listing.instrument.lot}."
    return None
