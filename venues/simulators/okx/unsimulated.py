"""Parameters that change what an order does and are not simulated: they are refused, with 51000.

By name, with the values that change nothing. Source: the v5 docs of the endpoints.
"""

from collections.abc import Mapping

type Unsimulated = Mapping[str, frozenset[str]]

_NEVER: frozenset[str] = frozenset()
_NOT = frozenset({"false"})
_KEEPS_PRICE = frozenset({"0"})

ORDER: Unsimulated = {
    "attachAlgoOrds": _NEVER,
    "isElpTakerAccess": _NOT,
    "pxAmendType": _KEEPS_PRICE,
    "pxUsd": _NEVER,
    "pxVol": _NEVER,
    "slippagePct": frozenset({"0", "0.00"}),
    # Older spellings of attached orders.
    "slOrdPx": _NEVER,
    "slTriggerPx": _NEVER,
    "tpOrdPx": _NEVER,
    "tpTriggerPx": _NEVER,
}

AMENDMENT: Unsimulated = {
    "attachAlgoOrds": _NEVER,
    "cxlOnFail": _NOT,
    "newPxUsd": _NEVER,
    "newPxVol": _NEVER,
    "newSlOrdPx": _NEVER,
    "newSlTriggerPx": _NEVER,
    "newSlTriggerRatio": _NEVER,
    "newTpOrdPx": _NEVER,
    "newTpTriggerPx": _NEVER,
    "newTpTriggerRatio": _NEVER,
    "pxAmendType": _KEEPS_PRICE,
}

ALGO_ORDER: Unsimulated = {
    "advanceOrdType": _NEVER,
    "attachAlgoOrds": _NEVER,
    "closeFraction": _NEVER,
    "cxlOnClosePos": _NOT,
    "pxAmendType": _KEEPS_PRICE,
    "slTriggerRatio": _NEVER,
    "tpOrdKind": frozenset({"condition"}),
    "tpTriggerRatio": _NEVER,
}

ALGO_AMENDMENT: Unsimulated = {
    "attachAlgoOrds": _NEVER,
    "cxlOnFail": _NOT,
    "newSlTriggerPxType": _NEVER,
    "newSlTriggerRatio": _NEVER,
    "newTpTriggerPxType": _NEVER,
    "newTpTriggerRatio": _NEVER,
    "newTriggerPxType": _NEVER,
    "pxAmendType": _KEEPS_PRICE,
}
