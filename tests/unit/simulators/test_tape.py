"""The public record: minutes and days."""

from decimal import Decimal

from tests.unit.simulators.worlds import START_NS, SYMBOL
from venues.simulators.bars import MINUTE_MS
from venues.simulators.events import Print
from venues.simulators.matching import Side
from venues.simulators.tape import MINUTE, Tape

D = Decimal
START_MS = START_NS // 1_000_000


def trade(number: int, price: int, side: Side, after_s: int) -> Print:
    time_ns = START_NS + after_s * 1_000_000_000
    return Print(number, SYMBOL, D(price), D(2), side, time_ns)


def recorded() -> Tape:
    tape = Tape()
    tape.add(trade(1, 100, Side.BUY, 0))
    tape.add(trade(2, 90, Side.SELL, 1))
    tape.add(trade(3, 95, Side.BUY, 2))
    tape.add(trade(4, 97, Side.SELL, 61))
    return tape


def test_a_bar_tells_its_minute() -> None:
    first, second = recorded().candles.of(MINUTE, START_MS + 61_000)
    assert first.open_ms == START_MS // MINUTE_MS * MINUTE_MS
    assert (first.open, first.high, first.low, first.close) == (D(100), D(100), D(90), D(95))
    assert (first.volume, first.quote_volume, first.trades) == (D(6), D(570), 3)
    assert (first.taker_buy_volume, first.taker_buy_quote_volume) == (D(4), D(390))
    assert (second.open, second.first_id, second.last_id) == (D(97), 4, 4)


def test_a_day_is_its_minutes_together() -> None:
    day = recorded().day(START_MS + 120_000)
    assert day is not None
    assert (day.open, day.high, day.low, day.close) == (D(100), D(100), D(90), D(97))
    assert (day.volume, day.trades, day.first_id, day.last_id) == (D(8), 4, 1, 4)


def test_a_day_goes_on_with_every_trade() -> None:
    tape = recorded()
    tape.day(START_MS + 62_000)
    tape.add(trade(5, 101, Side.BUY, 63))
    day = tape.day(START_MS + 63_000)
    assert day is not None
    assert (day.high, day.close, day.trades) == (D(101), D(101), 5)


def test_yesterday_is_forgotten() -> None:
    day = recorded().day(START_MS + 2 * 86_400_000)
    assert day is not None
    assert (day.open, day.close, day.volume, day.trades) == (D(97), D(97), D(0), 0)


def test_before_the_first_trade_there_is_no_day() -> None:
    assert Tape().day(START_MS) is None
