"""An order of the node as the body of Bybit's create request."""

from __future__ import annotations

from typing import Any

from nautilus_trader.model.enums import OrderSide, OrderType, TimeInForce, TriggerType
from nautilus_trader.model.orders import Order

from venues.nautilus.bybit.settings import Category, Symbol

_TIMES = {TimeInForce.GTC: "GTC", TimeInForce.IOC: "IOC", TimeInForce.FOK: "FOK"}
_TRIGGERS = {
    TriggerType.DEFAULT: "LastPrice",
    TriggerType.LAST_PRICE: "LastPrice",
    TriggerType.MARK_PRICE: "MarkPrice",
    TriggerType.INDEX_PRICE: "IndexPrice",
}
_STOPS = frozenset({OrderType.STOP_MARKET, OrderType.STOP_LIMIT})
_RISES, _FALLS = 1, 2

# What conditional orders of spot are placed as, and must be cancelled as.
STOP_FILTER = "StopOrder"


def create_body(order: Order) -> dict[str, Any]:
    """Every term is said, also where the venue's default would be the same."""
    symbol = Symbol.of(order.instrument_id.value)
    body: dict[str, Any] = symbol.fields | {
        "side": "Buy" if order.side == OrderSide.BUY else "Sell",
        "orderType": "Limit" if order.has_price else "Market",
        "qty": str(order.quantity),
        "timeInForce": _TIMES[order.time_in_force] if order.has_price else "IOC",
        "orderLinkId": order.client_order_id.value,
    }
    if order.has_price:
        body["price"] = str(order.price)
        if order.is_post_only:
            body["timeInForce"] = "PostOnly"
    if order.has_trigger_price:
        body |= _trigger(order, symbol)
    if symbol.category is Category.SPOT:
        body["isLeverage"] = 0  # never borrow
        if not order.has_price:
            body["marketUnit"] = "baseCoin"  # a buy would be sized by value otherwise
    else:
        body |= {"positionIdx": 0, "reduceOnly": order.is_reduce_only}
    return body


def _trigger(order: Order, symbol: Symbol) -> dict[str, Any]:
    if symbol.category is Category.SPOT:
        return {"triggerPrice": str(order.trigger_price), "orderFilter": STOP_FILTER}
    against_its_side = order.order_type in _STOPS
    rises = against_its_side == (order.side == OrderSide.BUY)
    return {
        "triggerPrice": str(order.trigger_price),
        "triggerDirection": _RISES if rises else _FALLS,
        "triggerBy": _TRIGGERS[order.trigger_type],
    }
