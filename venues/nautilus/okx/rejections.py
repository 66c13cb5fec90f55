"""Which refusals of OKX are definite, and which leave the order's fate open.

The rule is fail-safe: only a code that is known to mean "nothing was done" is a refusal. Everything
else is Unknown, and the venue is asked. Codes: chapter "Error Code" of the v5 docs.
"""

from __future__ import annotations

from domain.outcomes import AmendRefused, CancelRefused, Rejected, Unknown

NO_SUCH_ORDER = "51603"
DUPLICATES = {"51016", "51065"}
"""An order with this id IS at the venue."""

# The request may have reached the matching engine, or never got that far: the reply does not say.
_AMBIGUOUS = {
    "51149",  # order timed out
    "51054",  # request timed out
    "50061",  # too many orders of the sub-account: not taken now, and asking again later is right
} | DUPLICATES

# Families in which every code (unless listed above) says that the order was not taken.
_DEFINITE_RANGES = (
    range(50014, 50017),  # parameters missing or mismatched
    range(50024, 50026),  # parameters that exclude each other
    range(50036, 50038),  # past its expTime
    range(50100, 50121),  # keys, passphrase, timestamp, signature, permissions
    range(51000, 52000),  # trade: parameters, balances, sizes, prices, position limits, cancels
    range(54000, 54100),  # margin trading
    range(59000, 60000),  # account modes
)
_DEFINITE = {"50002", "50006", "50044", "50045"}  # malformed requests

# The endpoint, or the sub-account, was used too often.
_TOO_OFTEN = {"50011", "50061"}

_ALREADY_GONE = {"51400", "51401", "51402", "51603"}


class Refusal(Exception):
    """An error as the venue sent it: of a whole request, or of one order in it."""

    def __init__(self, http_status: int, code: str, message: str) -> None:
        super().__init__(http_status, code, message)
        self.http_status = http_status
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"HTTP {self.http_status}, code {self.code}: {self.message}"

    @property
    def is_definite(self) -> bool:
        """Whether nothing was done, for certain."""
        if self.http_status >= 500 or self.http_status == 408 or self.code in _AMBIGUOUS:
            return False
        if not self.code.isdigit():
            return False
        if self.code == "51000" and "clordid" in self.message.lower():
            # Our ids are legal, so this is the other text for one that is taken.
            return False
        number = int(self.code)
        return self.code in _DEFINITE or any(number in family for family in _DEFINITE_RANGES)

    @property
    def is_too_often(self) -> bool:
        """Whether a rate limit of the venue is used up, whatever we have counted."""
        return self.http_status == 429 or self.code in _TOO_OFTEN

    @property
    def is_gone(self) -> bool:
        """Whether there is no such working order (any more)."""
        return self.code in _ALREADY_GONE


def submit_outcome(refusal: Refusal) -> Rejected | Unknown:
    """What an error reply to a new order means."""
    if refusal.is_definite:
        return Rejected(refusal.code, refusal.message)
    return Unknown(str(refusal))


def cancel_outcome(refusal: Refusal) -> CancelRefused | Unknown:
    """What an error reply to a cancel means: most often that the order is already finished."""
    if refusal.is_definite:
        return CancelRefused(f"{refusal.code}: {refusal.message}")
    return Unknown(str(refusal))


def amend_outcome(refusal: Refusal) -> AmendRefused | Unknown:
    """What an error reply to an amendment means."""
    if refusal.is_definite:
        return AmendRefused(f"{refusal.code}: {refusal.message}")
    return Unknown(str(refusal))
