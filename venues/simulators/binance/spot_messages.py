"""Spot payloads: orders, trades and what user streams tell of them."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from venues.simulators.binance.self_trades import (
    EXPIRED_IN_MATCH,
    PREVENTION,
    is_prevented,
    mode_of,
    prevented_row,
)
from venues.simulators.events import Step
from venues.simulators.matching import ZERO, Side, TimeInForce
from venues.simulators.orders import EndReason, Fill, Order, OrderType, Status

EXECUTION_TYPES = {
    Step.NEW: "NEW",
    Step.TRIGGERED: "NEW",
    Step.TRADE: "TRADE",
    Step.CANCELED: "CANCELED",
    Step.EXPIRED: "EXPIRED",
    Step.AMENDED: "REPLACED",
}


def d8(value: Decimal | None) -> str:
    """A decimal with eight places, as spot prints all of them."""
    return f"{value or ZERO:.8f}"


_TYPES = {
    OrderType.STOP_MARKET: "STOP_LOSS",
    OrderType.STOP_LIMIT: "STOP_LOSS_LIMIT",
    OrderType.TAKE_PROFIT_MARKET: "TAKE_PROFIT",
    OrderType.TAKE_PROFIT_LIMIT: "TAKE_PROFIT_LIMIT",
}


def order_type(order: Order) -> str:
    """Spot's name for the type: post-only is a type of its own, a trailing stop is none."""
    if order.type is OrderType.TRAILING_STOP_MARKET:
        name = "STOP_LOSS" if order.activation_price is None else "TAKE_PROFIT"
        return name if order.price is None else f"{name}_LIMIT"
    return "LIMIT_MAKER" if order.post_only else _TYPES.get(order.type, order.type)


def order_status(order: Order) -> str:
    """Spot's name for the state: an order that waits for its trigger is new."""
    if is_prevented(order):
        return EXPIRED_IN_MATCH
    return Status.NEW if order.status is Status.UNTRIGGERED else order.status


def stop_price(order: Order) -> Decimal | None:
    """The price that the client gave: of a trailing order where it begins to trail."""
    trailing = order.type is OrderType.TRAILING_STOP_MARKET
    return order.activation_price if trailing else order.trigger_price


def working_ms(order: Order) -> int:
    """Since when the order has been in the book, -1 while it waits for its trigger."""
    if not order.type.is_conditional:
        return order.created_ns // 1_000_000
    return -1 if order.triggered_ns is None else order.triggered_ns // 1_000_000


def list_id(order: Order) -> int:
    """The order list that an order belongs to, -1 for none."""
    return -1 if order.group is None else order.group.group_id


def order_row(order: Order) -> dict[str, Any]:
    """An order as GET /api/v3/order tells it."""
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": list_id(order),
        "clientOrderId": order.client_order_id,
        "price": d8(order.price),
        "origQty": d8(order.quantity),
        "executedQty": d8(order.executed),
        "origQuoteOrderQty": d8(order.quote_quantity),
        "cummulativeQuoteQty": d8(order.cumulative_quote),
        "status": order_status(order),
        "timeInForce": order.time_in_force,
        "type": order_type(order),
        "side": order.side,
        "stopPrice": d8(stop_price(order)),
        "icebergQty": d8(order.display_quantity),
        "time": order.created_ns // 1_000_000,
        "updateTime": order.updated_ns // 1_000_000,
        "isWorking": order.status is not Status.UNTRIGGERED,
        "workingTime": working_ms(order),
        "selfTradePreventionMode": mode_of(order),
    } | _conditional(order)


def _conditional(order: Order) -> dict[str, Any]:
    """What only some orders have."""
    row: dict[str, Any] = {}
    if order.trailing_bps is not None:
        began = order.trigger_price is not None
        row["trailingDelta"] = int(order.trailing_bps)
        row["trailingTime"] = order.created_ns // 1_000_000 if began else -1
    if (reason := expiry_reason(order)) is not None:
        row["expiryReason"] = reason
    return row | prevented_row(order)


def expiry_reason(order: Order) -> str | None:
    """Why an order expired, None for others."""
    if order.status is not Status.EXPIRED:
        return None
    match order.end_reason:
        case EndReason.OTHER_WORKS:
            return "OCO_TRIGGER"
        case EndReason.INSUFFICIENT_FUNDS:
            return "REJECTED"
        case EndReason.REMAINDER if order.price is None:
            return "INSUFFICIENT_LIQUIDITY"
        case EndReason.REMAINDER if order.time_in_force is TimeInForce.FOK:
            return "UNFILLED_FOK_ORDER_EXPIRED"
        case EndReason.REMAINDER:
            return "UNFILLED_IOC_QUANTITY_EXPIRED"
    return "EXCHANGE_CANCELED"


def placed(order: Order, fills: Iterable[Fill], response_type: str) -> dict[str, Any]:
    """The answer to a new order: ACK, RESULT or FULL."""
    row = order_row(order)
    row["transactTime"] = row["updateTime"]
    if response_type == "ACK":
        names = ("symbol", "orderId", "orderListId", "clientOrderId", "transactTime")
        return {name: row[name] for name in names}
    for name in ("time", "updateTime", "isWorking", *_not_asked_for(order)):
        del row[name]
    if response_type == "FULL":
        row["fills"] = [
            {
                "price": d8(fill.price),
                "qty": d8(fill.quantity),
                "commission": d8(fill.fee),
                "commissionAsset": fill.fee_asset,
                "tradeId": fill.trade_id,
            }
            for fill in fills
        ]
    return row


def cancel_id(order: Order) -> str:
    """The client id that the venue gives a cancel request that brought none."""
    return hashlib.blake2s(f"cancel/{order.order_id}".encode(), digest_size=11).hexdigest()


def canceled(order: Order) -> dict[str, Any]:
    """The answer to a cancel: the request gets a client id of its own."""
    row = order_row(order)
    row["transactTime"] = row["updateTime"]
    for name in ("time", "updateTime", "isWorking", "workingTime", *_not_asked_for(order)):
        del row[name]
    return row | {"origClientOrderId": order.client_order_id, "clientOrderId": cancel_id(order)}


def amended(order: Order) -> dict[str, Any]:
    """The answer to an amendment that keeps priority."""
    row = order_row(order)
    names = ("symbol", "orderId", "orderListId", "clientOrderId", "price", "executedQty")
    return {
        "transactTime": row["updateTime"],
        "executionId": execution_id(order, None),
        "amendedOrder": {name: row[name] for name in names}
        | {
            "origClientOrderId": order.former_client_order_id or order.client_order_id,
            "qty": row["origQty"],
            "preventedQty": d8(ZERO),
            "quoteOrderQty": row["origQuoteOrderQty"],
            "cumulativeQuoteQty": row["cummulativeQuoteQty"],
        }
        | {name: row[name] for name in ("status", "timeInForce", "type", "side", "workingTime")}
        | {"selfTradePreventionMode": mode_of(order)},
    }


def _not_asked_for(order: Order) -> list[str]:
    """Fields that answers leave out where the request did not have them."""
    names = {"stopPrice": order.type.is_conditional, "icebergQty": order.display_quantity}
    return [name for name, asked in names.items() if not asked]


def execution_id(order: Order, fill: Fill | None) -> int:
    """The id of a step of an order."""
    return order.order_id * 2 + (1 if fill else 0)


def trade_row(fill: Fill, order_list_id: int) -> dict[str, Any]:
    """A fill as GET /api/v3/myTrades tells it."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": order_list_id,
        "price": d8(fill.price),
        "qty": d8(fill.quantity),
        "quoteQty": d8(fill.price * fill.quantity),
        "commission": d8(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ns // 1_000_000,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def execution_report(step: Step, order: Order, fill: Fill | None, now_ms: int) -> dict[str, Any]:
    """The user event of one step. A cancel names the order in ``C`` and the request in ``c``."""
    is_cancel = step is Step.CANCELED and not is_prevented(order)
    original = order.client_order_id if is_cancel else ""
    if step is Step.AMENDED:
        original = order.former_client_order_id or order.client_order_id
    last_quantity, last_price = (fill.quantity, fill.price) if fill else (ZERO, ZERO)
    report = {
        "e": "executionReport",
        "E": now_ms,
        "s": order.symbol,
        "c": cancel_id(order) if is_cancel else order.client_order_id,
        "S": order.side,
        "o": order_type(order),
        "f": order.time_in_force,
        "q": d8(order.quantity),
        "p": d8(order.price),
        "P": d8(stop_price(order)),
        "F": d8(order.display_quantity),
        "g": list_id(order),
        "C": original,
        "x": PREVENTION if is_prevented(order) else EXECUTION_TYPES[step],
        "X": order_status(order),
        "r": "NONE",
        "i": order.order_id,
        "l": d8(last_quantity),
        "z": d8(order.executed),
        "L": d8(last_price),
        "n": d8(fill.fee) if fill else "0",
        "N": fill.fee_asset if fill else None,
        "T": order.updated_ns // 1_000_000,
        "t": fill.trade_id if fill else -1,
        "I": execution_id(order, fill),
        "w": order.is_open and order.status is not Status.UNTRIGGERED and order.price is not None,
        "m": fill.is_maker if fill else False,
        "M": False,
        "O": order.created_ns // 1_000_000,
        "Z": d8(order.cumulative_quote),
        "Y": d8(last_quantity * last_price),
        "Q": d8(order.quote_quantity),
        "V": mode_of(order),
    }
    if (working := working_ms(order)) >= 0:
        report["W"] = working
    if order.trailing_bps is not None:
        report["d"] = int(order.trailing_bps)
    if (reason := expiry_reason(order)) is not None:
        report["eR"] = reason
    if is_prevented(order):
        prevented = d8(order.leaves)
        report |= {"v": order.order_id, "A": prevented, "B": prevented}
    return report
