"""USDT-M futures payloads: orders, trades, positions and user events."""

from decimal import Decimal
from typing import Any

from venues.simulators.binance.self_trades import EXPIRED_IN_MATCH, is_prevented, mode_of
from venues.simulators.events import Step
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill, Order, OrderType, Status

EXECUTION_TYPES = {
    Step.NEW: "NEW",
    Step.TRIGGERED: "NEW",
    Step.TRADE: "TRADE",
    Step.CANCELED: "CANCELED",
    Step.EXPIRED: "EXPIRED",
    Step.AMENDED: "AMENDMENT",
}


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def d8(value: Decimal) -> str:
    """An amount of the margin asset."""
    return f"{value:.8f}"


def engine_type(order: Order) -> str:
    """The type of an order in the matching engine: what a conditional one became."""
    return OrderType.MARKET if order.price is None else OrderType.LIMIT


def good_till_ms(order: Order) -> int:
    """When a GTD order ends, zero for the others."""
    return (order.expire_ns or 0) // 1_000_000


def time_in_force(order: Order) -> str:
    """Futures' name for it: post-only is a time in force."""
    return "GTX" if order.post_only else order.time_in_force


def order_status(order: Order) -> str:
    """The state of an order."""
    return EXPIRED_IN_MATCH if is_prevented(order) else order.status


def order_row(order: Order, instrument: Instrument) -> dict[str, Any]:
    """An order as GET /fapi/v1/order tells it."""
    price = f"{order.price or ZERO:.{instrument.price_decimals}f}"
    places = instrument.quantity_decimals
    return {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order_status(order),
        "clientOrderId": order.client_order_id,
        "price": price,
        "avgPrice": f"{order.average_price:.5f}",
        "origQty": f"{order.quantity:.{places}f}",
        "executedQty": f"{order.executed:.{places}f}",
        "cumQuote": d8(order.cumulative_quote),
        "timeInForce": time_in_force(order),
        "type": engine_type(order),
        "reduceOnly": order.reduce_only,
        "closePosition": False,
        "side": order.side,
        "positionSide": "BOTH",
        "stopPrice": "0",
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "origType": engine_type(order),
        "priceMatch": "NONE",
        "selfTradePreventionMode": mode_of(order),
        "goodTillDate": good_till_ms(order),
        "time": order.created_ns // 1_000_000,
        "updateTime": order.updated_ns // 1_000_000,
    }


def placed(order: Order, instrument: Instrument, response_type: str) -> dict[str, Any]:
    """The answer to a new order. ACK, the default, tells it as it was before it traded."""
    row = order_row(order, instrument)
    del row["time"]
    row["cumQty"] = row["executedQty"]
    if response_type == "ACK":
        nothing = f"{ZERO:.{instrument.quantity_decimals}f}"
        row |= {"status": Status.NEW, "avgPrice": "0.00", "cumQuote": d8(ZERO)}
        row |= {"executedQty": nothing, "cumQty": nothing}
    return row


def trade_row(fill: Fill, instrument: Instrument) -> dict[str, Any]:
    """A fill as GET /fapi/v1/userTrades tells it."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "side": fill.side,
        "price": f"{fill.price:.{instrument.price_decimals}f}",
        "qty": f"{fill.quantity:.{instrument.quantity_decimals}f}",
        "realizedPnl": d8(fill.realized_pnl),
        "quoteQty": d8(fill.price * fill.quantity),
        "commission": d8(fill.fee),
        "commissionAsset": fill.fee_asset,
        "time": fill.time_ns // 1_000_000,
        "positionSide": "BOTH",
        "buyer": fill.side is Side.BUY,
        "maker": fill.is_maker,
    }


def order_trade_update(
    step: Step, order: Order, fill: Fill | None, instrument: Instrument, now_ms: int
) -> dict[str, Any]:
    """The user event of one step."""
    row = order_row(order, instrument)
    places = instrument.quantity_decimals
    details = {
        "s": order.symbol,
        "c": order.client_order_id,
        "S": order.side,
        "o": engine_type(order),
        "f": row["timeInForce"],
        "q": row["origQty"],
        "p": row["price"],
        "ap": row["avgPrice"],
        "sp": "0",
        "x": Step.EXPIRED if is_prevented(order) else EXECUTION_TYPES[step],
        "X": order_status(order),
        "i": order.order_id,
        "l": f"{fill.quantity if fill else ZERO:.{places}f}",
        "z": row["executedQty"],
        "L": f"{fill.price if fill else ZERO:.{instrument.price_decimals}f}",
        "T": order.updated_ns // 1_000_000,
        "t": fill.trade_id if fill else 0,
        "b": "0",
        "a": "0",
        "m": fill.is_maker if fill else False,
        "R": order.reduce_only,
        "wt": "CONTRACT_PRICE",
        "ot": engine_type(order),
        "ps": "BOTH",
        "cp": False,
        "rp": d8(fill.realized_pnl) if fill else "0",
        "pP": False,
        "si": 0,
        "ss": 0,
        "V": mode_of(order),
        "pm": "NONE",
        "gtd": good_till_ms(order),
    }
    if fill is not None:
        details |= {"n": d8(fill.fee), "N": fill.fee_asset}
    return {"e": "ORDER_TRADE_UPDATE", "E": now_ms, "T": details["T"], "o": details}


def symbol_info(instrument: Instrument, filters: list[dict[str, Any]]) -> dict[str, Any]:
    """A symbol of exchangeInfo."""
    return {
        "symbol": instrument.symbol,
        "pair": instrument.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": "TRADING",
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": instrument.base,
        "quoteAsset": instrument.quote,
        "marginAsset": instrument.quote,
        "pricePrecision": instrument.price_decimals,
        "quantityPrecision": instrument.quantity_decimals,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": ["PoW"],
        "settlePlan": 0,
        "triggerProtect": "0.0500",
        "liquidationFee": "0.012500",
        "marketTakeBound": "0.05",
        "maxMoveOrderLimit": 10000,
        "filters": filters,
        "orderTypes": [
            "LIMIT",
            "MARKET",
            "STOP",
            "STOP_MARKET",
            "TAKE_PROFIT",
            "TAKE_PROFIT_MARKET",
            "TRAILING_STOP_MARKET",
        ],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
    }
