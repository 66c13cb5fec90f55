"""Algo orders as the venue tells them, on REST and on the ``orders-algo`` channel alike."""

from typing import Any

from venues.simulators.okx.ids import algo_client_id, algo_id
from venues.simulators.okx.instruments import INSTRUMENTS, SPOT, plain, type_of
from venues.simulators.orders import Condition, EndReason, Order, OrderType, Status

CONDITIONAL, TRIGGER, TRAILING = "conditional", "trigger", "move_order_stop"
_FAILURES = {EndReason.NOTHING_TO_REDUCE: "51169", EndReason.INSUFFICIENT_FUNDS: "51008"}


def algo_state(order: Order) -> str:
    """``effective`` once it has become an order, which lives on its own; ``order_failed`` if it
    could not when its time had come."""
    if order.triggered:
        return "effective"
    if order.status is Status.UNTRIGGERED:
        return "live"
    return "order_failed" if order.end_reason in _FAILURES else "canceled"


def algo_type(order: Order) -> str:
    """The name by which the order was placed."""
    return order.venue_terms.get("ordType", CONDITIONAL)


def algo_row(order: Order, leverage: int) -> dict[str, Any]:
    """An algo order as GET /trade/order-algo tells it."""
    spot = type_of(INSTRUMENTS[order.symbol]) == SPOT
    return {
        **_prices(order),
        "actualPx": plain(order.average_price) if order.executed else "",
        "actualSide": _actual_side(order),
        "actualSz": plain(order.executed) if order.triggered else "0",
        "algoClOrdId": algo_client_id(order),
        "algoId": algo_id(order),
        "amendPxOnTriggerType": "0",
        "attachAlgoOrds": [],
        "cTime": str(order.created_ns // 1_000_000),
        "ccy": "",
        "clOrdId": "",
        "closeFraction": "",
        "failCode": _FAILURES.get(order.end_reason, "") if order.end_reason else "",
        "instId": order.symbol,
        "instType": type_of(INSTRUMENTS[order.symbol]),
        "isTradeBorrowMode": "",
        "last": "",
        "lever": "" if spot else str(leverage),
        "linkedOrd": {"ordId": str(order.order_id) if order.triggered else ""},
        "ordId": str(order.order_id) if order.triggered else "",
        "ordIdList": [str(order.order_id)] if order.triggered else [],
        "ordType": algo_type(order),
        "posSide": "" if spot else "net",
        "pxLimit": "",
        "pxSpread": "",
        "pxVar": "",
        "quickMgnType": "",
        "reduceOnly": str(order.reduce_only).lower(),
        "side": order.side.lower(),
        "state": algo_state(order),
        "sz": plain(order.quantity),
        "szLimit": "",
        "tag": order.venue_terms.get("tag", ""),
        "tdMode": "cash" if spot else "cross",
        "tgtCcy": "base_ccy" if spot else "",
        "timeInterval": "",
        "tradeQuoteCcy": "USDT" if spot else "",
        "triggerTime": str(order.triggered_ns // 1_000_000) if order.triggered_ns else "",
        "uTime": str(order.updated_ns // 1_000_000),
        "uly": "",
    }


def algo_event(order: Order, leverage: int, request_id: str | None) -> dict[str, Any]:
    """An algo order as its channel tells it. ``request_id`` is that of an amendment."""
    return algo_row(order, leverage) | {
        "amendResult": "" if request_id is None else "0",
        "notionalUsd": "",
        "reqId": request_id or "",
    }


def _actual_side(order: Order) -> str:
    """Which way it went, of the orders that are stops or take-profits by name."""
    if not order.triggered or algo_type(order) in (TRIGGER, TRAILING):
        return ""
    return "tp" if order.type.is_take_profit else "sl"


def _prices(order: Order) -> dict[str, str]:
    """The fields of each type of order; all others are empty."""
    row = dict.fromkeys(
        ("slTriggerPx", "slTriggerPxType", "slOrdPx", "tpTriggerPx", "tpTriggerPxType", "tpOrdPx"),
        "",
    )
    row |= dict.fromkeys(("triggerPx", "triggerPxType", "ordPx"), "")
    row |= dict.fromkeys(("callbackRatio", "callbackSpread", "activePx", "moveTriggerPx"), "")
    if order.type is OrderType.TRAILING_STOP_MARKET:
        ratio, spread = order.trailing_bps, order.trailing_offset
        return row | {
            "callbackRatio": "" if ratio is None else plain(ratio / 10_000),
            "callbackSpread": "" if spread is None else plain(spread),
            "activePx": "" if order.activation_price is None else plain(order.activation_price),
            "moveTriggerPx": "" if order.trigger_price is None else plain(order.trigger_price),
        }
    for way in ways_of(order):
        trigger, by = plain(way.trigger_price), way.trigger_by.lower()
        price = "-1" if way.price is None else plain(way.price)
        if algo_type(order) == TRIGGER:
            row |= {"triggerPx": trigger, "triggerPxType": by, "ordPx": price}
        else:
            side = "tp" if way.type.is_take_profit else "sl"
            row |= {
                f"{side}TriggerPx": trigger,
                f"{side}TriggerPxType": by,
                f"{side}OrdPx": price,
            }
    return row


def ways_of(order: Order) -> list[Condition]:
    """What an order waits for: one condition, or either of two."""
    assert order.trigger_price is not None, "it trails"
    first = Condition(
        type=order.type,
        trigger_price=order.trigger_price,
        trigger_by=order.trigger_by,
        price=order.price,
    )
    return [first] if order.alternative is None else [first, order.alternative]
