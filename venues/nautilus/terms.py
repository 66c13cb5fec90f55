"""Our order in NautilusTrader's words, exactly, or the reason why it cannot be said exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from nautilus_trader.common.factories import OrderFactory
from nautilus_trader.model.enums import OrderSide as NautilusSide
from nautilus_trader.model.enums import TimeInForce as NautilusTimeInForce
from nautilus_trader.model.enums import TrailingOffsetType as NautilusOffsetType
from nautilus_trader.model.enums import TriggerType as NautilusTriggerType
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.model.objects import Price, Quantity
from nautilus_trader.model.orders import Order as NautilusOrder

from domain.orders import OrderType, TimeInForce, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.sides import Side
from venues.port import Capabilities

_SIDES = {Side.BUY: NautilusSide.BUY, Side.SELL: NautilusSide.SELL}
_TIMES_IN_FORCE = {
    TimeInForce.GTC: NautilusTimeInForce.GTC,
    TimeInForce.IOC: NautilusTimeInForce.IOC,
    TimeInForce.FOK: NautilusTimeInForce.FOK,
    TimeInForce.GTD: NautilusTimeInForce.GTD,
}
_TRIGGER_TYPES = {
    None: NautilusTriggerType.DEFAULT,
    TriggerType.LAST: NautilusTriggerType.LAST_PRICE,
    TriggerType.MARK: NautilusTriggerType.MARK_PRICE,
    TriggerType.INDEX: NautilusTriggerType.INDEX_PRICE,
}
_OFFSET_TYPES = {
    TrailingOffsetType.PRICE: NautilusOffsetType.PRICE,
    TrailingOffsetType.BASIS_POINTS: NautilusOffsetType.BASIS_POINTS,
}


def problem_of(order: UnifiedOrder, can: Capabilities) -> str | None:
    """Why the order must not be handed to any client library; None if nothing speaks against it.

    The exchange has more to say: what its own library would change or drop.
    """
    return next(_problems(order, can), None)


def _problems(order: UnifiedOrder, can: Capabilities) -> Iterator[str]:
    kind, force = order.order_type, order.time_in_force
    if not re.fullmatch(can.client_id_pattern, order.venue_client_id):
        yield f"client order id {order.venue_client_id!r} is not {can.client_id_pattern}."
    if kind not in can.order_types:
        yield f"{order.venue} has no {kind} orders through here."
    if force not in can.times_in_force:
        yield f"{order.venue} has no time in force {force} through here."
    if order.reduce_only and not can.reduce_only:
        yield f"reduce-only needs a derivatives position; {order.venue} has none."
    yield from _problems_of_prices(order, can)
    if (order.expire_at is not None) != (force is TimeInForce.GTD):
        yield "expire_at and the time in force GTD need each other."
    if kind is OrderType.MARKET and force is TimeInForce.GTD:
        yield "a MARKET order does not rest, so it cannot be good till date."
    if order.post_only and not (can.post_only and kind.has_limit_price):
        yield f"post-only needs a limit price and a venue that has it; this is a {kind} order."
    if order.post_only and force not in (TimeInForce.GTC, TimeInForce.GTD):
        yield "post-only needs an order that can rest: good till cancel or good till date."
    if order.display_qty is not None and not (can.display_qty and kind.has_limit_price):
        yield f"{order.venue} shows no part of a {kind} order."
    numbers = {"quantity": order.quantity, "display_qty": order.display_qty}
    for name, value in numbers.items():
        if value is not None and not _is_exact(value, Quantity):
            yield f"{name} {value} cannot be sent without changing it."


def _problems_of_prices(order: UnifiedOrder, can: Capabilities) -> Iterator[str]:
    kind = order.order_type
    if (order.price is not None) != kind.has_limit_price:
        yield f"a {kind} order {'needs a' if kind.has_limit_price else 'has no'} limit price."
    if (order.trigger_price is not None) != kind.has_trigger_price:
        yield f"a {kind} order {'needs a' if kind.has_trigger_price else 'has no'} trigger price."
    if (order.trailing_offset is not None) != kind.is_trailing:
        yield f"a {kind} order {'needs a' if kind.is_trailing else 'has no'} trailing offset."
    if kind.is_trailing and order.trailing_offset_type not in can.trailing_offset_types:
        yield f"{order.venue} has no trailing offset in {order.trailing_offset_type}."
    if order.trigger_type is not None and not kind.is_conditional:
        yield f"a {kind} order has no trigger."
    if order.trigger_type is not None and order.trigger_type not in can.trigger_types:
        yield f"{order.venue} does not watch the price {order.trigger_type}."
    prices = {
        "price": order.price,
        "trigger_price": order.trigger_price,
        "trailing_offset": order.trailing_offset,
    }
    for name, value in prices.items():
        if value is not None and not _is_exact(value, Price):
            yield f"{name} {value} cannot be sent without changing it."


def nautilus_order(factory: OrderFactory, order: UnifiedOrder) -> NautilusOrder:
    """The order as NautilusTrader's factory builds it; `problem_of` must have passed it."""
    make, terms = _MAKERS[order.order_type]
    return make(
        factory,
        instrument_id=InstrumentId.from_str(order.instrument_id),
        order_side=_SIDES[order.side],
        quantity=_quantity(order.quantity),
        reduce_only=order.reduce_only,
        client_order_id=ClientOrderId(order.venue_client_id),
        **terms(order),
    )


def _market(order: UnifiedOrder) -> dict[str, Any]:
    return {"time_in_force": _TIMES_IN_FORCE[order.time_in_force]}


def _resting(order: UnifiedOrder) -> dict[str, Any]:
    return _market(order) | {"expire_time": order.expire_at}


def _limit(order: UnifiedOrder) -> dict[str, Any]:
    assert order.price is not None, "checked by problem_of"
    return _resting(order) | {
        "price": _price(order.price),
        "post_only": order.post_only,
        "display_qty": None if order.display_qty is None else _quantity(order.display_qty),
    }


def _trigger(order: UnifiedOrder) -> dict[str, Any]:
    assert order.trigger_price is not None, "checked by problem_of"
    return {
        "trigger_price": _price(order.trigger_price),
        "trigger_type": _TRIGGER_TYPES[order.trigger_type],
    }


def _stop(order: UnifiedOrder) -> dict[str, Any]:
    return _resting(order) | _trigger(order)


def _stop_limit(order: UnifiedOrder) -> dict[str, Any]:
    return _limit(order) | _trigger(order)


def _trailing(order: UnifiedOrder) -> dict[str, Any]:
    assert order.trailing_offset_type is not None, "checked by problem_of"
    return _resting(order) | {
        "trailing_offset": order.trailing_offset,
        "trailing_offset_type": _OFFSET_TYPES[order.trailing_offset_type],
        "trigger_type": _TRIGGER_TYPES[order.trigger_type],
    }


_Terms = Callable[[UnifiedOrder], dict[str, Any]]
_MAKERS: dict[OrderType, tuple[Callable[..., NautilusOrder], _Terms]] = {
    OrderType.MARKET: (OrderFactory.market, _market),
    OrderType.LIMIT: (OrderFactory.limit, _limit),
    OrderType.STOP_MARKET: (OrderFactory.stop_market, _stop),
    OrderType.STOP_LIMIT: (OrderFactory.stop_limit, _stop_limit),
    OrderType.TAKE_PROFIT_MARKET: (OrderFactory.market_if_touched, _stop),
    OrderType.TAKE_PROFIT_LIMIT: (OrderFactory.limit_if_touched, _stop_limit),
    OrderType.TRAILING_STOP_MARKET: (OrderFactory.trailing_stop_market, _trailing),
}


def _quantity(value: Decimal) -> Quantity:
    return Quantity.from_str(number_text(value))


def _price(value: Decimal) -> Price:
    return Price.from_str(number_text(value))


def _is_exact(value: Decimal, kind: type[Price] | type[Quantity]) -> bool:
    if not value.is_finite() or value <= 0:
        return False
    try:
        return bool(kind.from_str(number_text(value)).as_decimal() == value)
    except (ValueError, OverflowError):
        return False


def number_text(value: Decimal) -> str:
    """Digits only: no exponent, no trailing zeros that a venue could count as precision."""
    return f"{value.normalize():f}"
