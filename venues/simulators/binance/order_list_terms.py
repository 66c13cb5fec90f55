"""Requests for order lists to orders. Of the lists that the venue has, only OCO is simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from venues.simulators.binance.calls import Call
from venues.simulators.binance.errors import INVALID_SIDE, ApiError
from venues.simulators.binance.params import Params
from venues.simulators.binance.spot_terms import SpotOrderType, new_order
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.orders import NewOrder, TriggerBy

BAD_PRICES = (-2010, "The relationship of the prices for the orders is not correct.")
NOT_IN_OCO = (-1158, "Order type not supported in OCO.")
BOTH_LIMIT = (-1168, "At least one OCO order must be contingent.")

_STOPS = (SpotOrderType.STOP_LOSS, SpotOrderType.STOP_LOSS_LIMIT)
_PROFITS = (SpotOrderType.TAKE_PROFIT, SpotOrderType.TAKE_PROFIT_LIMIT)
_ALLOWED = (*_STOPS, *_PROFITS, SpotOrderType.LIMIT_MAKER)

_LEG = {
    "type": "Type",
    "newClientOrderId": "ClientOrderId",
    "price": "Price",
    "stopPrice": "StopPrice",
    "trailingDelta": "TrailingDelta",
    "timeInForce": "TimeInForce",
    "icebergQty": "IcebergQty",
}
_OLD_LIMIT_LEG = {"newClientOrderId": "limitClientOrderId", "icebergQty": "limitIcebergQty"}
_OLD_STOP_LEG = {
    "newClientOrderId": "stopClientOrderId",
    "price": "stopLimitPrice",
    "timeInForce": "stopLimitTimeInForce",
    "icebergQty": "stopIcebergQty",
}


def new_oco(exchange: Exchange, call: Call) -> list[NewOrder]:
    """A request for ``/api/v3/orderList/oco``: the order above, then the one below."""
    legs = [
        _leg(call, {name: f"{place}{spelling}" for name, spelling in _LEG.items()})
        for place in ("above", "below")
    ]
    kinds = [leg.params.choice("type", SpotOrderType, NOT_IN_OCO) for leg in legs]
    _check_places(call.params.choice("side", Side, INVALID_SIDE), *kinds)
    return _priced(exchange, [new_order(exchange, leg) for leg in legs])


def new_old_oco(exchange: Exchange, call: Call) -> list[NewOrder]:
    """A request for ``/api/v3/order/oco``, which came before: the stop order, then the limit."""
    has_limit = "stopLimitPrice" in call.params
    stop = _STOPS[1] if has_limit else _STOPS[0]
    limit = SpotOrderType.LIMIT_MAKER
    legs = [
        _leg(call, _OLD_STOP_LEG, {"type": stop}),
        _leg(call, {"stopPrice": "", "timeInForce": "", **_OLD_LIMIT_LEG}, {"type": limit}),
    ]
    return _priced(exchange, [new_order(exchange, leg) for leg in legs])


def _leg(call: Call, names: Mapping[str, str], added: Mapping[str, str] | None = None) -> Call:
    """The request for one order, which spells parameters in its own way."""
    return replace(call, params=Params({**call.params.values, **(added or {})}, names))


def _check_places(side: Side, above: SpotOrderType, below: SpotOrderType) -> None:
    """A limit or take-profit order on one side of the market, a stop on the other."""
    if not {above, below} <= set(_ALLOWED):
        raise ApiError(*NOT_IN_OCO)
    if above is below is SpotOrderType.LIMIT_MAKER:
        raise ApiError(*BOTH_LIMIT)
    for kind, is_above in ((above, True), (below, False)):
        must_be_above = (side is Side.BUY) is (kind in _STOPS)
        if is_above is not must_be_above:
            raise ApiError(*_misplaced(kind, side))


def _misplaced(kind: SpotOrderType, side: Side) -> tuple[int, str]:
    """What the venue says of an order on the wrong side of the market."""
    number = side is Side.SELL
    if kind in _STOPS:
        place = ("above", "below")[number]
        return (-1196, -1197)[number], f"A stop loss order in a {side.lower()} OCO must be {place}."
    place = ("below", "above")[number]
    if kind in _PROFITS:
        return (-1198, -1199)[
            number
        ], f"A take profit order in a {side.lower()} OCO must be {place}."
    return (-1165, -1166)[number], f"A limit order in a {side.lower()} OCO must be {place}."


def _priced(exchange: Exchange, legs: Sequence[NewOrder]) -> list[NewOrder]:
    """The orders, if the last price lies between theirs; raises ApiError."""
    last = exchange.watched_price(legs[0].symbol, TriggerBy.LAST)
    if last is not None:
        for leg in legs:
            level = _level(leg)
            rises = (leg.side is Side.BUY) == leg.type.is_stop
            if level is not None and (level <= last if rises else level >= last):
                raise ApiError(*BAD_PRICES)
    return list(legs)


def _level(leg: NewOrder) -> Decimal | None:
    """The price at which an order begins to work, None where it follows the market."""
    if leg.type.is_conditional:
        return leg.trigger_price or leg.activation_price
    return leg.price
