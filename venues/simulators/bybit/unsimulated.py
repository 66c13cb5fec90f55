"""Parameters that change what an order does and are not simulated: they are refused.

By name, with the words that change nothing; neither does a zero, a false or an empty text.
Source: https://bybit-exchange.github.io/docs/v5/order/create-order, .../amend-order
"""

from collections.abc import Mapping

type Unsimulated = Mapping[str, frozenset[str]]

_NEVER: frozenset[str] = frozenset()
_AT_MARKET = frozenset({"Market"})

_ANYWHERE: Unsimulated = {
    "bboLevel": _NEVER,
    "bboSideType": _NEVER,
    "isLeverage": _NEVER,
    "mmp": _NEVER,
    "orderIv": _NEVER,
    "rpiTakerAccess": _NEVER,
    "slippageTolerance": _NEVER,
    "slippageToleranceType": frozenset({"UNKNOWN"}),
}

CONTRACT_ORDER: Unsimulated = _ANYWHERE

SPOT_ORDER: Unsimulated = {
    **_ANYWHERE,
    "slLimitPrice": _NEVER,
    "slOrderType": _AT_MARKET,
    "stopLoss": _NEVER,
    "takeProfit": _NEVER,
    "tpLimitPrice": _NEVER,
    "tpOrderType": _AT_MARKET,
}

AMENDMENT: Unsimulated = {
    "orderIv": _NEVER,
    "slLimitPrice": _NEVER,
    "slTriggerBy": _NEVER,
    "stopLoss": _NEVER,
    "takeProfit": _NEVER,
    "tpLimitPrice": _NEVER,
    "tpTriggerBy": _NEVER,
    "tpslMode": _NEVER,
    "triggerBy": _NEVER,
}
