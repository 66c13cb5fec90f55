"""Refusals that are no venue's: our own, and those that the client library makes up."""

from __future__ import annotations

from domain.outcomes import Rejected, Unknown

DENIED_LOCALLY = "DENIED_LOCALLY"

# What NautilusTrader says when it gave up by itself; the venue has said nothing.
_SYNTHETIC_REASONS = (
    "canceled retry",
    "inflight_timeout",
    "inflight timeout",
    "unknown",
    "timeout",
)


def denied(reason: str) -> Rejected:
    """Not sent, and why: nothing of this order exists at the venue."""
    return Rejected(DENIED_LOCALLY, reason)


def stream_rejection(reason: str) -> Rejected | Unknown:
    """What an OrderRejected event means that is not the reply to our own request.

    The user stream gives a reject reason in words or none (Binance futures: "REJECTED").
    """
    if not reason or any(word in reason.lower() for word in _SYNTHETIC_REASONS):
        return Unknown(f"the venue did not say so itself: {reason or 'no reason'}")
    return Rejected("REJECTED_ON_STREAM", reason)
