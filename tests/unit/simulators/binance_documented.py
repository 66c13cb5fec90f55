"""What Binance documents, by method and path, and by the names of its WebSocket API.

Read off the public REST and WebSocket API documentation of spot (binance-spot-api-docs) and of
USDT-M futures (trade, account, user data streams, market data) in the summer of 2026.
"""

METHODS = ("GET", "POST", "PUT", "DELETE")


def names(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def endpoints(text: str) -> frozenset[str]:
    """Each path of a list with the method in front of it."""
    found: set[str] = set()
    method = ""
    for word in text.split():
        if word in METHODS:
            method = word
        else:
            found.add(f"{method} {word}")
    return frozenset(found)


SPOT = endpoints(
    """
    GET /api/v3/account /api/v3/account/commission /api/v3/aggTrades /api/v3/allOrderList
        /api/v3/allOrders /api/v3/avgPrice /api/v3/depth /api/v3/exchangeInfo
        /api/v3/executionRules /api/v3/historicalBlockTrades /api/v3/historicalTrades
        /api/v3/klines /api/v3/myAllocations /api/v3/myFilters /api/v3/myPreventedMatches
        /api/v3/myTrades /api/v3/openOrderList /api/v3/openOrders /api/v3/order
        /api/v3/order/amendments /api/v3/orderList /api/v3/ping /api/v3/rateLimit/order
        /api/v3/referencePrice /api/v3/referencePrice/calculation /api/v3/ticker
        /api/v3/ticker/24hr /api/v3/ticker/bookTicker /api/v3/ticker/price
        /api/v3/ticker/tradingDay /api/v3/time /api/v3/trades /api/v3/uiKlines
    POST /api/v3/order /api/v3/order/cancelReplace /api/v3/order/oco /api/v3/order/test
        /api/v3/orderList/oco /api/v3/orderList/opo /api/v3/orderList/opoco
        /api/v3/orderList/oto /api/v3/orderList/otoco /api/v3/sor/order /api/v3/sor/order/test
    PUT /api/v3/order/amend/keepPriority
    DELETE /api/v3/openOrders /api/v3/order /api/v3/orderList
    """
)
"""REST endpoints of spot."""

FUTURES = endpoints(
    """
    GET /fapi/v1/accountConfig /fapi/v1/adlQuantile /fapi/v1/aggTrades /fapi/v1/algoOrder
        /fapi/v1/allAlgoOrders /fapi/v1/allOrders /fapi/v1/apiTradingStatus /fapi/v1/assetIndex
        /fapi/v1/commissionRate /fapi/v1/constituents /fapi/v1/continuousKlines /fapi/v1/depth
        /fapi/v1/exchangeInfo /fapi/v1/feeBurn /fapi/v1/forceOrders /fapi/v1/fundingInfo
        /fapi/v1/fundingRate /fapi/v1/historicalTrades /fapi/v1/income /fapi/v1/income/asyn
        /fapi/v1/income/asyn/id /fapi/v1/indexInfo /fapi/v1/indexPriceKlines
        /fapi/v1/insuranceBalance /fapi/v1/klines /fapi/v1/leverageBracket
        /fapi/v1/markPriceKlines /fapi/v1/multiAssetsMargin /fapi/v1/openAlgoOrders
        /fapi/v1/openInterest /fapi/v1/openOrder /fapi/v1/openOrders /fapi/v1/order
        /fapi/v1/order/asyn /fapi/v1/order/asyn/id /fapi/v1/orderAmendment /fapi/v1/ping
        /fapi/v1/positionMargin/history /fapi/v1/positionSide/dual /fapi/v1/premiumIndex
        /fapi/v1/premiumIndexKlines /fapi/v1/rateLimit/order /fapi/v1/rpiDepth
        /fapi/v1/symbolAdlRisk /fapi/v1/symbolConfig /fapi/v1/ticker/24hr
        /fapi/v1/ticker/bookTicker /fapi/v1/ticker/price /fapi/v1/time /fapi/v1/trade/asyn
        /fapi/v1/trade/asyn/id /fapi/v1/trades /fapi/v1/tradingSchedule /fapi/v1/userTrades
        /fapi/v2/account /fapi/v2/balance /fapi/v2/positionRisk /fapi/v2/ticker/price
        /fapi/v3/account /fapi/v3/balance /fapi/v3/positionRisk /futures/data/basis
        /futures/data/delivery-price /futures/data/globalLongShortAccountRatio
        /futures/data/openInterestHist /futures/data/takerlongshortRatio
        /futures/data/topLongShortAccountRatio /futures/data/topLongShortPositionRatio
    POST /fapi/v1/algoOrder /fapi/v1/batchOrders /fapi/v1/countdownCancelAll /fapi/v1/feeBurn
        /fapi/v1/leverage /fapi/v1/listenKey /fapi/v1/marginType /fapi/v1/multiAssetsMargin
        /fapi/v1/order /fapi/v1/order/test /fapi/v1/positionMargin /fapi/v1/positionSide/dual
        /fapi/v1/stock/contract
    PUT /fapi/v1/batchOrders /fapi/v1/listenKey /fapi/v1/order
    DELETE /fapi/v1/algoOpenOrders /fapi/v1/algoOrder /fapi/v1/allOpenOrders
        /fapi/v1/batchOrders /fapi/v1/listenKey /fapi/v1/order
    """
)
"""REST endpoints of USDT-M futures."""

SPOT_METHODS = names(
    """
    account.commission account.rateLimits.orders account.status allOrderLists allOrders avgPrice
    blockTrades.historical depth exchangeInfo executionRules klines myAllocations myFilters
    myPreventedMatches myTrades openOrderLists.status openOrders.cancelAll openOrders.status
    order.amend.keepPriority order.amendments order.cancel order.cancelReplace order.place
    order.status order.test orderList.cancel orderList.place orderList.place.oco
    orderList.place.opo orderList.place.opoco orderList.place.oto orderList.place.otoco
    orderList.status ping referencePrice referencePrice.calculation session.logon session.logout
    session.status session.subscriptions sor.order.place sor.order.test ticker ticker.24hr
    ticker.book ticker.price ticker.tradingDay time trades.aggregate trades.historical
    trades.recent uiKlines userDataStream.subscribe userDataStream.subscribe.signature
    userDataStream.unsubscribe
    """
)
"""Requests of the WebSocket API of spot."""
