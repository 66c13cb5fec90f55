"""The price indices: what they are now, and what they were, minute by minute, since the start."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import PERPETUALS

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
MINUTES_KEPT = 3 * 1440
INDICES = tuple(PERPETUALS)
VOLATILITY = Decimal(50)
"""The implied volatility of every option here, in percent, and so the index of it."""


@dataclass(slots=True)
class IndexMinute:
    """An index over one minute."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


class Indices:
    """All indices of the venue."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._minutes: dict[str, list[IndexMinute]] = {name: [] for name in INDICES}

    def price(self, name: str) -> Decimal:
        """An index now; raises RpcError for one that there is not."""
        if name not in PERPETUALS:
            raise invalid_params("index_name", "index not found")
        return self._desk.index(PERPETUALS[name])

    def beat(self, now_ms: int) -> None:
        """Note what the indices are."""
        open_ms = now_ms // MINUTE_MS * MINUTE_MS
        for name, minutes in self._minutes.items():
            price = self.price(name)
            if not minutes or minutes[-1].open_ms < open_ms:
                minutes.append(IndexMinute(open_ms, price, price, price, price))
                del minutes[:-MINUTES_KEPT]
            minute = minutes[-1]
            minute.high, minute.low = max(minute.high, price), min(minute.low, price)
            minute.close = price

    def minutes(self, name: str, since_ms: int) -> list[IndexMinute]:
        """The minutes of an index from a time on, oldest first."""
        self.price(name)
        known = self._minutes[name]
        return known[bisect_left(known, since_ms, key=lambda minute: minute.open_ms) :]

    def price_at(self, name: str, time_ms: int) -> Decimal:
        """An index at a time; the nearest that is known."""
        known = self._minutes[name]
        place = bisect_right(known, time_ms, key=lambda minute: minute.open_ms)
        if place:
            return known[place - 1].close
        return known[0].open if known else self.price(name)
