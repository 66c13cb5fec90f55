"""Which refusals of Binance are definite, and which leave the order's fate open.

The rule is fail-safe: only a code that is known to mean "this order does not exist here" is a
rejection. Everything else is Unknown, and the venue is asked. NautilusTrader itself turns any error
reply into OrderRejected, also "execution status unknown"; that would forget a live order.

Codes: Binance spot `errors.md` and USDT-M futures "Error Codes".
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.outcomes import AmendRefused, CancelRefused, Rejected, Unknown

NO_SUCH_ORDER = -2013  # the reply to a question
ARCHIVED = -2026  # the same: ended without a fill more than 90 days ago
BAD_SYMBOL = -1121
NO_OPEN_ORDER = -2011  # the reply to a cancel

# The request may have reached the matching engine, or never got that far: the reply does not say.
_AMBIGUOUS = {
    -1000: "unknown error while processing",
    -1001: "disconnected, could not process",
    -1003: "too many requests: not taken now, and asking again later is right",
    -1006: "unexpected response from the message bus, execution status unknown",
    -1007: "timeout waiting for the backend, send status unknown",
    -1008: "server overloaded",
    -1016: "service shutting down",
    -1034: "too many connections",
    -4116: "duplicated client order id: an order with this id IS at the venue",
}

# Families in which every code (unless listed above) says that the order was not taken.
_DEFINITE = (
    range(-1002, -1001),  # unauthorized
    range(-1015, -1012),  # invalid message, unknown composition, too many orders
    range(-1023, -1019),  # unsupported, bad timestamp, bad signature, bad start time
    range(-1199, -1098),  # malformed, missing or illegal parameters
    range(-2008, -2007),  # bad API key id
    range(-2010, -2009),  # new order rejected: balance, post-only, filters
    range(-2028, -2013),  # keys and permissions; futures: margin, reduce-only, position limits
    range(-4999, -3999),  # futures filters and account modes
    range(-5099, -4999),  # futures time in force: FOK, GTX, receive window of the engine
)

# Spot has no code of its own for a second open order with the same client id.
_DUPLICATE = "duplicate order sent"


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An error as the venue sent it. `code` is None where the body carries none."""

    http_status: int
    code: int | None
    message: str

    def __str__(self) -> str:
        return f"HTTP {self.http_status}, code {self.code}: {self.message}"


def submit_outcome(error: ErrorReply) -> Rejected | Unknown:
    """What an error reply to a new order means."""
    if error.code is None or not _is_definite(error):
        return Unknown(str(error))
    return Rejected(str(error.code), error.message)


def cancel_outcome(error: ErrorReply) -> CancelRefused | Unknown:
    """What an error reply to a cancel means: most often that the order is already finished."""
    if error.http_status >= 500 or error.code is None or error.code in _AMBIGUOUS:
        return Unknown(str(error))
    return CancelRefused(f"{error.code}: {error.message}")


def amend_outcome(error: ErrorReply) -> AmendRefused | Unknown:
    """What an error reply to an amendment means: the order stands as it was, or is finished."""
    if error.http_status >= 500 or error.code is None or error.code in _AMBIGUOUS:
        return Unknown(str(error))
    return AmendRefused(f"{error.code}: {error.message}")


def _is_definite(error: ErrorReply) -> bool:
    code = error.code
    if error.http_status >= 500 or error.http_status == 408 or code in _AMBIGUOUS:
        return False
    if _DUPLICATE in error.message.lower():
        return False
    return any(code in family for family in _DEFINITE)
