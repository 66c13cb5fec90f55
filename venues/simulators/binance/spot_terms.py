"""Spot order requests to orders, and the venue's words for what is refused."""

from decimal import Decimal
from enum import StrEnum

from venues.simulators.binance.calls import Call, instrument_of
from venues.simulators.binance.errors import (
    INVALID_ORDER_TYPE,
    INVALID_SIDE,
    INVALID_TIME_IN_FORCE,
    ApiError,
    filter_failure,
    missing,
    not_required,
)
from venues.simulators.binance.filters import check_spot, check_stop_price, check_trailing_delta
from venues.simulators.binance.params import Params
from venues.simulators.binance.self_trades import self_trade_of
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType, Refusal, TriggerBy

MOST_ICEBERG_PARTS = 10


class SpotOrderType(StrEnum):
    """Spot's types. Post-only is a type of its own; a trailing stop is any with a trailingDelta."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"

    @property
    def is_conditional(self) -> bool:
        """Whether it waits for a price."""
        return self in CORE_TYPES

    @property
    def has_price(self) -> bool:
        """Whether it trades at its price or better only."""
        return self in (
            SpotOrderType.LIMIT,
            SpotOrderType.LIMIT_MAKER,
            SpotOrderType.STOP_LOSS_LIMIT,
            SpotOrderType.TAKE_PROFIT_LIMIT,
        )

    @property
    def has_time_in_force(self) -> bool:
        """Whether it must say what happens to a remainder."""
        return self.has_price and self is not SpotOrderType.LIMIT_MAKER


class CancelRestriction(StrEnum):
    """Which state an order must be in to be canceled."""

    ONLY_NEW = "ONLY_NEW"
    ONLY_PARTIALLY_FILLED = "ONLY_PARTIALLY_FILLED"

    @property
    def status(self) -> str:
        """The state."""
        return self.removeprefix("ONLY_")


CORE_TYPES = {
    SpotOrderType.STOP_LOSS: OrderType.STOP_MARKET,
    SpotOrderType.STOP_LOSS_LIMIT: OrderType.STOP_LIMIT,
    SpotOrderType.TAKE_PROFIT: OrderType.TAKE_PROFIT_MARKET,
    SpotOrderType.TAKE_PROFIT_LIMIT: OrderType.TAKE_PROFIT_LIMIT,
}


class SpotTimeInForce(StrEnum):
    """Spot has no good-till date."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


def new_order(exchange: Exchange, call: Call) -> NewOrder:
    """A request for a new spot order; raises ApiError."""
    params = call.params
    instrument = instrument_of(exchange, params)
    side = params.choice("side", Side, INVALID_SIDE)
    _check_simulated(params)
    kind = params.choice("type", SpotOrderType, INVALID_ORDER_TYPE)
    client_id = params.client_id("newClientOrderId")
    tif = SpotTimeInForce.GTC
    if kind.has_time_in_force:
        tif = params.choice("timeInForce", SpotTimeInForce, INVALID_TIME_IN_FORCE)
    elif "timeInForce" in params:
        raise not_required("timeInForce")
    price = params.decimal("price") if kind.has_price else None
    if price is None and "price" in params:
        raise not_required("price")
    quote_quantity = None
    if kind is SpotOrderType.MARKET:
        quote_quantity = params.optional_decimal("quoteOrderQty")
    if quote_quantity is None:
        quantity = params.decimal("quantity")
    else:
        quantity = exchange.affordable(instrument.symbol, side, quote_quantity)
    reference = exchange.marks[instrument.symbol]
    check_spot(instrument, side, price, quantity, reference)
    stop, delta = _condition(params, kind)
    if stop is not None:
        check_stop_price(instrument, stop)
    trailing = delta is not None
    core_type = CORE_TYPES.get(kind, OrderType.MARKET if price is None else OrderType.LIMIT)
    return NewOrder(
        account=call.account,
        client_order_id=client_id or exchange.generated_client_id(),
        symbol=instrument.symbol,
        side=side,
        type=OrderType.TRAILING_STOP_MARKET if trailing else core_type,
        price=price,
        quantity=quantity,
        time_in_force=TimeInForce(tif),
        post_only=kind is SpotOrderType.LIMIT_MAKER,
        quote_quantity=quote_quantity,
        trigger_price=None if trailing else stop,
        trigger_by=TriggerBy.LAST,
        trailing_bps=delta,
        activation_price=stop if trailing else None,
        display_quantity=_iceberg(params, kind, tif, quantity),
        self_trade=self_trade_of(params),
    )


def response_type(params: Params, default: str) -> str:
    """How much is told of a new order: ACK, RESULT or FULL; raises ApiError."""
    wanted = params.optional("newOrderRespType") or default
    if wanted not in ("ACK", "RESULT", "FULL"):
        raise ApiError(-1136, "Invalid newOrderRespType.")
    return wanted


def refused(refusal: Refusal) -> ApiError:
    """The venue's answer to an order that the exchange refuses."""
    match refusal:
        case Refusal.WOULD_TAKE:
            return ApiError(-2010, "Order would immediately match and take.")
        case Refusal.WOULD_TRIGGER:
            return ApiError(-2010, "Order would trigger immediately.")
        case Refusal.DUPLICATE_CLIENT_ORDER_ID:
            return ApiError(-2010, "Duplicate order sent.")
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return filter_failure("MAX_NUM_ORDERS")
        case _:
            return ApiError(-2010, "Account has insufficient balance for requested action.")


def _check_simulated(params: Params) -> None:
    """What would change what an order does, and is not simulated, is refused."""
    if "pegPriceType" in params:
        raise ApiError(-2010, "Pegged orders are not supported for this symbol.")


def _condition(params: Params, kind: SpotOrderType) -> tuple[Decimal | None, Decimal | None]:
    """Stop price and trailing delta in basis points; raises ApiError.

    Simulated are a trailing stop loss that trails at once, and a trailing take profit, whose stop
    price is where it begins to trail. The venue also knows the other two combinations.
    """
    stop, delta = params.optional_decimal("stopPrice"), params.optional_decimal("trailingDelta")
    if not kind.is_conditional:
        for name in ("stopPrice", "trailingDelta"):
            if name in params:
                raise not_required(name)
        return None, None
    if delta is None:
        return params.decimal("stopPrice"), None
    check_trailing_delta(delta)
    takes_profit = kind in (SpotOrderType.TAKE_PROFIT, SpotOrderType.TAKE_PROFIT_LIMIT)
    if takes_profit and stop is None:
        raise missing("stopPrice")
    if not takes_profit and stop is not None:
        raise ApiError(-1128, "Combination of optional parameters invalid.")
    return stop, delta


def _iceberg(
    params: Params, kind: SpotOrderType, tif: SpotTimeInForce, quantity: Decimal
) -> Decimal | None:
    """What an iceberg shows; raises ApiError."""
    shown = params.optional_decimal("icebergQty")
    if not shown:
        return None
    if not kind.has_price:
        raise not_required("icebergQty")
    if tif is not SpotTimeInForce.GTC:
        raise ApiError(*INVALID_TIME_IN_FORCE)
    if shown > quantity:
        raise ApiError(-2010, "IcebergQty exceeds QTY.")
    if -(-quantity // shown) > MOST_ICEBERG_PARTS:
        raise filter_failure("ICEBERG_PARTS")
    return shown
