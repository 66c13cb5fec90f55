"""The widths of bars and the durations of history, as IB writes them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from venues.simulators.ib.errors import invalid
from venues.simulators.ib.hours import SECOND_NS, local_time, midnight_of

HOUR_S, DAY_S = 3600, 86_400
_INTRADAY: Mapping[str, int] = {
    "1 secs": 1,
    "5 secs": 5,
    "10 secs": 10,
    "15 secs": 15,
    "30 secs": 30,
    "1 min": 60,
    "2 mins": 120,
    "3 mins": 180,
    "5 mins": 300,
    "10 mins": 600,
    "15 mins": 900,
    "20 mins": 1200,
    "30 mins": 1800,
    "1 hour": HOUR_S,
    "2 hours": 2 * HOUR_S,
    "3 hours": 3 * HOUR_S,
    "4 hours": 4 * HOUR_S,
    "8 hours": 8 * HOUR_S,
}
_CALENDAR = ("1 day", "1 week", "1 month")
_UNITS: Mapping[str, int] = {
    "S": 1,
    "D": DAY_S,
    "W": 7 * DAY_S,
    "M": 31 * DAY_S,
    "Y": 366 * DAY_S,
}


class BarSize:
    """A width by its name. Raises ApiError 321 for one that IB does not have."""

    def __init__(self, name: str) -> None:
        if name not in _INTRADAY and name not in _CALENDAR:
            legal = ", ".join((*_INTRADAY, *_CALENDAR))
            raise invalid(f"Historical data bar size setting is invalid. Legal ones are: {legal}.")
        self.name = name

    @property
    def is_intraday(self) -> bool:
        """Whether bars are told with their time, and not by their day alone."""
        return self.name in _INTRADAY

    @property
    def least_s(self) -> int:
        """The width in seconds, of days and more that of a day."""
        return _INTRADAY.get(self.name, DAY_S)

    def starts(self, zone: str) -> Callable[[int], int]:
        """When the bar of a moment began, in the time zone of its exchange."""
        if self.is_intraday:
            step_s = _INTRADAY[self.name]
            return lambda time_s: time_s // step_s * step_s
        return lambda time_s: int(self._first_day(local_time(time_s * SECOND_NS, zone)).timestamp())

    def _first_day(self, moment: datetime) -> datetime:
        day = midnight_of(moment)
        match self.name:
            case "1 week":
                return midnight_of(day - timedelta(days=day.weekday()))
            case "1 month":
                return day.replace(day=1)
            case _:
                return day


def duration_s(text: str) -> int:
    """A duration such as ``3600 S``, ``2 D``, ``1 W``, ``6 M`` or ``1 Y``. Raises ApiError 321."""
    count, _, unit = text.strip().partition(" ")
    if not (count.isdecimal() and len(count) < 6 and unit in _UNITS):
        raise invalid(
            "Historical data query duration string did not parse: give an integer followed by a "
            "space and S, D, W, M or Y"
        )
    return int(count) * _UNITS[unit]
