"""Which refusals of Bybit are definite, and which leave the order's fate open.

The rule is fail-safe: only a code that is known to mean "this was not done" is a refusal. All else
is Unknown, and the venue is asked. Codes: https://bybit-exchange.github.io/docs/v5/error
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from domain.outcomes import AmendRefused, CancelRefused, Rejected, Unknown

OK = 0

# The venue may have acted, or did not get to it: the reply does not say.
_AMBIGUOUS = {
    429: "system level protection",
    10000: "server timeout",
    10006: "too many visits: not taken now, and asking again later is right",
    10014: "duplicate request: another one like it was taken",
    10016: "server error, or restarting",
    10018: "too many requests of the address",
    10019: "the trade service is restarting",
    10429: "system level protection",
    20003: "too frequent",
    20006: "duplicate request id: another one like it was taken",
    40004: "the order is being modified",
    110072: "duplicate client id: an order with this id IS at the venue",
    110079: "the order is being processed",
    170001: "internal error",
    170005: "too many new orders: not taken now, and asking again later is right",
    170007: "timeout: the venue itself got no answer",
    170032: "network error",
    170035: "submitted, being processed",
    170141: "duplicate client id: an order with this id IS at the venue",
    170146: "creation timeout",
    170147: "cancellation timeout",
    170149: "create order failed",
    170150: "cancel order failed",
    170191: "cannot cancel, try again later",
    170212: "the cancel is being processed",
    170222: "too many requests in this time frame",
    170234: "system error",
    170310: "modification timeout",
    170311: "modification failed",
}

# Families in which every code (unless listed above) says that the request was not done.
_DEFINITE: tuple[Container[int], ...] = (
    range(10001, 10030),  # parameters, time window, keys, signature, permissions, bans, routes
    range(10404, 10405),  # unknown operation
    range(110001, 110120),  # derivatives: balance, price and quantity filters, position rules
    range(170105, 170900),  # spot: the same
    # Before them are the words of its machinery; only these are about the order or the account.
    (170010, 170011, 170019, 170031, 170033, 170034, 170036, 170037),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reply that is not OK, as the venue sent it."""

    http_status: int
    code: int
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def is_definite(self) -> bool:
        """Whether the request was certainly not done."""
        if self.http_status >= 500 or self.code in _AMBIGUOUS:
            return False
        return any(self.code in family for family in _DEFINITE)


def submit_outcome(refusal: Refusal) -> Rejected | Unknown:
    """What a refusal of a new order means."""
    if refusal.is_definite:
        return Rejected(str(refusal.code), refusal.message)
    return Unknown(str(refusal))


def cancel_outcome(refusal: Refusal) -> CancelRefused | Unknown:
    """What a refusal of a cancel means: most often that the order is already finished."""
    return CancelRefused(str(refusal)) if refusal.is_definite else Unknown(str(refusal))


def amend_outcome(refusal: Refusal) -> AmendRefused | Unknown:
    """What a refusal of an amendment means: the order stands as it was, or is finished."""
    return AmendRefused(str(refusal)) if refusal.is_definite else Unknown(str(refusal))


# Reasons on the stream and in reports.
POST_ONLY_REASON = "EC_PostOnlyWillTakeLiquidity"
TIME_IN_FORCE_REASONS = frozenset({"EC_NoImmediateQtyToFill", "EC_NoEnoughQtyToFill"})
