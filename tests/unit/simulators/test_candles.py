"""Bars of every interval of one price: what was heard, quiet times, and the past."""

import itertools
from decimal import Decimal

from tests.unit.simulators.worlds import START_NS
from venues.simulators.bars import DAY_MS, MINUTE_MS, Bar, days, hours, minutes, quiet, seconds
from venues.simulators.candles import TIERS, Candles

D = Decimal
START_MS = START_NS // 1_000_000 // DAY_MS * DAY_MS


def heard(*prices: int) -> Candles:
    """One price a minute, from the beginning of a day on."""
    candles = Candles()
    for number, price in enumerate(prices):
        candles.hear(D(price), START_MS + number * MINUTE_MS, D(1), trade_id=number + 1)
    return candles


def numbers(*values: Decimal) -> list[int]:
    return [int(value) for value in values]


def closes(bars: list[Bar]) -> list[int]:
    return [int(bar.close) for bar in bars]


def test_every_interval_tells_the_same_prices() -> None:
    candles, now_ms = heard(5, 9, 4, 8, 7, 6), START_MS + 5 * MINUTE_MS
    assert closes(candles.of(minutes(1), now_ms)) == [5, 9, 4, 8, 7, 6]
    assert closes(candles.of(minutes(3), now_ms)) == [4, 6]
    (day,) = candles.of(days(1), now_ms)
    assert numbers(day.open, day.high, day.low, day.close, day.volume) == [5, 9, 4, 6, 6]
    assert candles.of(hours(1), now_ms) == [day]


def test_a_quiet_time_is_flat() -> None:
    candles, now_ms = heard(5), START_MS + 3 * MINUTE_MS
    bars = candles.of(minutes(1), now_ms)
    assert closes(bars) == [5, 5, 5, 5]
    assert [bar.volume for bar in bars] == [1, 0, 0, 0]
    assert candles.at(hours(1), now_ms) == candles.of(hours(1), now_ms)[0]


def test_who_looks_at_a_quiet_bar_does_not_change_where_it_opens() -> None:
    candles = heard(5)
    candles.of(minutes(1), START_MS + MINUTE_MS)
    candles.hear(D(8), START_MS + MINUTE_MS + 1)
    bar = candles.at(minutes(1), START_MS + MINUTE_MS)
    assert bar is not None
    assert numbers(bar.open, bar.low, bar.high) == [8, 8, 8]


def test_bars_are_told_once_when_they_end() -> None:
    candles = heard(5, 9, 4, 8)
    beats = range(START_MS, START_MS + 6 * MINUTE_MS, MINUTE_MS // 3)
    ended = [
        bar
        for before, now in itertools.pairwise(beats)
        for bar in candles.ended(minutes(1), before, now)
    ]
    assert closes(ended) == [5, 9, 4, 8, 8]
    assert closes(candles.ended(minutes(3), START_MS, START_MS + 6 * MINUTE_MS)) == [4, 8]


def test_a_price_that_was_never_heard_has_no_bars() -> None:
    assert Candles().of(days(1), START_MS) == []
    assert Candles().at(minutes(1), START_MS) is None
    assert Candles().ended(minutes(1), START_MS, START_MS + DAY_MS) == []


def test_the_past_goes_before_what_was_heard_and_shares_the_bar_between() -> None:
    candles = Candles()

    def past(number: int) -> list[Bar]:
        length_ms = TIERS[number].length_ms
        begun = (START_MS + 30_000) // length_ms * length_ms
        bars = [quiet(begun - n * length_ms, D(3)) for n in range(3, -1, -1)]
        bars[-1].hear(D(2), D(5))
        return bars

    candles.past = past
    candles.hear(D(4), START_MS + 30_000, D(1))
    bars = candles.of(minutes(1), START_MS + MINUTE_MS)
    shared = bars[-2]
    assert numbers(shared.open, shared.low, shared.high, shared.volume) == [2, 2, 4, 6]
    assert closes(bars) == [3, 3, 3, 4, 4]


def test_no_more_is_kept_than_was_meant_to() -> None:
    candles = heard(5)
    later_ms = START_MS + 10 * DAY_MS
    for interval, tier in ((seconds(1), TIERS[0]), (minutes(1), TIERS[1])):
        bars = candles.of(interval, later_ms)
        assert len(bars) == tier.kept
        assert bars[-1].open_ms == later_ms
