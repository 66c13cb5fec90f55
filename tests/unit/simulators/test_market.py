"""The synthetic market: seeded, two-sided, and movable."""

import itertools
from decimal import Decimal
from pathlib import Path

from tests.unit.simulators.worlds import START_NS, SYMBOL, futures_exchange, spot_exchange
from venues.simulators.bars import days, hours, minutes
from venues.simulators.exchange import Exchange
from venues.simulators.market import LADDER_LEVELS, Listing, Market
from venues.simulators.matching import Level, Side

D = Decimal
SECOND_NS = 1_000_000_000


def market_of(folder: Path, seed: int) -> tuple[Market, Exchange, Exchange]:
    spot = spot_exchange(folder / f"spot{seed}.jsonl")
    futures = futures_exchange(folder / f"futures{seed}.jsonl")
    return Market([Listing("spot", spot), Listing("futures", futures)], seed), spot, futures


def steps(market: Market, exchange: Exchange, count: int) -> list[list[Level]]:
    seen = []
    for number in range(count):
        market.step(START_NS + number * SECOND_NS)
        seen.append(exchange.books[SYMBOL].levels(Side.BUY, 100))
    return seen


def test_the_same_seed_gives_the_same_market(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    one, one_spot, _ = market_of(tmp_path, 7)
    two, two_spot, _ = market_of(tmp_path / "again", 7)
    assert steps(one, one_spot, 50) == steps(two, two_spot, 50)


def test_another_seed_gives_another_market(tmp_path: Path) -> None:
    one, one_spot, _ = market_of(tmp_path, 7)
    two, two_spot, _ = market_of(tmp_path, 8)
    assert steps(one, one_spot, 5) != steps(two, two_spot, 5)


def test_quotes_are_on_the_tick_and_the_step_and_surround_the_mark(tmp_path: Path) -> None:
    market, spot, futures = market_of(tmp_path, 7)
    steps(market, spot, 20)
    for exchange in (spot, futures):
        instrument = exchange.instruments[SYMBOL]
        for side, sign in ((Side.BUY, -1), (Side.SELL, 1)):
            levels = exchange.books[SYMBOL].levels(side, 100)
            assert 1 <= len(levels) <= LADDER_LEVELS
            assert all(price % instrument.tick == 0 for price, _ in levels)
            assert all(quantity % instrument.step == 0 for _, quantity in levels)
            assert all((price - exchange.marks[SYMBOL]) * sign > 0 for price, _ in levels)


def test_venues_follow_one_price(tmp_path: Path) -> None:
    market, spot, futures = market_of(tmp_path, 7)
    steps(market, spot, 200)
    basis = futures.instruments[SYMBOL].basis
    assert abs(futures.marks[SYMBOL] - spot.marks[SYMBOL] - basis) < D(1)


def test_a_jump_moves_every_venue_at_once(tmp_path: Path) -> None:
    market, spot, futures = market_of(tmp_path, 7)
    market.step(START_NS)
    market.jump(SYMBOL, D(95_000), START_NS)
    assert spot.marks[SYMBOL] == D(95_000)
    assert abs(futures.marks[SYMBOL] - D(95_000)) < D(100)


def test_a_frozen_market_keeps_quoting_the_same_price(tmp_path: Path) -> None:
    market, spot, _ = market_of(tmp_path, 7)
    market.step(START_NS)
    market.freeze(None, frozen=True)
    first, second = (steps(market, spot, 1)[0] for _ in range(2))
    assert [price for price, _ in first] == [price for price, _ in second]
    assert first != second


def test_bars_reach_back_from_the_first_second_on(tmp_path: Path) -> None:
    market, spot, _ = market_of(tmp_path, 7)
    market.step(START_NS)
    candles, now_ms = spot.tapes[SYMBOL].candles, START_NS // 1_000_000
    for interval, least in ((minutes(1), 1000), (minutes(5), 500), (hours(1), 900), (days(1), 400)):
        bars = candles.of(interval, now_ms)
        assert len(bars) >= least
        opens = [bar.open_ms for bar in bars]
        assert opens == [opens[0] + n * interval.length_ms for n in range(len(bars))]
        assert all(bar.low <= min(bar.open, bar.close) for bar in bars)
        assert all(max(bar.open, bar.close) <= bar.high for bar in bars)
        assert all(one.close == next_.open for one, next_ in itertools.pairwise(bars))
        assert all(bar.volume > 0 for bar in bars[:-1])
        assert all(abs(bar.close - D(100_000)) < D(1000) for bar in bars)


def test_bars_of_one_time_agree_at_every_interval(tmp_path: Path) -> None:
    market, spot, _ = market_of(tmp_path, 7)
    steps(market, spot, 90)
    candles, now_ms = spot.tapes[SYMBOL].candles, START_NS // 1_000_000 + 90_000
    latest = {i: candles.of(i, now_ms)[-2] for i in (minutes(5), minutes(15), hours(1))}
    for interval, bar in latest.items():
        end_ms = interval.end_ms(bar.open_ms)
        inside = [
            one for one in candles.of(minutes(1), now_ms) if bar.open_ms <= one.open_ms < end_ms
        ]
        assert (bar.open, bar.close) == (inside[0].open, inside[-1].close)
        assert (bar.high, bar.low) == (max(b.high for b in inside), min(b.low for b in inside))
        assert bar.volume == sum(b.volume for b in inside)


def test_marks_and_indices_have_bars_too(tmp_path: Path) -> None:
    market, _, futures = market_of(tmp_path, 7)
    steps(market, futures, 3)
    now_ms, basis = START_NS // 1_000_000 + 3000, futures.instruments[SYMBOL].basis
    marks = futures.mark_candles[SYMBOL].of(minutes(1), now_ms)
    indices = futures.index_candles[SYMBOL].of(minutes(1), now_ms)
    assert marks[-1].close == futures.marks[SYMBOL]
    assert indices[-1].close == futures.indices[SYMBOL]
    assert {mark.close - index.close for mark, index in zip(marks, indices, strict=True)} == {basis}


def test_the_same_seed_gives_the_same_past(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    bars = []
    for folder, seed in ((tmp_path, 7), (tmp_path / "again", 7), (tmp_path, 8)):
        market, spot, _ = market_of(folder, seed)
        market.step(START_NS)
        bars.append(spot.tapes[SYMBOL].candles.of(days(1), START_NS // 1_000_000))
    assert bars[0] == bars[1]
    assert bars[0] != bars[2]
