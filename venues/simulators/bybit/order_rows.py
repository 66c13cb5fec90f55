"""Orders and executions as REST lists and the private streams show them."""

from decimal import Decimal
from typing import Any

from venues.simulators.bybit.exits import FULL, PARTIAL, TRIGGERS
from venues.simulators.bybit.ids import execution_id, order_id
from venues.simulators.bybit.instruments import FEES, PRODUCTS, Product
from venues.simulators.bybit.order_kinds import SPOT_EXIT, is_spot_exit
from venues.simulators.bybit.order_reading import SELF_MATCHES
from venues.simulators.bybit.position_exits import KIND, PARENT
from venues.simulators.matching import ZERO, Side, TimeInForce
from venues.simulators.orders import EndReason, Fill, Order, OrderType, Status

SIDE_WORDS = {Side.BUY: "Buy", Side.SELL: "Sell"}
_TRIGGER_WORDS = {by: word for word, by in TRIGGERS.items()}
_SMP_WORDS = {rule: word for word, rule in SELF_MATCHES.items()}
_OPEN_WORDS = {
    Status.UNTRIGGERED: "Untriggered",
    Status.NEW: "New",
    Status.PARTIALLY_FILLED: "PartiallyFilled",
    Status.FILLED: "Filled",
}


def order_row(order: Order, fees: dict[str, Decimal], status: str | None = None) -> dict[str, Any]:
    """An order. ``fees`` is what it has paid, by asset; ``status`` overrides for an instant."""
    product = PRODUCTS[order.symbol]
    spot = product.category.is_spot
    over = not order.is_open
    leaves = ZERO if over else order.leaves
    reject, cancel = _ending(order)
    fee = sum(fees.values(), ZERO)
    row = {
        "category": product.category.value,
        "symbol": product.symbol,
        "orderId": order_id(product.category, order.order_id),
        "orderLinkId": link_id(order),
        "blockTradeId": "",
        "side": SIDE_WORDS[order.side],
        "positionIdx": 0,
        "orderStatus": status or status_word(order),
        "cancelType": cancel,
        "rejectReason": reject,
        "timeInForce": _time_in_force(order),
        "isLeverage": "0" if spot else "",
        "price": product.price(order.price) if order.price is not None else "0",
        "qty": product.quantity(order.quantity),
        "avgPrice": plain(order.average_price) if order.executed else "",
        "leavesQty": product.quantity(leaves),
        "leavesValue": plain(_value(product, order.price or ZERO, leaves)),
        "cumExecQty": product.quantity(order.executed),
        "cumExecValue": plain(_value(product, order.average_price, order.executed)),
        "cumExecFee": plain(fee),
        "cumFeeDetail": {asset: plain(amount) for asset, amount in fees.items()},
        "orderType": "Limit" if order.type.has_limit_price else "Market",
        "stopOrderType": stop_order_type(order),
        "orderIv": "",
        "triggerPrice": _price_or(product, _trigger_price(order), "" if spot else "0.00"),
        "takeProfit": order.venue_terms.get("takeProfit", ""),
        "stopLoss": order.venue_terms.get("stopLoss", ""),
        "triggerBy": _TRIGGER_WORDS[order.trigger_by] if order.type.is_conditional else "",
        "tpTriggerBy": order.venue_terms.get("tpTriggerBy", ""),
        "slTriggerBy": order.venue_terms.get("slTriggerBy", ""),
        "tpLimitPrice": order.venue_terms.get("tpLimitPrice", "0.00"),
        "slLimitPrice": order.venue_terms.get("slLimitPrice", "0.00"),
        "triggerDirection": _direction(order, spot=spot),
        "reduceOnly": order.reduce_only,
        "lastPriceOnCreated": "",
        "closeOnTrigger": KIND in order.venue_terms or "closeOnTrigger" in order.venue_terms,
        "smpType": _SMP_WORDS[order.self_trade],
        "smpGroup": 0,
        "smpOrderId": "",
        "placeType": "",
        "slippageToleranceType": "UNKNOWN",
        "slippageTolerance": "",
        "extraFees": "",
        "feeCurrency": next(iter(fees), "") if spot else "",
        "createdTime": str(order.created_ns // 1_000_000),
        "updatedTime": str(order.updated_ns // 1_000_000),
    }
    if spot:
        # Clients tell spot rows by what they lack.
        row["marketUnit"] = "" if order.price is not None else _market_unit(order)
        return row
    return row | {
        "createType": _create_type(order),
        "tpslMode": _tpsl_mode(order),
        "parentOrderLinkId": order.venue_terms.get(PARENT, ""),
    }


def execution_row(order: Order, fill: Fill, mark: Decimal, leaves: Decimal) -> dict[str, Any]:
    """One execution; ``leaves`` is what was left of the order right after it."""
    product = PRODUCTS[fill.symbol]
    value = _value(product, fill.price, fill.quantity)
    spot = product.category.is_spot
    rate = FEES[product.instrument.kind].rate(is_maker=fill.is_maker)
    return {
        "category": product.category.value,
        "symbol": product.symbol,
        "orderId": order_id(product.category, fill.order_id),
        "orderLinkId": link_id(order),
        "side": SIDE_WORDS[fill.side],
        "orderPrice": product.price(order.price) if order.price is not None else "0",
        "orderQty": product.quantity(order.quantity),
        "leavesQty": product.quantity(leaves),
        **({} if spot else {"createType": _create_type(order)}),
        "orderType": "Limit" if order.type.has_limit_price else "Market",
        "stopOrderType": stop_order_type(order),
        "execId": execution_id(product.category, fill.trade_id),
        "execPrice": product.price(fill.price),
        "execQty": product.quantity(fill.quantity),
        "execValue": plain(value),
        "execFee": plain(fill.fee),
        "execFeeV2": "",
        "feeRate": plain(rate),
        "feeCurrency": fill.fee_asset,
        "execType": "Trade",
        "execTime": str(fill.time_ns // 1_000_000),
        "isMaker": fill.is_maker,
        "isLeverage": "0",
        "markPrice": product.price(mark),
        "indexPrice": "",
        "underlyingPrice": "",
        "markIv": "",
        "tradeIv": "",
        "blockTradeId": "",
        "closedSize": "" if spot else plain(fill.closed),
        "execPnl": plain(fill.realized_pnl),
        "extraFees": "",
        "marketUnit": "",
        "seq": fill.trade_id,
    }


def status_word(order: Order) -> str:
    """The venue's word for where an order stands."""
    if order.status in _OPEN_WORDS:
        return _OPEN_WORDS[order.status]
    taken_back = order.end_reason in (EndReason.REQUESTED, EndReason.OVERFILLED)
    cleared = KIND in order.venue_terms and order.end_reason is EndReason.NOTHING_TO_REDUCE
    if order.type.is_conditional and not order.triggered and (taken_back or cleared):
        return "Deactivated"
    if order.executed and PRODUCTS[order.symbol].category.is_spot:
        return "PartiallyFilledCanceled"
    return "Cancelled"


def link_id(order: Order) -> str:
    """The client's id of an order; empty where the exchange had to make one up."""
    made_up = order.client_order_id == f"venue{order.order_id}"
    return "" if made_up else order.client_order_id


def stop_order_type(order: Order) -> str:
    """What kind of conditional order it is."""
    if not order.type.is_conditional:
        return ""
    return SPOT_EXIT if is_spot_exit(order) else order.venue_terms.get(KIND, "Stop")


def _create_type(order: Order) -> str:
    """Who made an order, and for what."""
    if KIND in order.venue_terms:
        return f"CreateBy{order.venue_terms[KIND]}"
    return "CreateByStopOrder" if order.type.is_conditional else "CreateByUser"


def _tpsl_mode(order: Order) -> str:
    """Whether exits, or an order that brings them, are for the whole position."""
    kind = order.venue_terms.get(KIND, "")
    if kind:
        return PARTIAL if kind.startswith(PARTIAL) else FULL
    brings = "takeProfit" in order.venue_terms or "stopLoss" in order.venue_terms
    return order.venue_terms.get("tpslMode", FULL) if brings else ""


def _ending(order: Order) -> tuple[str, str]:
    """Why an order ended, as ``rejectReason`` and ``cancelType``."""
    match order.end_reason:
        case EndReason.REQUESTED | EndReason.OVERFILLED:
            return "EC_PerCancelRequest", "CancelByUser"
        case EndReason.POST_ONLY:
            return "EC_PostOnlyWillTakeLiquidity", "UNKNOWN"
        case EndReason.REMAINDER if order.time_in_force is TimeInForce.FOK:
            return "EC_NoEnoughQtyToFill", "UNKNOWN"
        case EndReason.REMAINDER:
            return "EC_NoImmediateQtyToFill", "UNKNOWN"
        case EndReason.SELF_TRADE:
            return "EC_BySelfMatch", "CancelBySmp"
        case EndReason.DEAD_MAN:
            return "EC_PerCancelRequest", "CancelByDCP"
        case EndReason.NOTHING_TO_REDUCE if KIND in order.venue_terms:
            return "EC_PerCancelRequest", "CancelByTpSlTsClear"
        case EndReason.NOTHING_TO_REDUCE:
            return "EC_PerCancelRequest", "CancelByReduceOnly"
        case EndReason.INSUFFICIENT_FUNDS:
            return "EC_ReachRiskPriceLimit", "UNKNOWN"
        case EndReason():
            return "EC_PerCancelRequest", "CancelByAdmin"
        case _:
            return "EC_NoError", "UNKNOWN"


def _time_in_force(order: Order) -> str:
    if order.post_only:
        return "PostOnly"
    return order.time_in_force.value if order.type.has_limit_price else "IOC"


def _direction(order: Order, *, spot: bool) -> int:
    if spot or not order.type.is_conditional:
        return 0
    rises = (order.side is Side.BUY) is not order.type.is_take_profit
    return 1 if rises else 2


def _market_unit(order: Order) -> str:
    return "baseCoin" if order.quote_quantity is None else "quoteCoin"


def _value(product: Product, price: Decimal, quantity: Decimal) -> Decimal:
    return product.instrument.value(price, quantity) if price else ZERO


def _trigger_price(order: Order) -> Decimal | None:
    """Of a trailing stop it is where it begins to trail."""
    trails = order.type is OrderType.TRAILING_STOP_MARKET
    return order.activation_price if trails else order.trigger_price


def _price_or(product: Product, price: Decimal | None, otherwise: str) -> str:
    return otherwise if price is None else product.price(price)


def plain(value: Decimal) -> str:
    """An amount to eight decimals."""
    return f"{value.quantize(Decimal('1e-8')).normalize():f}" if value else "0"
