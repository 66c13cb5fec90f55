"""Payloads of futures algo (conditional) orders.

An algo order has an id of its own; when it triggers, an order with another id and the same client
id enters the matching engine.
"""

from decimal import Decimal
from typing import Any

from venues.simulators.binance.futures_messages import (
    engine_type,
    good_till_ms,
    plain,
    time_in_force,
)
from venues.simulators.binance.self_trades import mode_of
from venues.simulators.events import Step
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO
from venues.simulators.orders import EndReason, Order, OrderType, Status, TriggerBy

# Far from the ids of orders, so that nobody takes one for the other.
_FIRST_ALGO_ID = 1_000_000_000_000_000

_TYPES = {
    OrderType.STOP_LIMIT: "STOP",
    OrderType.STOP_MARKET: "STOP_MARKET",
    OrderType.TAKE_PROFIT_LIMIT: "TAKE_PROFIT",
    OrderType.TAKE_PROFIT_MARKET: "TAKE_PROFIT_MARKET",
    OrderType.TRAILING_STOP_MARKET: "TRAILING_STOP_MARKET",
}


def algo_id(order: Order) -> int:
    """The id of the algo order behind an order."""
    return _FIRST_ALGO_ID + order.order_id


def order_id_of(algo: int) -> int:
    """The id that the order of an algo order has or would have."""
    return algo - _FIRST_ALGO_ID


def algo_status(order: Order) -> str:
    """Where an algo order stands."""
    if order.status is Status.UNTRIGGERED:
        return "NEW"
    if order.triggered:
        return "TRIGGERED" if order.is_open else "FINISHED"
    if order.status is Status.CANCELED:
        return "CANCELED"
    return "REJECTED" if order.end_reason is EndReason.INSUFFICIENT_FUNDS else "EXPIRED"


def algo_row(order: Order, instrument: Instrument) -> dict[str, Any]:
    """An algo order as GET /fapi/v1/algoOrder tells it."""
    updated_ms = order.updated_ns // 1_000_000
    trailing = order.type is OrderType.TRAILING_STOP_MARKET
    row: dict[str, Any] = {
        "algoId": algo_id(order),
        "clientAlgoId": order.client_order_id,
        "algoType": "CONDITIONAL",
        "orderType": _TYPES[order.type],
        "symbol": order.symbol,
        "side": order.side,
        "positionSide": "BOTH",
        "timeInForce": time_in_force(order),
        "quantity": f"{order.quantity:.{instrument.quantity_decimals}f}",
        "algoStatus": algo_status(order),
        "actualOrderId": str(order.order_id) if order.triggered else "",
        "actualPrice": f"{order.average_price:.5f}",
        "triggerPrice": _price(order.trigger_price, instrument),
        "price": _price(order.price, instrument),
        "icebergQuantity": None,
        "selfTradePreventionMode": mode_of(order),
        "workingType": _working_type(order),
        "priceMatch": "NONE",
        "closePosition": False,
        "priceProtect": False,
        "reduceOnly": order.reduce_only,
        "createTime": order.created_ns // 1_000_000,
        "updateTime": updated_ms,
        "triggerTime": _triggered_ms(order),
        "goodTillDate": good_till_ms(order),
    }
    if trailing:
        row["activatePrice"] = _price(order.activation_price, instrument)
        row["callbackRate"] = _callback_rate(order)
    return row


def algo_update(order: Order, instrument: Instrument, now_ms: int, status: str) -> dict[str, Any]:
    """The user event of one step of an algo order."""
    details: dict[str, Any] = {
        "caid": order.client_order_id,
        "aid": algo_id(order),
        "at": "CONDITIONAL",
        "o": _TYPES[order.type],
        "s": order.symbol,
        "S": order.side,
        "ps": "BOTH",
        "f": time_in_force(order),
        "q": f"{order.quantity:.{instrument.quantity_decimals}f}",
        "X": status,
        "ai": str(order.order_id) if order.triggered else "",
        "tp": _price(order.trigger_price, instrument),
        "p": _price(order.price, instrument),
        "V": mode_of(order),
        "wt": _working_type(order),
        "pm": "NONE",
        "cp": False,
        "pP": False,
        "R": order.reduce_only,
        "tt": _triggered_ms(order),
        "gtd": good_till_ms(order),
    }
    if order.triggered:
        details["ap"] = f"{order.average_price:.5f}"
        details["aq"] = f"{order.executed:.{instrument.quantity_decimals}f}"
        details["act"] = engine_type(order)
    if order.type is OrderType.TRAILING_STOP_MARKET:
        details["cr"] = _callback_rate(order)
    if status in ("REJECTED", "EXPIRED") and order.end_reason is not None:
        details["rm"] = order.end_reason
    return {"e": "ALGO_UPDATE", "E": now_ms, "T": order.updated_ns // 1_000_000, "o": details}


def algo_updates(
    step: Step, order: Order, instrument: Instrument, now_ms: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The algo events that come before and after the order event of a step."""
    if not order.type.is_conditional:
        return [], []
    match step:
        case Step.TRIGGERED:
            told = ("TRIGGERING", "TRIGGERED")
            return [algo_update(order, instrument, now_ms, status) for status in told], []
        case Step.NEW | Step.AMENDED | Step.CANCELED | Step.EXPIRED if not order.triggered:
            return [algo_update(order, instrument, now_ms, algo_status(order))], []
    if order.is_open:
        return [], []
    return [], [algo_update(order, instrument, now_ms, "FINISHED")]


def _price(price: Decimal | None, instrument: Instrument) -> str:
    return f"{price or ZERO:.{instrument.price_decimals}f}"


def _working_type(order: Order) -> str:
    return "MARK_PRICE" if order.trigger_by is TriggerBy.MARK else "CONTRACT_PRICE"


def _callback_rate(order: Order) -> str:
    return plain((order.trailing_bps or ZERO) / 100)


def _triggered_ms(order: Order) -> int:
    return (order.triggered_ns or 0) // 1_000_000
