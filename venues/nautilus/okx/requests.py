"""Our orders and amendments in OKX's words, exactly. Pure: an order in, a path and a body out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.orders import (
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from venues.nautilus.okx.settings import is_swap, symbol_of
from venues.port import Amendment

PLACE, PLACE_ALGO = "/api/v5/trade/order", "/api/v5/trade/order-algo"
CANCEL, CANCEL_ALGO = "/api/v5/trade/cancel-order", "/api/v5/trade/cancel-algos"
CANCEL_MANY = "/api/v5/trade/cancel-batch-orders"
AMEND, AMEND_ALGO = "/api/v5/trade/amend-order", "/api/v5/trade/amend-algos"

_FORCES = {TimeInForce.GTC: "limit", TimeInForce.IOC: "ioc", TimeInForce.FOK: "fok"}
_TAKE_PROFITS = (OrderType.TAKE_PROFIT_MARKET, OrderType.TAKE_PROFIT_LIMIT)
_AT_MARKET = "-1"
_BASIS_POINTS = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    body: dict[str, Any]


def new_order(order: UnifiedOrder) -> Request:
    """A new order; `unsendable` must have passed it."""
    body: dict[str, Any] = {
        "instId": symbol_of(order.instrument_id),
        "tdMode": "cross" if is_swap(order.instrument_id) else "cash",
        "side": order.side.value.lower(),
        "sz": digits(order.quantity),
    }
    if order.reduce_only:
        body["reduceOnly"] = "true"
    if not is_swap(order.instrument_id) and not order.order_type.has_limit_price:
        # Otherwise the size of a market buy is read as an amount of quote currency.
        body["tgtCcy"] = "base_ccy"
    if order.order_type.is_conditional:
        body["algoClOrdId"] = order.venue_client_id
        return Request(PLACE_ALGO, body | _conditional(order))
    body["clOrdId"] = order.venue_client_id
    if order.price is None:
        return Request(PLACE, body | {"ordType": "market"})
    kind = "post_only" if order.post_only else _FORCES[order.time_in_force]
    return Request(PLACE, body | {"ordType": kind, "px": digits(order.price)})


def _conditional(order: UnifiedOrder) -> dict[str, str]:
    """Stops and take-profits are `conditional`, which the venue refuses on the wrong side of the
    market; its `trigger` orders would wait for the price to come back."""
    if order.order_type.is_trailing:
        assert order.trailing_offset is not None, "checked by problem_of"
        if order.trailing_offset_type is TrailingOffsetType.BASIS_POINTS:
            ratio = digits(order.trailing_offset / _BASIS_POINTS)
            return {"ordType": "move_order_stop", "callbackRatio": ratio}
        return {"ordType": "move_order_stop", "callbackSpread": digits(order.trailing_offset)}
    assert order.trigger_price is not None, "checked by problem_of"
    side = _side(order)
    return {
        "ordType": "conditional",
        f"{side}TriggerPx": digits(order.trigger_price),
        f"{side}TriggerPxType": (order.trigger_type or TriggerType.LAST).lower(),
        f"{side}OrdPx": _AT_MARKET if order.price is None else digits(order.price),
    }


def cancel(order: UnifiedOrder) -> Request:
    """By our own client id, as whichever kind of order it waits there."""
    symbol = symbol_of(order.instrument_id)
    if order.order_type.is_conditional:
        return Request(CANCEL_ALGO, {"instId": symbol, "algoClOrdId": order.venue_client_id})
    return Request(CANCEL, {"instId": symbol, "clOrdId": order.venue_client_id})


def amendment(order: UnifiedOrder, change: Amendment) -> Request:
    """New terms. The new size is the total, what has traded included, as the venue wants it."""
    symbol = symbol_of(order.instrument_id)
    if not order.order_type.is_conditional:
        named = {"instId": symbol, "clOrdId": order.venue_client_id}
        return Request(AMEND, named | new_terms(change))
    side = "Tp" if _side(order) == "tp" else "Sl"
    body = {"instId": symbol, "algoClOrdId": order.venue_client_id}
    if change.quantity is not None:
        body["newSz"] = digits(change.quantity)
    if change.price is not None:
        body[f"new{side}OrdPx"] = digits(change.price)
    if change.trigger_price is not None:
        body[f"new{side}TriggerPx"] = digits(change.trigger_price)
    return Request(AMEND_ALGO, body)


def new_terms(change: Amendment) -> dict[str, str]:
    """Size and price of an ordinary order."""
    terms = {}
    if change.quantity is not None:
        terms["newSz"] = digits(change.quantity)
    if change.price is not None:
        terms["newPx"] = digits(change.price)
    return terms


def digits(value: Decimal) -> str:
    """Digits only: no exponent, no trailing zeros."""
    return f"{value.normalize():f}"


def _side(order: UnifiedOrder) -> str:
    return "tp" if order.order_type in _TAKE_PROFITS else "sl"
