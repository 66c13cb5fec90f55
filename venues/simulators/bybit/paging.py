"""Spans of time and pages of lists, as all of the venue's histories have them.

Lists are read newest first and only as far as the page goes: their cost is that of the page, not
that of the account's life.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from venues.simulators.bybit.calls import Call
from venues.simulators.bybit.errors import ApiError, parameter

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS

_CURSOR = re.compile(r"(\d+)(?:%3A|:)(\d+)", re.ASCII | re.IGNORECASE)

type Place = tuple[int, int]
"""Where an entry stands in its list: what stands lower is older."""


@dataclass(frozen=True, slots=True)
class Page[Entry]:
    """Some entries, and the cursor of those that follow; empty at the end."""

    entries: list[Entry]
    cursor: str


def span_of(call: Call, default_ms: int = WEEK_MS) -> tuple[int, int]:
    """The first and the last millisecond that are asked for: seven days at most."""
    start, end = call.params.integer("startTime"), call.params.integer("endTime")
    if start is None:
        end = call.now_ms if end is None else end
        return end - default_ms, end
    if end is None:
        return start, start + default_ms
    if end - start > WEEK_MS:
        raise ApiError(10001, "The time range between startTime and endTime cannot exceed 7 days.")
    return start, end


def page_of[Entry](
    call: Call,
    newest_first: Iterable[Entry],
    place: Callable[[Entry], Place],
    default: int,
    most: int,
) -> Page[Entry]:
    """The entries that ``limit`` and ``cursor`` ask for."""
    after = _cursor(call)
    following = (entry for entry in newest_first if after is None or place(entry) < after)
    limit = call.params.limit(default, most)
    entries = list(islice(following, limit + 1))
    if len(entries) <= limit:
        return Page(entries, "")
    last = place(entries[limit - 1])
    return Page(entries[:limit], f"{last[0]}%3A{last[1]}")


def _cursor(call: Call) -> Place | None:
    text = call.params.optional("cursor")
    if text is None:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise parameter("cursor invalid")
    return int(found.group(1)), int(found.group(2))
