"""Bars of trading: of any length that a venue serves, folded from shorter ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from venues.simulators.matching import ZERO

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
# Time began on a Thursday; weeks begin on Mondays.
MONDAY_MS = 4 * DAY_MS


@dataclass(slots=True)
class Bar:
    """What a price did and how much was traded from ``open_ms`` on. Quiet ones have no trades."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    taker_buy_volume: Decimal = ZERO
    taker_buy_quote_volume: Decimal = ZERO
    trades: int = 0
    first_id: int = 0
    last_id: int = 0

    def hear(
        self, price: Decimal, quantity: Decimal = ZERO, *, bought: bool = False, trade_id: int = 0
    ) -> None:
        """A price of this time, and what was traded at it; ``bought`` if its taker bought."""
        if not self.trades:
            self.open = self.high = self.low = price
            self.first_id = trade_id
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.close = price
        self.volume += quantity
        self.quote_volume += price * quantity
        if bought:
            self.taker_buy_volume += quantity
            self.taker_buy_quote_volume += price * quantity
        self.trades += 1
        self.last_id = trade_id

    def join(self, later: "Bar") -> None:
        """Go on with the bar that follows."""
        self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.quote_volume += later.quote_volume
        self.taker_buy_volume += later.taker_buy_volume
        self.taker_buy_quote_volume += later.taker_buy_quote_volume
        self.trades += later.trades
        self.first_id = self.first_id or later.first_id
        self.last_id = later.last_id or self.last_id


def quiet(open_ms: int, price: Decimal) -> Bar:
    """A bar in which nothing happened."""
    return Bar(open_ms, price, price, price, price)


@dataclass(frozen=True, slots=True)
class Interval:
    """How long bars are and when they begin: at multiples of a length after ``origin_ms``, or with
    every so many calendar months (``length_ms`` is 0 then)."""

    length_ms: int
    months: int = 0
    origin_ms: int = 0

    def open_ms(self, time_ms: int) -> int:
        """When the bar that a time falls into began."""
        since = time_ms - self.origin_ms
        if self.months:
            return _month_ms(_month_of(since) // self.months * self.months) + self.origin_ms
        return since // self.length_ms * self.length_ms + self.origin_ms

    def end_ms(self, open_ms: int) -> int:
        """When the next bar begins."""
        if self.months:
            return _month_ms(_month_of(open_ms - self.origin_ms) + self.months) + self.origin_ms
        return open_ms + self.length_ms

    def ahead(self, ahead_ms: int) -> "Interval":
        """The same by a clock that is so far before UTC."""
        return replace(self, origin_ms=self.origin_ms - ahead_ms)

    def is_made_of(self, length_ms: int) -> bool:
        """Whether bars of a length fit into it without a rest."""
        return not self.length_ms % length_ms and not self.origin_ms % length_ms


def seconds(count: int) -> Interval:
    """Bars of seconds."""
    return Interval(count * SECOND_MS)


def minutes(count: int) -> Interval:
    """Bars of minutes."""
    return Interval(count * MINUTE_MS)


def hours(count: int) -> Interval:
    """Bars of hours."""
    return Interval(count * HOUR_MS)


def days(count: int) -> Interval:
    """Bars of days."""
    return Interval(count * DAY_MS)


def weeks(count: int) -> Interval:
    """Bars of weeks, from Monday on."""
    return Interval(count * WEEK_MS, origin_ms=MONDAY_MS)


def months(count: int) -> Interval:
    """Bars of calendar months."""
    return Interval(0, months=count)


def fold(bars: Iterable[Bar], interval: Interval) -> list[Bar]:
    """Bars of an interval out of shorter ones, oldest first.

    The first is left out if its beginning is not there. The shorter ones stay as they are.
    """
    folded: list[Bar] = []
    end_ms, complete = 0, False
    for bar in bars:
        if bar.open_ms >= end_ms:
            open_ms = interval.open_ms(bar.open_ms)
            end_ms = interval.end_ms(open_ms)
            complete = complete or bar.open_ms == open_ms
            if complete:
                folded.append(replace(bar, open_ms=open_ms))
        elif complete:
            folded[-1].join(bar)
    return folded


def _month_of(time_ms: int) -> int:
    """Months since the year 0."""
    date = datetime.fromtimestamp(time_ms / 1000, UTC)
    return date.year * 12 + date.month - 1


def _month_ms(month: int) -> int:
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1000
