"""What requests cost where that depends on what they ask for. As documented per endpoint."""

import json
from collections.abc import Callable, Mapping

type Weight = int | Callable[[Mapping[str, str]], int]
"""A fixed request weight, or one by the parameters of a request."""

SYMBOLS_THAT_COST = 50


def weight_of(weight: Weight, params: Mapping[str, str]) -> int:
    """What a request with these parameters costs."""
    return weight if isinstance(weight, int) else weight(params)


def by_limit(default: int, steps: Mapping[int, int]) -> Weight:
    """By the page size: ``steps`` names the largest page of each weight."""

    def weight(params: Mapping[str, str]) -> int:
        text = params.get("limit", "")
        limit = int(text) if text.isascii() and text.isdigit() else default
        return next((cost for most, cost in steps.items() if limit <= most), max(steps.values()))

    return weight


def one_or_all(one: int, every: int, name: str = "symbol") -> Weight:
    """Cheap for one symbol, dear without."""
    return lambda params: one if params.get(name) else every


def by_symbols(one: int, many: Mapping[int, int], every: int) -> Weight:
    """Of ``symbol``, of up to so many ``symbols``, or of all."""

    def weight(params: Mapping[str, str]) -> int:
        if params.get("symbol"):
            return one
        if not params.get("symbols"):
            return every
        count = _count(params["symbols"])
        return next((cost for most, cost in many.items() if count <= most), every)

    return weight


def each_symbol(cost: int) -> Weight:
    """So much for each symbol named, up to fifty."""
    return lambda params: cost * min(_count(params.get("symbols", "")), SYMBOLS_THAT_COST)


def _count(symbols: str) -> int:
    """How many symbols a JSON list names, one without a list."""
    try:
        named = json.loads(symbols or "[]")
    except ValueError:
        return 1
    return max(len(named), 1) if isinstance(named, list) else 1


SPOT_OPEN_ORDERS = one_or_all(6, 80)
SPOT_MY_TRADES = one_or_all(5, 20, "orderId")
FUTURES_OPEN_ORDERS = one_or_all(1, 40)

_ANY = 1 << 30
_FUTURES_BARS = by_limit(500, {99: 1, 499: 2, 1000: 5, _ANY: 10})

SPOT_MARKET: Mapping[str, Weight] = {
    "ping": 1,
    "time": 1,
    "depth": by_limit(100, {100: 5, 500: 25, 1000: 50, _ANY: 250}),
    "trades": 25,
    "historicalTrades": 25,
    "aggTrades": 4,
    "klines": 2,
    "uiKlines": 2,
    "avgPrice": 2,
    "ticker/24hr": by_symbols(2, {20: 2, 100: 40}, 80),
    "ticker/tradingDay": each_symbol(4),
    "ticker/price": by_symbols(2, {}, 4),
    "ticker/bookTicker": by_symbols(2, {}, 4),
    "ticker": each_symbol(4),
}
FUTURES_MARKET: Mapping[str, Weight] = {
    "ping": 1,
    "time": 1,
    "depth": by_limit(500, {50: 2, 100: 5, 500: 10, _ANY: 20}),
    "trades": 5,
    "historicalTrades": 200,
    "aggTrades": 20,
    "klines": _FUTURES_BARS,
    "continuousKlines": _FUTURES_BARS,
    "markPriceKlines": _FUTURES_BARS,
    "indexPriceKlines": _FUTURES_BARS,
    "premiumIndex": one_or_all(1, 10),
    "fundingRate": 0,
    "fundingInfo": 0,
    "openInterest": 1,
    "ticker/24hr": one_or_all(1, 40),
    "ticker/price": one_or_all(1, 2),
    "ticker/bookTicker": one_or_all(2, 5),
}
"""Weights of public endpoints by what follows the prefix of the product."""
