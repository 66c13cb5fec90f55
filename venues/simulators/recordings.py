"""Recorded markets: minute bars of several venues at the same time, played at their own pace.

A folder holds files as QuantConnect's Lean names them, ``<security>_<venue>_minute_<symbol>_<day>_
<trade|quote>.zip``, one CSV without header in each. The first column is milliseconds since
midnight UTC; a trade bar goes on with open, high, low, close and volume; a quote bar with bid
open, high, low, close and size, then the same of the ask.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from statistics import median

from venues.simulators.instruments import Instrument, Kind
from venues.simulators.prices import EXACT, Swing

MINUTE_MS = 60_000
NS_PER_MS = 1_000_000
_FILE = re.compile(r"(crypto|cryptofuture)_([a-z]+)_minute_([a-z]+)_(\d{8})_(trade|quote)\.zip")
_LEAST, _MOST = Decimal("0.1"), Decimal(10)

UNDERLYING = "BTC"
"""What the recordings that this module knows are of."""

MAIN_SERIES = "crypto_bybit_btcusdt"
"""What instruments of the underlying follow that have no series of their own."""

SERIES: Mapping[tuple[str, Kind], str] = {
    ("BINANCE_SPOT", Kind.SPOT): "crypto_binance_btcbusd",
    ("BINANCE_FUTURES", Kind.LINEAR): "cryptofuture_binance_btcusd",
    ("BYBIT", Kind.SPOT): "crypto_bybit_btcusdt",
    ("BYBIT", Kind.LINEAR): "cryptofuture_bybit_btcusdt",
    ("BYBIT", Kind.INVERSE): "cryptofuture_bybit_btcusd",
}
"""The series of an instrument, by its venue and kind. Where the very product was not recorded, the
nearest one of its venue stands for it."""


class NoRecording(ValueError):
    """A folder that holds no recording to play; the message says what it should hold."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a series: the middle price as it moved, the spread, sizes and volume.

    ``path`` is open, the extreme that came first, the other one, and close.
    """

    path: tuple[Decimal, Decimal, Decimal, Decimal]
    half_spread: Decimal | None
    depth: Decimal
    pace: Decimal

    def price(self, ms: int) -> Decimal:
        """The middle price so many milliseconds into the minute."""
        leg, into = divmod(ms * 3, MINUTE_MS)
        before, after = self.path[leg], self.path[min(leg + 1, 3)]
        return before + (after - before) * into / MINUTE_MS

    def held(self, pace: Decimal) -> "Minute":
        """A minute after this one in which the price did not move."""
        close = self.path[3]
        return replace(self, path=(close, close, close, close), pace=pace)


@dataclass(frozen=True, slots=True)
class Series:
    """What was recorded of one instrument: minutes whose price is known, and how busy minutes were.

    A minute without a price is one in which it did not move; there may be a pace for it all the
    same.
    """

    minutes: Mapping[int, Minute]
    paces: Mapping[int, Decimal]

    def between(self, first: int, last: int) -> list[Minute]:
        """All minutes of a time."""
        known = self.minutes[max(ms for ms in self.minutes if ms <= first)]
        filled: list[Minute] = []
        for ms in range(first, last + MINUTE_MS, MINUTE_MS):
            known = self.minutes.get(ms) or known.held(self.paces.get(ms, _LEAST))
            filled.append(known)
        return filled


class Recording:
    """Minutes of several series over the same time."""

    def __init__(self, series: Mapping[str, Series]) -> None:
        first = max(min(each.minutes) for each in series.values())
        last = min(max(each.minutes) for each in series.values())
        if first > last:
            raise NoRecording("the series of the recording have no time in common")
        self._series = {name: each.between(first, last) for name, each in series.items()}
        self._extremes = {
            name: [(float(max(minute.path)), float(min(minute.path))) for minute in minutes]
            for name, minutes in self._series.items()
        }
        self.minutes = (last - first) // MINUTE_MS + 1
        self.first_ms = first

    def __contains__(self, name: str) -> bool:
        return name in self._series

    def at(self, name: str, elapsed_ms: int) -> tuple[Minute, int]:
        """The minute of a series at that time since the beginning, and the time into it.

        After the end it begins again.
        """
        minute, into = divmod(elapsed_ms, MINUTE_MS)
        return self._series[name][minute % self.minutes], into

    def swing(self, name: str, from_ms: int, to_ms: int) -> Swing:
        """What the price of a series did in a time; of whole minutes by their extremes."""
        ends = [float(self._price(name, ms)) for ms in (from_ms, to_ms)]
        seen = list(ends)
        first, last = from_ms // MINUTE_MS, (to_ms - 1) // MINUTE_MS
        if to_ms - from_ms >= MINUTE_MS:
            for number in range(first, min(last, first + self.minutes) + 1):
                seen.extend(self._extremes[name][number % self.minutes])
        return Swing(ends[0], max(seen), min(seen), ends[1])

    def _price(self, name: str, elapsed_ms: int) -> Decimal:
        minute, into = self.at(name, elapsed_ms)
        return minute.price(into)


class RecordedPrice:
    """The price of one series. Time runs from the first step, at the recorded pace."""

    def __init__(self, recording: Recording, series: str) -> None:
        self.frozen = False
        self._recording = recording
        self._series = series
        self._began_ns: int | None = None
        self._shift = Decimal(0)
        self.price = Decimal(0)
        self.half_spread: Decimal | None = None
        self.depth = self.pace = Decimal(1)
        self._read(0)

    def step(self, now_ns: int) -> None:
        """Move to the price of this time, unless frozen; time goes on then too."""
        if self._began_ns is None:
            self._began_ns = now_ns
        if not self.frozen:
            self._read((now_ns - self._began_ns) // NS_PER_MS)

    def shift(self, by: Decimal) -> None:
        """Play the rest of the recording at a higher price."""
        self._shift += by
        self.price = (self.price + by).quantize(EXACT)

    def before(self, ago_ms: int, length_ms: int) -> Swing:
        """What was played until the start, had it been played already."""
        return self._recording.swing(self._series, -ago_ms - length_ms, -ago_ms)

    def _read(self, elapsed_ms: int) -> None:
        minute, into = self._recording.at(self._series, elapsed_ms)
        self.price = minute.price(into) + self._shift
        self.half_spread = minute.half_spread
        self.depth, self.pace = minute.depth, minute.pace


def series_of(venue: str, instrument: Instrument) -> str | None:
    """The series that an instrument follows; None if its underlying was not recorded."""
    if instrument.underlying != UNDERLYING:
        return None
    return SERIES.get((venue, instrument.kind), MAIN_SERIES)


def load_recording(folder: Path) -> Recording:
    """The recording in a folder; raises NoRecording, and ValueError for a file that is broken."""
    files: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.glob("*.zip")):
        named = _FILE.fullmatch(path.name)
        if named is not None:
            security, venue, symbol, _, kind = named.groups()
            files.setdefault(f"{security}_{venue}_{symbol}", {})[kind] = path
    wanted = {name: of_kind for name, of_kind in files.items() if name in SERIES.values()}
    if MAIN_SERIES not in wanted:
        raise NoRecording(
            f"{folder} holds no recording to play: it needs at least the bars of Bybit spot, "
            "crypto_bybit_minute_btcusdt_<day>_quote.zip or _trade.zip (QuantConnect Lean's)"
        )
    return Recording({name: _series(of_kind) for name, of_kind in wanted.items()})


def _series(files: Mapping[str, Path]) -> Series:
    """A series from its quotes where there are any, and its volumes.

    A quote bar is left out where no quote changed, a trade bar where nothing was traded.
    """
    trades = dict(_rows(files["trade"], 5)) if "trade" in files else {}
    quotes = dict(_rows(files["quote"], 10)) if "quote" in files else {}
    usual_volume = _usual([row[4] for row in trades.values()])
    usual_size = _usual([row[4] + row[9] for row in quotes.values()])
    paces = {ms: _relative(row[4], usual_volume) for ms, row in trades.items()}
    minutes: dict[int, Minute] = {}
    for ms in sorted(quotes or trades):
        pace = paces.get(ms, _LEAST if trades else Decimal(1))
        if quotes:
            row = quotes[ms]
            middle = [(bid + ask) / 2 for bid, ask in zip(row[:4], row[5:9], strict=True)]
            spread = max((row[8] - row[3]) / 2, Decimal(0))
            depth = _relative(row[4] + row[9], usual_size)
            minutes[ms] = Minute(_path(*middle), spread, depth, pace)
        else:
            minutes[ms] = Minute(_path(*trades[ms][:4]), None, Decimal(1), pace)
    return Series(minutes, paces)


def _rows(path: Path, columns: int) -> Iterator[tuple[int, list[Decimal]]]:
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        for row in csv.reader(io.TextIOWrapper(file, "ascii")):
            # A side that was empty for a whole minute has no prices.
            if len(row) == columns + 1 and all(row):
                yield int(row[0]), [Decimal(cell) for cell in row[1:]]


def _path(
    first: Decimal, high: Decimal, low: Decimal, last: Decimal
) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """A rising minute is taken to have fallen first, and the reverse."""
    return (first, low, high, last) if last >= first else (first, high, low, last)


def _usual(amounts: list[Decimal]) -> Decimal:
    return median(amounts) if amounts else Decimal(1)


def _relative(amount: Decimal, usual: Decimal) -> Decimal:
    """How many times the usual an amount is, within reason."""
    return min(max(amount / usual, _LEAST), _MOST) if usual else Decimal(1)
