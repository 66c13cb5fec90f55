"""How the connection of a venue account is, as its adapter sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RateBudget:
    """One of the venue's rate limits, as our own count of it stands: `used` of `limit`."""

    name: str
    used: int
    limit: int
    per_s: float


@dataclass(frozen=True, slots=True)
class VenueHealth:
    """How the account's connection is.

    `clock_offset_ms` is the venue's clock minus ours; None before it was first asked.
    `commands` and `errors` count the commands of the last minute, and those of them that got no
    answer, a rate-limit or a server error. `problems` are for a person: what the account lacks to
    be served in full, one sentence each.
    """

    connected: bool
    last_message_at: datetime | None
    clock_offset_ms: float | None = None
    budgets: tuple[RateBudget, ...] = ()
    commands: int = 0
    errors: int = 0
    problems: tuple[str, ...] = ()
