"""What IB's error codes mean for a command. Source: IB's tables of API message codes.

A code that nobody classified proves nothing: the outcome is Unknown, and the venue is asked.
"""

from __future__ import annotations

from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.interactive_brokers.messages import ErrorSaid

DENIED_LOCALLY = "denied_locally"

CLIENT_ID_IN_USE = 326
TOO_FAST = 100
CONNECTION_LOST = frozenset({1100, 2110})
RESTORED_DATA_LOST = 1101
RESTORED_DATA_KEPT = 1102
SOCKET_PORT_RESET = 1300
DUPLICATE_ID = 103
CANCELED = 202
DEPTH_RESET = 317
MARKET_FARM_BROKEN = 2103
MARKET_FARM_OK = 2104
DEFINITIONS_OK = 2158

# Said of orders that live on: held until the market opens (399), shares being located (404), the
# size shown, market data that is late.
_NOTES = frozenset({165, 399, 404, 492, 2109, 10167, 10349}) | frozenset(range(2100, 2200))

_DEFINITE = (
    frozenset(range(103, 165))
    | frozenset({200, 201, 203, 320, 321})
    | frozenset(range(327, 450))
    | frozenset(range(10000, 10400))
) - {10182, 10197, 10225}

_CANCEL_REFUSED = frozenset({104, 135, 136, 161, 10147, 10148})


def is_note(code: int) -> bool:
    """Whether the code changes nothing about the order."""
    return code in _NOTES


def submit_outcome(error: ErrorSaid) -> SubmitOutcome:
    """What an error says of an order that nobody has accepted yet."""
    if error.code in _DEFINITE:
        return Rejected(str(error.code), error.text)
    return Unknown(f"IB answered {error.code}: {error.text}")


def amend_outcome(error: ErrorSaid) -> AmendOutcome:
    """What an error says of a change; whether the order still stands must be asked."""
    if error.code in _DEFINITE:
        return AmendRefused(f"{error.code}: {error.text}")
    return Unknown(f"IB answered {error.code}: {error.text}")


def cancel_outcome(error: ErrorSaid) -> CancelOutcome:
    """What an error says of a cancel. 202 is how IB says that it was done."""
    if error.code == CANCELED:
        return CancelTaken()
    if error.code in _CANCEL_REFUSED:
        return CancelRefused(f"{error.code}: {error.text}")
    return Unknown(f"IB answered {error.code}: {error.text}")
