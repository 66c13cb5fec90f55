"""The day that TWS answers for: executions and finished orders of before are told no more."""

from collections.abc import Callable
from datetime import timedelta

from venues.simulators.ib.hours import end_of_day_ns, local_time, midnight_of, start_of_day_ns
from venues.simulators.ib.listings import EASTERN


class TradingDay:
    """Begins at midnight of the login's time zone; or later, where ``forced_ns`` says when it was
    made to begin (zero: it was not)."""

    def __init__(self, forced_ns: Callable[[], int], zone: str = EASTERN) -> None:
        self._forced_ns = forced_ns
        self._zone = zone
        self._midnight_ns = self._next_midnight_ns = 0

    def began_ns(self, now_ns: int) -> int:
        """When the day of a moment began."""
        if not self._midnight_ns <= now_ns < self._next_midnight_ns:
            self._midnight_ns = start_of_day_ns(now_ns, self._zone)
            self._next_midnight_ns = end_of_day_ns(now_ns, self._zone)
        return max(self._midnight_ns, self._forced_ns())

    def clock(self, now_ns: int) -> str:
        """The time on the clock of the login, by which the day began at midnight."""
        began_ns = self.began_ns(now_ns)
        midnight = midnight_of(local_time(began_ns, self._zone)).replace(tzinfo=None)
        told = midnight + timedelta(microseconds=(now_ns - began_ns) // 1000)
        return f"{told:%Y%m%d %H:%M:%S} {self._zone}"
