"""The requests of the API: their numbers, their names, and where an error finds their ids."""

from collections.abc import Mapping
from dataclasses import dataclass

from venues.simulators.ib.wire_format import Fields

PLACE_ORDER, CANCEL_ORDER, CURRENT_TIME, GLOBAL_CANCEL, START_API = 3, 4, 49, 58, 71
NO_REQUEST = -1


@dataclass(frozen=True, slots=True)
class Request:
    """``id_at`` is the place of the request's id behind the number of the message, None where it
    has no id: then errors about it are told under -1."""

    name: str
    id_at: int | None = None


# A version stands before the id in older messages.
REQUESTS: Mapping[int, Request] = {
    1: Request("reqMktData", 1),
    2: Request("cancelMktData", 1),
    PLACE_ORDER: Request("placeOrder", 0),
    CANCEL_ORDER: Request("cancelOrder", 1),
    5: Request("reqOpenOrders"),
    6: Request("reqAccountUpdates"),
    7: Request("reqExecutions", 1),
    8: Request("reqIds"),
    9: Request("reqContractDetails", 1),
    10: Request("reqMktDepth", 1),
    11: Request("cancelMktDepth", 1),
    12: Request("reqNewsBulletins"),
    13: Request("cancelNewsBulletins"),
    14: Request("setServerLogLevel"),
    15: Request("reqAutoOpenOrders"),
    16: Request("reqAllOpenOrders"),
    17: Request("reqManagedAccts"),
    18: Request("requestFA"),
    19: Request("replaceFA", 3),
    20: Request("reqHistoricalData", 0),
    21: Request("exerciseOptions", 1),
    22: Request("reqScannerSubscription", 0),
    23: Request("cancelScannerSubscription", 1),
    24: Request("reqScannerParameters"),
    25: Request("cancelHistoricalData", 1),
    CURRENT_TIME: Request("reqCurrentTime"),
    50: Request("reqRealTimeBars", 1),
    51: Request("cancelRealTimeBars", 1),
    52: Request("reqFundamentalData", 1),
    53: Request("cancelFundamentalData", 1),
    54: Request("calculateImpliedVolatility", 1),
    55: Request("calculateOptionPrice", 1),
    56: Request("cancelCalculateImpliedVolatility", 1),
    57: Request("cancelCalculateOptionPrice", 1),
    GLOBAL_CANCEL: Request("reqGlobalCancel"),
    59: Request("reqMarketDataType"),
    61: Request("reqPositions"),
    62: Request("reqAccountSummary", 1),
    63: Request("cancelAccountSummary", 1),
    64: Request("cancelPositions"),
    65: Request("verifyRequest"),
    66: Request("verifyMessage"),
    67: Request("queryDisplayGroups", 1),
    68: Request("subscribeToGroupEvents", 1),
    69: Request("updateDisplayGroup", 1),
    70: Request("unsubscribeFromGroupEvents", 1),
    START_API: Request("startApi"),
    72: Request("verifyAndAuthRequest"),
    73: Request("verifyAndAuthMessage"),
    74: Request("reqPositionsMulti", 1),
    75: Request("cancelPositionsMulti", 1),
    76: Request("reqAccountUpdatesMulti", 1),
    77: Request("cancelAccountUpdatesMulti", 1),
    78: Request("reqSecDefOptParams", 0),
    79: Request("reqSoftDollarTiers", 0),
    80: Request("reqFamilyCodes"),
    81: Request("reqMatchingSymbols", 0),
    82: Request("reqMktDepthExchanges"),
    83: Request("reqSmartComponents", 0),
    84: Request("reqNewsArticle", 0),
    85: Request("reqNewsProviders"),
    86: Request("reqHistoricalNews", 0),
    87: Request("reqHeadTimeStamp", 0),
    88: Request("reqHistogramData", 0),
    89: Request("cancelHistogramData", 0),
    90: Request("cancelHeadTimeStamp", 0),
    91: Request("reqMarketRule"),
    92: Request("reqPnL", 0),
    93: Request("cancelPnL", 0),
    94: Request("reqPnLSingle", 0),
    95: Request("cancelPnLSingle", 0),
    96: Request("reqHistoricalTicks", 0),
    97: Request("reqTickByTickData", 0),
    98: Request("cancelTickByTickData", 0),
    99: Request("reqCompletedOrders"),
    100: Request("reqWshMetaData", 0),
    101: Request("cancelWshMetaData", 0),
    102: Request("reqWshEventData", 0),
    103: Request("cancelWshEventData", 0),
    104: Request("reqUserInfo", 0),
}


def request_id(kind: int, fields: Fields) -> int:
    """The id that an error about a message names."""
    request = REQUESTS.get(kind)
    if request is None or request.id_at is None:
        return NO_REQUEST
    number = fields.peek_integer(request.id_at)
    return NO_REQUEST if number is None else number
