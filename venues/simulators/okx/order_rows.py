"""Orders and fills as the venue tells them, on REST and on the ``orders`` channel alike."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from venues.simulators.matching import ZERO, TimeInForce
from venues.simulators.okx.ids import algo_client_id, algo_id, bill_id, client_id
from venues.simulators.okx.instruments import INSTRUMENTS, SPOT, plain, type_of
from venues.simulators.okx.order_reading import SELF_TRADES
from venues.simulators.orders import EndReason, Fill, Order, OrderType, Status

STATES = {
    Status.UNTRIGGERED: "live",
    Status.NEW: "live",
    Status.PARTIALLY_FILLED: "partially_filled",
    Status.FILLED: "filled",
    Status.CANCELED: "canceled",
    Status.EXPIRED: "canceled",
}

STP_MODES = {rule: word for word, rule in SELF_TRADES.items()}
_CANCEL_SOURCES = {
    EndReason.REQUESTED: ("1", "Order canceled by user"),
    EndReason.POST_ONLY: ("31", "Post-only order will take liquidity in taker orders"),
    EndReason.NOTHING_TO_REDUCE: (
        "22",
        "Reduce-only orders only allow reducing your current position",
    ),
    EndReason.INSUFFICIENT_FUNDS: ("2", "Order canceled due to insufficient assets"),
    EndReason.DEAD_MAN: ("20", "Cancel all after triggered"),
    EndReason.SELF_TRADE: ("32", "Self trade prevention"),
}


def cancel_source(order: Order) -> tuple[str, str]:
    """Why an order was canceled: code and text, both empty while it was not."""
    if order.end_reason is None:
        return "", ""
    if order.end_reason is EndReason.REMAINDER:
        if order.time_in_force is TimeInForce.FOK:
            return "13", "FOK order was canceled because it could not be filled entirely"
        return "14", "IOC order was partially canceled because it could not be filled entirely"
    return _CANCEL_SOURCES.get(order.end_reason, ("0", "Order canceled by system"))


def order_type(order: Order) -> str:
    """The venue's name for what an order is in the book."""
    if order.post_only:
        return "post_only"
    if order.price is None:
        return "market"
    if order.type is OrderType.LIMIT and order.time_in_force is TimeInForce.IOC:
        return "ioc"
    return "fok" if order.time_in_force is TimeInForce.FOK else "limit"


def order_row(order: Order, fills: Sequence[Fill], leverage: int) -> dict[str, Any]:
    """An order as GET /trade/order tells it; ``fills`` are all of it so far."""
    instrument = INSTRUMENTS[order.symbol]
    inst_type = type_of(instrument)
    spot, conditional = inst_type == SPOT, order.type.is_conditional
    source, reason = cancel_source(order)
    last = fills[-1] if fills else None
    in_quote = order.quote_quantity is not None
    return {
        "accFillSz": plain(order.executed),
        "algoClOrdId": algo_client_id(order),
        "algoId": algo_id(order) if conditional else "",
        "attachAlgoClOrdId": "",
        "attachAlgoOrds": [],
        "avgPx": _price(order.average_price) if order.executed else "",
        "cTime": _ms(order.triggered_ns or order.created_ns),
        "cancelSource": source,
        "cancelSourceReason": reason,
        "category": "normal",
        "ccy": "",
        "clOrdId": client_id(order),
        "fee": plain(-sum((fill.fee for fill in fills), ZERO)),
        "feeCcy": last.fee_asset if last else "",
        "fillPx": plain(last.price) if last else "",
        "fillSz": plain(last.quantity) if last else "0",
        "fillTime": _ms(last.time_ns) if last else "",
        "instId": order.symbol,
        "instType": inst_type,
        "isTpLimit": "false",
        "lever": "" if spot else str(leverage),
        "linkedAlgoOrd": {"algoId": algo_id(order) if conditional else ""},
        "ordId": str(order.order_id),
        "ordType": order_type(order),
        "pnl": plain(sum((fill.realized_pnl for fill in fills), ZERO)),
        "posSide": "" if spot else "net",
        "px": "" if order.price is None else plain(order.price),
        "pxType": "",
        "pxUsd": "",
        "pxVol": "",
        "quickMgnType": "",
        "rebate": "0",
        "rebateCcy": instrument.settle,
        "reduceOnly": str(order.reduce_only).lower(),
        "side": order.side.lower(),
        "slOrdPx": "",
        "slTriggerPx": "",
        "slTriggerPxType": "",
        "source": "7" if conditional else "",
        "state": STATES[order.status],
        "stpId": "",
        "stpMode": STP_MODES.get(order.self_trade, ""),
        "sz": plain(order.quote_quantity or order.quantity),
        "tag": order.venue_terms.get("tag", ""),
        "tdMode": "cash" if spot else "cross",
        "tgtCcy": ("quote_ccy" if in_quote else "base_ccy") if spot and not order.price else "",
        "tpOrdPx": "",
        "tpTriggerPx": "",
        "tpTriggerPxType": "",
        "tradeId": str(last.trade_id) if last else "",
        "tradeQuoteCcy": instrument.quote if spot else "",
        "uTime": _ms(order.updated_ns),
    }


def order_event(
    order: Order, fills: Sequence[Fill], fill: Fill | None, leverage: int, amend: dict[str, str]
) -> dict[str, Any]:
    """An order as the ``orders`` channel tells it: the fill parts are those of this very fill."""
    row = order_row(order, fills, leverage)
    instrument = INSTRUMENTS[order.symbol]
    notional = order.quantity * (order.price or order.average_price) * instrument.multiplier
    row |= {
        "amendResult": "",
        "amendSource": "",
        "code": "0",
        "execType": "",
        "fillFee": "0",
        "fillFeeCcy": "",
        "fillFwdPx": "",
        "fillMarkPx": "",
        "fillMarkVol": "",
        "fillNotionalUsd": "",
        "fillPnl": "0",
        "fillPx": "",
        "fillPxUsd": "",
        "fillPxVol": "",
        "fillSz": "0",
        "fillTime": "",
        "lastPx": plain(fill.price) if fill else "",
        "msg": "",
        "notionalUsd": plain(notional),
        "reqId": "",
        "tradeId": "",
        **amend,
    }
    if fill is not None:
        row |= {
            "execType": "M" if fill.is_maker else "T",
            "fillFee": plain(-fill.fee),
            "fillFeeCcy": fill.fee_asset,
            "fillNotionalUsd": plain(fill.quantity * fill.price * instrument.multiplier),
            "fillPnl": plain(fill.realized_pnl),
            "fillPx": plain(fill.price),
            "fillSz": plain(fill.quantity),
            "fillTime": _ms(fill.time_ns),
            "tradeId": str(fill.trade_id),
        }
    return row


def fill_row(order: Order, fill: Fill) -> dict[str, Any]:
    """A fill as GET /trade/fills and /trade/fills-history tell it. A negative fee is a cost."""
    instrument = INSTRUMENTS[fill.symbol]
    spot = type_of(instrument) == SPOT
    return {
        "billId": str(bill_id(fill)),
        "clOrdId": client_id(order),
        "execType": "M" if fill.is_maker else "T",
        "fee": plain(-fill.fee),
        "feeCcy": fill.fee_asset,
        "feeRate": "",
        "fillFwdPx": "",
        "fillIdxPx": plain(fill.price),
        "fillMarkPx": "" if spot else plain(fill.price),
        "fillMarkVol": "",
        "fillPnl": plain(fill.realized_pnl),
        "fillPx": plain(fill.price),
        "fillPxUsd": "",
        "fillPxVol": "",
        "fillSz": plain(fill.quantity),
        "fillTime": _ms(fill.time_ns),
        "instId": fill.symbol,
        "instType": type_of(instrument),
        "ordId": str(fill.order_id),
        "posSide": "net",
        "side": fill.side.lower(),
        "subType": "1" if fill.side == "BUY" else "2",
        "tag": order.venue_terms.get("tag", ""),
        "tradeId": str(fill.trade_id),
        "tradeQuoteCcy": instrument.quote if spot else "",
        "ts": _ms(fill.time_ns),
    }


def _ms(time_ns: int) -> str:
    return str(time_ns // 1_000_000)


def _price(value: Decimal) -> str:
    """An average price, which need not be on the tick."""
    return plain(Decimal(f"{value:.12f}"))
