"""The dated contracts of the paper market, and what they are called in a year.

A profile that names a contract by its date is good until that date. The simulated venues list one
contract of each kind a year, and the paper profile means the one that has long enough to go.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

FIRST_YEAR = 2027
"""Of the first contracts that the simulated venues listed: they know all since then, so that what
was held in one is known after its end."""

_LEAST_TO_GO = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Yearly:
    """A contract that ends on a Friday of one month: the `friday`-th of them, counted as an index
    is, at a time of UTC. `suffix` is how the venue names the end of the contract."""

    month: int
    friday: int
    at: time
    suffix: Callable[[datetime], str]

    def expiry(self, year: int) -> datetime:
        """The end of the contract of that year."""
        weeks = calendar.monthcalendar(year, self.month)
        fridays = [week[calendar.FRIDAY] for week in weeks if week[calendar.FRIDAY]]
        return datetime.combine(
            datetime(year, self.month, fridays[self.friday], tzinfo=UTC), self.at, UTC
        )

    def listed(self, now: datetime) -> tuple[datetime, ...]:
        """The ends of all that are known; the last one has long enough to go."""
        ends = [self.expiry(FIRST_YEAR)]
        while ends[-1] - now < _LEAST_TO_GO:
            ends.append(self.expiry(ends[-1].year + 1))
        return tuple(ends)

    def traded(self, now: datetime) -> str:
        """What the one that has long enough to go is called."""
        return self.suffix(self.listed(now)[-1])


DERIBIT_SEPTEMBER = Yearly(
    month=9, friday=-1, at=time(8), suffix=lambda end: f"{end.day}SEP{end.year % 100:02}"
)
"""Source: Deribit, Contract Specifications: the last Friday of the month, 08:00 UTC."""

CME_JUNE = Yearly(month=6, friday=2, at=time(13, 30), suffix=lambda end: f"M{end.year % 10}")
"""Source: CME, E-mini S&P 500 Contract Specs: the third Friday, 09:30 in New York; M is June."""
