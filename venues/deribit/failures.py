"""What an error means: a definite no, or a fate that is open.

ccxt's class alone does not say: `timed_out` (13888) and `temporarily_unavailable` (13028) are plain
ExchangeErrors, as definite refusals are. So the venue's code decides, and the rule is fail-safe:
only a code that is known to mean "this was not done" is a refusal; all else is Unknown, and the
venue is asked. `timed_out` is Unknown too: it says that `valid_until` had passed, and it is also
the venue's word for a request that took too long inside.

Codes: docs.deribit.com, RPC error codes, API 2.1.1.
"""

from __future__ import annotations

from domain.outcomes import AmendRefused, CancelRefused, Rejected, Unknown

DENIED_LOCALLY = "denied_locally"

INVALID_PARAMS = -32602
TOO_MANY_REQUESTS = 10028

_OPEN_FATE = {
    10001: "some general failure",
    TOO_MANY_REQUESTS: "not taken now, and asking again later is right",
    10040: "to be tried again",
    10041: "settlement in progress, trading is paused",
    10047: "the queue of the matching engine is full",
    10066: "too many concurrent requests",
    11031: "some other error",
    11051: "maintenance",
    11094: "internal error",
    13028: "the service does not respond, or takes too long",
    13503: "not available now",
    13666: "canceled by another request",
    13777: "replaced by another request",
    13888: "timed out",
}

# Ranges in which every code, unless listed above, says that the request was not carried out.
_DEFINITE = (
    range(-32700, -32599),  # malformed, unknown method, invalid parameters
    range(9999, 10100),  # order terms, funds, limits, prices
    range(11008, 11060),  # arguments, triggers, post-only, not open
    range(12000, 13000),  # the account may not
    range(13002, 13050),  # credentials, tokens, scopes, labels that are not unique
)


class VenueSaidNo(Exception):
    """The venue's own error: its code and words. `kind` is the client library's class."""

    def __init__(self, code: int, message: str, kind: str = "") -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.kind = kind

    @property
    def is_definite(self) -> bool:
        """Whether it says that the request was not carried out."""
        if self.code in _OPEN_FATE:
            return False
        return any(self.code in family for family in _DEFINITE)


class NoAnswer(Exception):
    """No usable answer: the connection broke, a gateway answered, or nobody did in time."""


def submit_outcome(failure: VenueSaidNo | NoAnswer) -> Rejected | Unknown:
    """What a failed submission came to."""
    if isinstance(failure, VenueSaidNo) and failure.is_definite:
        return Rejected(str(failure.code), failure.message)
    return Unknown(_words(failure))


def cancel_outcome(failure: VenueSaidNo | NoAnswer) -> CancelRefused | Unknown:
    """What a failed cancel came to; a refusal says most often that the order is finished."""
    if isinstance(failure, VenueSaidNo) and failure.is_definite:
        return CancelRefused(str(failure))
    return Unknown(_words(failure))


def amend_outcome(failure: VenueSaidNo | NoAnswer) -> AmendRefused | Unknown:
    """What a failed amendment came to."""
    if isinstance(failure, VenueSaidNo) and failure.is_definite:
        return AmendRefused(str(failure))
    return Unknown(_words(failure))


def denied(reason: str) -> Rejected:
    """Refused here: nothing was sent."""
    return Rejected(DENIED_LOCALLY, reason)


def _words(failure: VenueSaidNo | NoAnswer) -> str:
    if isinstance(failure, NoAnswer):
        return f"no answer: {failure}"
    meaning = _OPEN_FATE.get(failure.code, "a code that proves nothing")
    return f"{failure.code} {failure.message}: {meaning}"
