"""Requests that are not simulated: each is refused under its own id, by the code with which IB
refuses what an account is not entitled to. docs/venues/ib.md lists them."""

from collections.abc import Mapping

from venues.simulators.ib.answering import Answer, Handlers
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.errors import ApiError, history_failed, invalid, no_such_contract
from venues.simulators.ib.wire_format import Fields

_NO_ADVISOR = invalid("FA data operations ignored for non FA customers.")
_NO_VERIFICATION = invalid("Verification is not allowed for this login.")
_NO_WSH = ApiError(10276, "News is not allowed.")
_NO_OPTION = no_such_contract()

REFUSED_REQUESTS: Mapping[int, ApiError] = {
    18: _NO_ADVISOR,
    19: _NO_ADVISOR,
    21: _NO_OPTION,
    22: history_failed("Scanners are not simulated"),
    52: ApiError(
        430,
        "The fundamentals data for the security specified is not available.Fundamentals data is "
        "not allowed",
    ),
    54: _NO_OPTION,
    55: _NO_OPTION,
    65: _NO_VERIFICATION,
    66: _NO_VERIFICATION,
    68: invalid("There are no display groups."),
    72: _NO_VERIFICATION,
    73: _NO_VERIFICATION,
    84: ApiError(10172, "Failed to request news article:No data available"),
    86: ApiError(10276, "News feed is not allowed."),
    88: history_failed("Histograms are not simulated"),
    100: _NO_WSH,
    102: _NO_WSH,
}
"""By the number of the message."""


def refusals() -> Handlers:
    """Handlers that refuse."""
    return {kind: _Refusal(error) for kind, error in REFUSED_REQUESTS.items()}


class _Refusal:
    """Raises the same error whatever is asked."""

    def __init__(self, error: ApiError) -> None:
        self._error = error

    def __call__(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        raise ApiError(self._error.code, self._error.text)
