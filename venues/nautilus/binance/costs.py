"""What requests to Binance cost: request weight by address, and counts of new orders.

Weights: Binance's REST documentation of spot and USDT-M futures. What is not named costs 5.
"""

from __future__ import annotations

from collections.abc import Mapping

from nautilus_trader.core.nautilus_pyo3 import HttpMethod

from venues.nautilus.binance.settings import Product
from venues.nautilus.budgets import RateWindow, Urgency

WEIGHT = "REQUEST_WEIGHT 1M"
_ORDERS_10S = "ORDERS 10S"
_ORDERS_1M = "ORDERS 1M"
_ORDERS_1D = "ORDERS 1D"
_OTHER = 5

_SPOT = {
    ("GET", "/api/v3/ping"): 1,
    ("GET", "/api/v3/time"): 1,
    ("GET", "/api/v3/exchangeInfo"): 20,
    ("GET", "/api/v3/account"): 20,
    ("GET", "/api/v3/order"): 4,
    ("POST", "/api/v3/order"): 1,
    ("DELETE", "/api/v3/order"): 1,
    ("DELETE", "/api/v3/openOrders"): 1,
    ("PUT", "/api/v3/order/amend/keepPriority"): 4,
    ("GET", "/api/v3/allOrders"): 20,
    ("GET", "/api/v3/myTrades"): 20,
    ("GET", "/sapi/v1/asset/tradeFee"): 1,
}
_FUTURES = {
    ("GET", "/fapi/v1/ping"): 1,
    ("GET", "/fapi/v1/time"): 1,
    ("GET", "/fapi/v1/exchangeInfo"): 1,
    ("GET", "/fapi/v1/order"): 1,
    ("POST", "/fapi/v1/order"): 0,
    ("PUT", "/fapi/v1/order"): 0,
    ("DELETE", "/fapi/v1/order"): 1,
    ("DELETE", "/fapi/v1/allOpenOrders"): 1,
    ("GET", "/fapi/v1/algoOrder"): 1,
    ("POST", "/fapi/v1/algoOrder"): 0,
    ("DELETE", "/fapi/v1/algoOrder"): 1,
    ("DELETE", "/fapi/v1/algoOpenOrders"): 1,
    ("GET", "/fapi/v1/commissionRate"): 20,
    ("GET", "/fapi/v1/positionSide/dual"): 30,
    ("POST", "/fapi/v1/listenKey"): 1,
    ("PUT", "/fapi/v1/listenKey"): 1,
    ("DELETE", "/fapi/v1/listenKey"): 1,
}
_WEIGHTS = {Product.SPOT: _SPOT, Product.USDT_FUTURES: _FUTURES}

# Cheap for one symbol, dear for all.
_BY_SYMBOL = {
    "/api/v3/openOrders": (6, 80),
    "/fapi/v1/openOrders": (1, 40),
    "/fapi/v1/openAlgoOrders": (1, 40),
}
_METHODS = {
    HttpMethod.GET: "GET",
    HttpMethod.POST: "POST",
    HttpMethod.PUT: "PUT",
    HttpMethod.DELETE: "DELETE",
}


def default_windows(product: Product) -> list[RateWindow]:
    """Binance's limits as documented; exchangeInfo says what they are today."""
    if product is Product.SPOT:
        return [
            RateWindow(WEIGHT, 6000, 60),
            RateWindow(_ORDERS_10S, 100, 10),
            RateWindow(_ORDERS_1D, 200_000, 86_400),
        ]
    return [
        RateWindow(WEIGHT, 2400, 60),
        RateWindow(_ORDERS_10S, 300, 10),
        RateWindow(_ORDERS_1M, 1200, 60),
    ]


def cost_of_order(product: Product) -> dict[str, int]:
    """What sending one order counts."""
    if product is Product.SPOT:
        return {WEIGHT: 1, _ORDERS_10S: 1, _ORDERS_1D: 1}
    return {_ORDERS_10S: 1, _ORDERS_1M: 1}


def cost_of_amend(product: Product) -> dict[str, int]:
    """What amending one order counts: on futures as much as sending it."""
    return {WEIGHT: 4} if product is Product.SPOT else cost_of_order(product)


def weight_of(product: Product, method: HttpMethod, path: str, params: Mapping[str, object]) -> int:
    """The request weight; `path` as the library has it, with or without the slash in front."""
    path = "/" + path.lstrip("/")
    name = _METHODS[method]
    if name == "GET" and path in _BY_SYMBOL:
        one, every = _BY_SYMBOL[path]
        return one if params.get("symbol") else every
    return _WEIGHTS[product].get((name, path), _OTHER)


def urgency_of(method: HttpMethod) -> Urgency:
    return Urgency.CANCEL if method == HttpMethod.DELETE else Urgency.QUESTION


def is_counted_before(method: HttpMethod, path: str) -> bool:
    """Whether its cost was taken before it was sent: that of new orders and amendments is, because
    they may not wait once it is on record that they are under way."""
    sends = method in (HttpMethod.POST, HttpMethod.PUT)
    return sends and path.rstrip("/").endswith(("/order", "/algoOrder", "/keepPriority"))
