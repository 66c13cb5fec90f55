"""What a command to a venue came to. A union, never an exception: silence is an outcome too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    venue_order_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The venue's own definite no; the order does not exist there."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No reply, a broken connection, a 5xx: the venue may have acted."""

    reason: str


SubmitOutcome = Accepted | Rejected | Unknown


@dataclass(frozen=True, slots=True)
class CancelTaken:
    """The venue took the cancel; the end of the order arrives as an event."""


@dataclass(frozen=True, slots=True)
class CancelRefused:
    """The venue refused, most often because the order is finished: ask what became of it."""

    reason: str


CancelOutcome = CancelTaken | CancelRefused | Unknown


@dataclass(frozen=True, slots=True)
class AmendTaken:
    """The venue took the new terms; what it made of them arrives as an event."""


@dataclass(frozen=True, slots=True)
class AmendRefused:
    """The venue's definite no: the order stands as it was, or is finished."""

    reason: str


AmendOutcome = AmendTaken | AmendRefused | Unknown
