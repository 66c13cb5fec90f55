"""The venue's names of intervals, and the clocks that bars may follow."""

import re
from collections.abc import Mapping

from venues.simulators.bars import (
    HOUR_MS,
    MINUTE_MS,
    Interval,
    days,
    hours,
    minutes,
    months,
    seconds,
    weeks,
)
from venues.simulators.binance.errors import INVALID_INTERVAL, ApiError, invalid

FUTURES_INTERVALS: Mapping[str, Interval] = {
    **{f"{count}m": minutes(count) for count in (1, 3, 5, 15, 30)},
    **{f"{count}h": hours(count) for count in (1, 2, 4, 6, 8, 12)},
    "1d": days(1),
    "3d": days(3),
    "1w": weeks(1),
    "1M": months(1),
}
SPOT_INTERVALS: Mapping[str, Interval] = {"1s": seconds(1), **FUTURES_INTERVALS}

_ZONE = re.compile(r"([+-]?)(\d{1,2})(?::([0-5]\d))?", re.ASCII)
_WEST_MS, _EAST_MS = -12 * HOUR_MS, 14 * HOUR_MS


def interval_of(name: str, *, futures: bool, ahead_ms: int = 0) -> Interval:
    """The interval of a name, on a clock that is ``ahead_ms`` before UTC; raises ApiError."""
    interval = (FUTURES_INTERVALS if futures else SPOT_INTERVALS).get(name)
    if interval is None:
        raise ApiError(*INVALID_INTERVAL)
    return interval.ahead(ahead_ms)


def zone_ms(text: str) -> int:
    """How far a ``timeZone`` (``8``, ``-1:00``, ``05:45``) is ahead of UTC; raises ApiError."""
    found = _ZONE.fullmatch(text)
    if found is None:
        raise invalid("timeZone")
    sign, hour, minute = found.groups()
    ahead_ms = int(hour) * HOUR_MS + int(minute or 0) * MINUTE_MS
    ahead_ms = -ahead_ms if sign == "-" else ahead_ms
    if not _WEST_MS <= ahead_ms <= _EAST_MS:
        raise invalid("timeZone")
    return ahead_ms
