"""Where each product of Binance answers what."""

from __future__ import annotations

from dataclasses import dataclass

from venues.nautilus.binance.settings import Product


@dataclass(frozen=True, slots=True)
class Paths:
    """What both products have."""

    time: str
    exchange_info: str
    order: str
    open_orders: str
    all_orders: str
    trades: str
    account: str


PATHS = {
    Product.SPOT: Paths(
        time="/api/v3/time",
        exchange_info="/api/v3/exchangeInfo",
        order="/api/v3/order",
        open_orders="/api/v3/openOrders",
        all_orders="/api/v3/allOrders",
        trades="/api/v3/myTrades",
        account="/api/v3/account",
    ),
    Product.USDT_FUTURES: Paths(
        time="/fapi/v1/time",
        exchange_info="/fapi/v1/exchangeInfo",
        order="/fapi/v1/order",
        open_orders="/fapi/v1/openOrders",
        all_orders="/fapi/v1/allOrders",
        trades="/fapi/v1/userTrades",
        account="/fapi/v2/account",
    ),
}

# Futures amend at the path of their orders.
KEEP_PRIORITY = "/api/v3/order/amend/keepPriority"

# Spot has no algo orders and no positions.
ALGO_ORDER, OPEN_ALGO_ORDERS = "/fapi/v1/algoOrder", "/fapi/v1/openAlgoOrders"
POSITIONS, POSITION_MODE = "/fapi/v3/positionRisk", "/fapi/v1/positionSide/dual"
LISTEN_KEY = "/fapi/v1/listenKey"
