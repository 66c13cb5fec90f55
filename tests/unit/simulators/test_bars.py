"""Bars of any interval: when they begin and end, and that short ones fold into long ones."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from venues.simulators.bars import (
    HOUR_MS,
    MINUTE_MS,
    Bar,
    Interval,
    days,
    fold,
    hours,
    minutes,
    months,
    seconds,
    weeks,
)

D = Decimal
HONG_KONG_MS = 8 * HOUR_MS


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("interval", "opens", "ends"),
    [
        (seconds(1), "2024-02-29 13:37:42", "2024-02-29 13:37:43"),
        (minutes(1), "2024-02-29 13:37", "2024-02-29 13:38"),
        (minutes(5), "2024-02-29 13:35", "2024-02-29 13:40"),
        (hours(4), "2024-02-29 12:00", "2024-02-29 16:00"),
        (days(1), "2024-02-29", "2024-03-01"),
        (days(1).ahead(HONG_KONG_MS), "2024-02-28 16:00", "2024-02-29 16:00"),
        (weeks(1), "2024-02-26", "2024-03-04"),
        (weeks(1).ahead(HONG_KONG_MS), "2024-02-25 16:00", "2024-03-03 16:00"),
        (months(1), "2024-02-01", "2024-03-01"),
        (months(3), "2024-01-01", "2024-04-01"),
        (months(1).ahead(HONG_KONG_MS), "2024-01-31 16:00", "2024-02-29 16:00"),
    ],
)
def test_a_time_falls_into_one_bar(interval: Interval, opens: str, ends: str) -> None:
    open_ms = interval.open_ms(ms("2024-02-29 13:37:42.500"))
    assert (open_ms, interval.end_ms(open_ms)) == (ms(opens), ms(ends))
    assert interval.open_ms(open_ms) == open_ms
    assert interval.open_ms(ms(ends) - 1) == open_ms


def minute(number: int, *prices: int) -> Bar:
    opened, high, low, close = (D(price) for price in prices)
    return Bar(number * MINUTE_MS, opened, high, low, close, D(2), D(20), D(1), D(10), 3, 10, 12)


def test_bars_fold_into_longer_ones() -> None:
    five = [minute(0, 5, 9, 4, 8), minute(1, 8, 8, 3, 7), minute(4, 7, 12, 7, 11)]
    first, second = fold([*five, minute(5, 11, 11, 10, 10)], minutes(5))
    assert (first.open_ms, second.open_ms) == (0, 5 * MINUTE_MS)
    assert (first.open, first.high, first.low, first.close) == (D(5), D(12), D(3), D(11))
    assert (first.volume, first.quote_volume, first.trades) == (D(6), D(60), 9)
    assert (first.taker_buy_volume, first.taker_buy_quote_volume) == (D(3), D(30))
    assert five[0] == minute(0, 5, 9, 4, 8), "what was folded must stay as it was"


def test_a_bar_whose_beginning_is_not_known_is_left_out() -> None:
    folded = fold([minute(4, 5, 9, 4, 8), minute(5, 8, 8, 3, 7)], minutes(5))
    assert [bar.open_ms for bar in folded] == [5 * MINUTE_MS]
