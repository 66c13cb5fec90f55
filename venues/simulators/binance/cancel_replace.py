"""Spot REST: cancel an order, then place another."""

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from venues.simulators.binance.calls import Call, Routes, signed
from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.params import Params
from venues.simulators.binance.spot import SpotApi
from venues.simulators.fault_kinds import Action

INVALID_REPLACE_MODE = (-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")


class CancelReplaceMode(StrEnum):
    """Whether a replacement is placed if its cancel fails."""

    STOP_ON_FAILURE = "STOP_ON_FAILURE"
    ALLOW_FAILURE = "ALLOW_FAILURE"


class CancelReplaceApi:
    """The endpoint of replacements, out of the two of ``SpotApi``."""

    def __init__(self, spot: SpotApi) -> None:
        self._spot = spot

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("POST", "/api/v3/order/cancelReplace"): signed(self.replace, action=Action.AMEND),
        }

    def replace(self, call: Call) -> dict[str, Any]:
        """Cancel one order, then place another; by ``cancelReplaceMode`` also if that failed."""
        mode = call.params.choice("cancelReplaceMode", CancelReplaceMode, INVALID_REPLACE_MODE)
        named = {
            "symbol": call.params.text("symbol"),
            "orderId": call.params.optional("cancelOrderId") or "",
            "origClientOrderId": call.params.optional("cancelOrigClientOrderId") or "",
            "cancelRestrictions": call.params.optional("cancelRestrictions") or "",
        }
        canceled = _attempted(self._spot.cancel, dataclasses.replace(call, params=Params(named)))
        placed: _Outcome = None
        if not isinstance(canceled, ApiError) or mode is CancelReplaceMode.ALLOW_FAILURE:
            placed = _attempted(self._spot.place, call)
        data = {
            "cancelResult": _result(canceled),
            "newOrderResult": _result(placed),
            "cancelResponse": _response(canceled),
            "newOrderResponse": _response(placed),
        }
        worked = [isinstance(outcome, dict) for outcome in (canceled, placed)]
        if all(worked):
            return data
        if any(worked):
            raise ApiError(-2021, "Order cancel-replace partially failed.", 409, data)
        raise ApiError(-2022, "Order cancel-replace failed.", 400, data)


type _Outcome = dict[str, Any] | ApiError | None
"""What became of one half of a replacement; None: it was not tried."""


def _attempted(handler: Callable[[Call], dict[str, Any]], call: Call) -> _Outcome:
    try:
        return handler(call)
    except ApiError as error:
        return error


def _result(outcome: _Outcome) -> str:
    if outcome is None:
        return "NOT_ATTEMPTED"
    return "FAILURE" if isinstance(outcome, ApiError) else "SUCCESS"


def _response(outcome: _Outcome) -> dict[str, Any] | None:
    return outcome.body if isinstance(outcome, ApiError) else outcome
