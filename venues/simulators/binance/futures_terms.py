"""Futures order requests to orders, and the venue's words for what is refused."""

from decimal import Decimal
from enum import StrEnum

from venues.simulators.binance.calls import Call, instrument_of
from venues.simulators.binance.errors import (
    INVALID_ORDER_TYPE,
    INVALID_SIDE,
    INVALID_TIME_IN_FORCE,
    USE_ALGO_ORDERS,
    ApiError,
    invalid,
    missing,
    not_required,
)
from venues.simulators.binance.filters import check_futures, check_trigger_price
from venues.simulators.binance.params import Params
from venues.simulators.binance.self_trades import self_trade_of
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, Order, OrderType, Refusal, TriggerBy

INVALID_SELF_TRADE = (-1130, "Data sent for parameter 'selfTradePreventionMode' is not valid.")
LEAST_LIFE_MS = 600_000
FURTHEST_DATE_MS = 253_402_300_799_000
LEAST_CALLBACK, MOST_CALLBACK = Decimal("0.1"), Decimal(10)


class FuturesTimeInForce(StrEnum):
    """Futures has post-only as a time in force."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTX = "GTX"
    GTD = "GTD"


class FuturesOrderType(StrEnum):
    """All types; those after MARKET are for the algo endpoints."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    STOP = "STOP"
    STOP_MARKET = "STOP_MARKET"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TRAILING_STOP_MARKET = "TRAILING_STOP_MARKET"


class WorkingType(StrEnum):
    """Which price triggers a conditional order."""

    CONTRACT_PRICE = "CONTRACT_PRICE"
    MARK_PRICE = "MARK_PRICE"


CORE_TYPES = {
    FuturesOrderType.STOP: OrderType.STOP_LIMIT,
    FuturesOrderType.STOP_MARKET: OrderType.STOP_MARKET,
    FuturesOrderType.TAKE_PROFIT: OrderType.TAKE_PROFIT_LIMIT,
    FuturesOrderType.TAKE_PROFIT_MARKET: OrderType.TAKE_PROFIT_MARKET,
    FuturesOrderType.TRAILING_STOP_MARKET: OrderType.TRAILING_STOP_MARKET,
}


def is_regular(order: Order) -> bool:
    """Whether an order is, or ever was, in the matching engine; the others are algo orders only."""
    return order.triggered or not order.type.is_conditional


def new_order(exchange: Exchange, call: Call) -> NewOrder:
    """A request for ``/fapi/v1/order``; raises ApiError."""
    params = call.params
    instrument = instrument_of(exchange, params)
    side = params.choice("side", Side, INVALID_SIDE)
    kind = params.choice("type", FuturesOrderType, INVALID_ORDER_TYPE)
    if kind in CORE_TYPES:
        raise ApiError(*USE_ALGO_ORDERS)
    _check_simulated(params)
    price, tif = None, FuturesTimeInForce.GTC
    if kind is FuturesOrderType.LIMIT:
        tif = params.choice("timeInForce", FuturesTimeInForce, INVALID_TIME_IN_FORCE)
        price = params.decimal("price")
    elif "price" in params:
        raise not_required("price")
    quantity, reduce_only = params.decimal("quantity"), params.boolean("reduceOnly")
    client_id = params.client_id("newClientOrderId")
    mark = exchange.marks[instrument.symbol]
    check_futures(instrument, side, price, quantity, mark, reduce_only=reduce_only)
    return NewOrder(
        account=call.account,
        client_order_id=client_id or exchange.generated_client_id(),
        symbol=instrument.symbol,
        side=side,
        type=OrderType(kind),
        price=price,
        quantity=quantity,
        time_in_force=_core_time_in_force(tif),
        post_only=tif is FuturesTimeInForce.GTX,
        reduce_only=reduce_only,
        expire_ns=_good_till_ns(call, tif),
        refuse_unless_filled=tif is FuturesTimeInForce.FOK,
        self_trade=self_trade_of(params, INVALID_SELF_TRADE),
    )


def new_algo_order(exchange: Exchange, call: Call) -> NewOrder:
    """A request for ``/fapi/v1/algoOrder``; raises ApiError."""
    params = call.params
    instrument = instrument_of(exchange, params)
    side = params.choice("side", Side, INVALID_SIDE)
    kind = CORE_TYPES.get(params.choice("type", FuturesOrderType, INVALID_ORDER_TYPE))
    if kind is None:
        raise ApiError(*INVALID_ORDER_TYPE)
    if params.text("algoType") != "CONDITIONAL":
        raise invalid("algoType")
    _check_simulated(params)
    tif = FuturesTimeInForce.GTC
    if "timeInForce" in params:
        tif = params.choice("timeInForce", FuturesTimeInForce, INVALID_TIME_IN_FORCE)
    working = WorkingType.CONTRACT_PRICE
    if "workingType" in params:
        working = params.choice("workingType", WorkingType, (-1130, "Invalid workingType."))
    price = params.decimal("price") if kind.has_limit_price else None
    if price is None and "price" in params:
        raise not_required("price")
    quantity, reduce_only = params.decimal("quantity"), params.boolean("reduceOnly")
    trailing = kind is OrderType.TRAILING_STOP_MARKET
    trigger = None if trailing else params.decimal("triggerPrice")
    activation = params.optional_decimal("activatePrice") if trailing else None
    for level in (trigger, activation):
        if level is not None:
            check_trigger_price(instrument, level)
    mark = exchange.marks[instrument.symbol]
    check_futures(instrument, side, price, quantity, mark, reduce_only=reduce_only)
    by = TriggerBy.MARK if working is WorkingType.MARK_PRICE else TriggerBy.LAST
    if activation is not None:
        _check_activation(side, activation, exchange.watched_price(instrument.symbol, by))
    client_id = params.client_id("clientAlgoId")
    return NewOrder(
        account=call.account,
        client_order_id=client_id or exchange.generated_client_id(),
        symbol=instrument.symbol,
        side=side,
        type=kind,
        price=price,
        quantity=quantity,
        time_in_force=_core_time_in_force(tif),
        post_only=tif is FuturesTimeInForce.GTX and price is not None,
        reduce_only=reduce_only,
        trigger_price=trigger,
        trigger_by=by,
        trailing_bps=_callback_bps(params) if trailing else None,
        activation_price=activation,
        expire_ns=_good_till_ns(call, tif),
        self_trade=self_trade_of(params, INVALID_SELF_TRADE),
    )


def refused(refusal: Refusal) -> ApiError:
    """The venue's answer to an order that the exchange refuses."""
    match refusal:
        case Refusal.WOULD_TAKE:
            text = (
                "Due to the order could not be executed as maker, the Post Only order will be "
                "rejected. The order will not be recorded in the order history"
            )
            return ApiError(-5022, text)
        case Refusal.WOULD_NOT_FILL:
            text = (
                "Due to the order could not be filled immediately, the FOK order has been "
                "rejected. The order will not be recorded in the order history"
            )
            return ApiError(-5021, text)
        case Refusal.WOULD_TRIGGER:
            return ApiError(-2021, "Order would immediately trigger.")
        case Refusal.NOTHING_TO_REDUCE:
            return ApiError(-2022, "ReduceOnly Order is rejected.")
        case Refusal.DUPLICATE_CLIENT_ORDER_ID:
            return ApiError(-4116, "ClientOrderId is duplicated.")
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return ApiError(-2025, "Reach max open order limit.")
        case _:
            return ApiError(-2019, "Margin is insufficient.")


def _check_simulated(params: Params) -> None:
    """What would change what an order does, and is not simulated, is refused."""
    if (params.optional("positionSide") or "BOTH") != "BOTH":
        raise ApiError(-4061, "Order's position side does not match user's setting.")
    if (params.optional("priceMatch") or "NONE") != "NONE":
        raise invalid("priceMatch")
    for name in ("closePosition", "priceProtect"):
        if params.boolean(name):
            raise invalid(name)


def _core_time_in_force(tif: FuturesTimeInForce) -> TimeInForce:
    return TimeInForce.GTC if tif is FuturesTimeInForce.GTX else TimeInForce(tif)


def _good_till_ns(call: Call, tif: FuturesTimeInForce) -> int | None:
    """When a GTD order ends: the venue keeps whole seconds, and wants at least ten minutes."""
    date_ms = call.params.integer("goodTillDate")
    if tif is not FuturesTimeInForce.GTD:
        return None
    if date_ms is None:
        raise missing("goodTillDate")
    if not call.now_ms + LEAST_LIFE_MS < date_ms < FURTHEST_DATE_MS:
        raise ApiError(-5040, "The GTD order's goodTillDate is not valid.")
    return date_ms // 1000 * 1_000_000_000


def _callback_bps(params: Params) -> Decimal:
    """The callback rate, a percentage in steps of a tenth."""
    rate = params.decimal("callbackRate")
    if not LEAST_CALLBACK <= rate <= MOST_CALLBACK or rate % LEAST_CALLBACK:
        raise ApiError(-2007, "Invalid callBack rate.")
    return rate * 100


def _check_activation(side: Side, activation: Decimal, price: Decimal | None) -> None:
    """A buy begins to trail below the market, a sell above it."""
    if price is None:
        return
    if activation >= price if side is Side.BUY else activation <= price:
        raise refused(Refusal.WOULD_TRIGGER)
