"""Markets that were recorded: read, lined up in time, and played."""

import itertools
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.simulators.worlds import START_NS, SYMBOL, futures_exchange, spot_exchange
from venues.simulators.bars import minutes
from venues.simulators.binance.products import FUTURES_NAME, SPOT_NAME
from venues.simulators.market import Listing, Market
from venues.simulators.matching import Side
from venues.simulators.recordings import NoRecording, Recording, load_recording

D = Decimal
SECOND_NS = 1_000_000_000
BYBIT = "crypto_bybit_minute_btcusdt_20221213"
BINANCE = "crypto_binance_minute_btcbusd_20221213"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def write(folder: Path, name: str, *rows: str) -> None:
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        archive.writestr(f"{name}.csv", "\n".join(rows))


@pytest.fixture
def recorded(tmp_path: Path) -> Recording:
    """Bybit spot from 00:01 to 00:04 without 00:03; Binance spot from 00:00 to 00:03."""
    quotes = [
        "60000,100,110,90,104,1,102,112,92,106,1",
        "120000,104,106,102,103,8,106,108,104,105,8",
        "240000,200,200,200,200,1,202,202,202,202,1",
    ]
    write(tmp_path, f"{BYBIT}_quote", *quotes)
    volumes = {60_000: 5, 120_000: 50, 180_000: 5, 240_000: 5}
    write(tmp_path, f"{BYBIT}_trade", *(f"{ms},1,1,1,1,{each}" for ms, each in volumes.items()))
    trades = [f"{minute * 60_000},{50 + minute},60,40,{51 + minute},7" for minute in range(4)]
    write(tmp_path, f"{BINANCE}_trade", *trades)
    return load_recording(tmp_path)


def test_series_begin_and_end_together(recorded: Recording) -> None:
    assert (recorded.first_ms, recorded.minutes) == (60_000, 3)
    bybit, _ = recorded.at("crypto_bybit_btcusdt", 0)
    binance, _ = recorded.at("crypto_binance_btcbusd", 0)
    assert (bybit.path[0], binance.path[0]) == (D(101), D(51))


def test_a_gap_stays_where_the_price_was_left(recorded: Recording) -> None:
    """A quote bar is left out where no quote changed: nothing moved, and yet some traded."""
    before, _ = recorded.at("crypto_bybit_btcusdt", 60_000)
    gap, _ = recorded.at("crypto_bybit_btcusdt", 120_000)
    assert set(gap.path) == {before.path[3]} == {D(104)}
    assert (gap.half_spread, gap.depth) == (before.half_spread, before.depth)
    assert (before.pace, gap.pace) == (D(10), D(1))


def test_after_its_end_it_begins_again(recorded: Recording) -> None:
    again, into = recorded.at("crypto_binance_btcbusd", 3 * 60_000 + 20_000)
    assert (again.path[0], into) == (D(51), 20_000)


def test_a_rising_minute_falls_first(recorded: Recording) -> None:
    minute, _ = recorded.at("crypto_bybit_btcusdt", 0)
    assert [minute.price(ms) for ms in (0, 20_000, 40_000, 60_000)] == [101, 91, 111, 105]
    assert minute.half_spread == 1


def test_sizes_and_volumes_are_multiples_of_the_usual(recorded: Recording) -> None:
    usual, _ = recorded.at("crypto_bybit_btcusdt", 0)
    busy, _ = recorded.at("crypto_bybit_btcusdt", 60_000)
    assert (usual.depth, usual.pace) == (D(1), D(1))
    assert (busy.depth, busy.pace) == (D(8), D(10))


def test_a_folder_without_a_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match="Bybit spot"):
        load_recording(tmp_path)


def market_of(folder: Path, recording: Recording) -> tuple[Market, list[Listing]]:
    listings = [
        Listing(SPOT_NAME, spot_exchange(folder / "spot.jsonl")),
        Listing(FUTURES_NAME, futures_exchange(folder / "futures.jsonl")),
    ]
    return Market(listings, 1, recording), listings


def test_each_venue_plays_its_own_series_and_others_the_main_one(
    tmp_path: Path, recorded: Recording
) -> None:
    market, (spot, futures) = market_of(tmp_path, recorded)
    market.step(START_NS)
    basis = futures.exchange.instruments[SYMBOL].basis
    assert spot.exchange.marks[SYMBOL] == D(51)
    assert futures.exchange.indices[SYMBOL] == D(101)
    assert abs(futures.exchange.marks[SYMBOL] - D(101) - basis) < 1
    assert spot.exchange.marks["ETHUSDT"] > 1000


def test_time_passes_as_it_was_recorded(tmp_path: Path, recorded: Recording) -> None:
    market, (spot, _) = market_of(tmp_path, recorded)
    marks = []
    for second in (0, 20, 60, 120):
        market.step(START_NS + second * SECOND_NS)
        marks.append(spot.exchange.marks[SYMBOL])
    assert marks == [51, 40, 52, 53]


def test_a_recorded_market_can_be_moved_and_stopped(tmp_path: Path, recorded: Recording) -> None:
    market, (spot, futures) = market_of(tmp_path, recorded)
    market.step(START_NS)
    market.freeze(None, frozen=True)
    market.jump(SYMBOL, D(151), START_NS)
    market.step(START_NS + 20 * SECOND_NS)
    assert spot.exchange.marks[SYMBOL] == D(151)
    assert futures.exchange.indices[SYMBOL] == D(201)
    market.freeze(None, frozen=False)
    market.step(START_NS + 60 * SECOND_NS)
    assert spot.exchange.marks[SYMBOL] == D(152)


def test_before_the_start_bars_tell_of_the_recording_as_if_it_had_been_played(
    tmp_path: Path, recorded: Recording
) -> None:
    market, (spot, _) = market_of(tmp_path, recorded)
    market.step(START_NS)
    bars = spot.exchange.tapes[SYMBOL].candles.of(minutes(1), START_NS // 1_000_000)
    assert len(bars) > 1000
    assert {int(bar.high) for bar in bars[:-2]} == {60}
    assert {int(bar.low) for bar in bars[:-2]} == {40}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings of ../shared/data are not here")
def test_the_recorded_day_is_one_market_of_five_series(tmp_path: Path) -> None:
    recording = load_recording(SHARED)
    assert recording.minutes == 721
    market, listings = market_of(tmp_path, recording)
    for minute in range(0, 720, 30):
        market.step(START_NS + minute * 60 * SECOND_NS)
        for listing in listings:
            book = listing.exchange.books[SYMBOL]
            bid, ask = book.best(Side.BUY), book.best(Side.SELL)
            assert bid is not None
            assert ask is not None
            assert 17_000 < bid[0] < ask[0] < 18_000
        spot, futures = (each.exchange.marks[SYMBOL] for each in listings)
        assert abs(spot - futures) < 60


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recordings of ../shared/data are not here")
def test_the_recorded_contracts_go_on_where_they_were_left() -> None:
    """A third of their minutes have no quote bar; the next one begins where the last one ended."""
    recording = load_recording(SHARED)
    for series in ("cryptofuture_bybit_btcusdt", "cryptofuture_binance_btcusd"):
        minutes_ = [recording.at(series, n * 60_000)[0] for n in range(recording.minutes)]
        jumps = [
            abs(after.path[0] - before.path[3]) for before, after in itertools.pairwise(minutes_)
        ]
        assert max(jumps) < 2
