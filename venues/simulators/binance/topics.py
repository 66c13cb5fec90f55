"""The names of market streams."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from venues.simulators.bars import DAY_MS, HOUR_MS, Interval
from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.intervals import interval_of, zone_ms


class Kind(StrEnum):
    """What a market stream tells of."""

    TRADE = "trade"
    AGGREGATE_TRADE = "aggTrade"
    TOP = "bookTicker"
    DEPTH = "depth"
    PARTIAL_DEPTH = "partial depth"
    TICKER = "ticker"
    MINI_TICKER = "miniTicker"
    WINDOW_TICKER = "window ticker"
    AVERAGE = "avgPrice"
    MARK = "markPrice"
    BAR = "kline"
    CONTRACT_BAR = "continuousKline"


@dataclass(frozen=True, slots=True)
class Topic:
    """One market stream: of a symbol, or of all (``symbol`` None), then mostly as a list.

    ``depth`` is of partial books, ``window`` of ticker windows by their name, ``interval`` of bars.
    """

    name: str
    kind: Kind
    symbol: str | None
    depth: int = 0
    window: str = ""
    interval: Interval | None = None
    interval_name: str = ""


WINDOWS_MS = {"1h": HOUR_MS, "4h": 4 * HOUR_MS, "1d": DAY_MS}

_SPOT_ONLY = frozenset({Kind.AVERAGE, Kind.WINDOW_TICKER})
_FUTURES_ONLY = frozenset({Kind.MARK, Kind.CONTRACT_BAR})
_ALL = re.compile(r"!(miniTicker|ticker|markPrice)@arr(?:@1s)?|!(bookTicker)|!ticker_(\w+)@arr")
_ONE = re.compile(r"([a-z0-9]+)@(trade|aggTrade|bookTicker|ticker|miniTicker|avgPrice)")
_MARK = re.compile(r"([a-z0-9]+)@markPrice(?:@1s)?")
_DEPTH = re.compile(r"([a-z0-9]+)@depth(5|10|20)?(?:@\d+ms)?")
_WINDOW = re.compile(r"([a-z0-9]+)@ticker_(\w+)")
_BAR = re.compile(r"([a-z0-9]+)@kline_(\w+)(?:@([+-]\d\d:\d\d))?")
_CONTRACT_BAR = re.compile(r"([a-z0-9]+)_perpetual@continuousKline_(\w+)")


def topic_of(name: str, *, futures: bool) -> Topic | None:
    """The market stream of a name; None for one that the product does not have."""
    absent = _SPOT_ONLY if futures else _FUTURES_ONLY
    for topic in _read(name, futures=futures):
        if topic.kind not in absent:
            return topic
    return None


def _read(name: str, *, futures: bool) -> Iterator[Topic]:
    if found := _ALL.fullmatch(name):
        plain, top, window = found.groups()
        if window in WINDOWS_MS:
            yield Topic(name, Kind.WINDOW_TICKER, None, window=window)
        elif top is None and plain is not None:
            yield Topic(name, Kind(plain), None)
        elif top is not None and futures:
            yield Topic(name, Kind.TOP, None)
    elif found := _ONE.fullmatch(name):
        yield Topic(name, Kind(found.group(2)), found.group(1).upper())
    elif found := _MARK.fullmatch(name):
        yield Topic(name, Kind.MARK, found.group(1).upper())
    elif found := _DEPTH.fullmatch(name):
        kind = Kind.PARTIAL_DEPTH if found.group(2) else Kind.DEPTH
        yield Topic(name, kind, found.group(1).upper(), depth=int(found.group(2) or 0))
    elif found := _WINDOW.fullmatch(name):
        if found.group(2) in WINDOWS_MS:
            yield Topic(name, Kind.WINDOW_TICKER, found.group(1).upper(), window=found.group(2))
    elif found := _BAR.fullmatch(name):
        yield from _bar(name, Kind.BAR, *found.groups(), futures=futures)
    elif found := _CONTRACT_BAR.fullmatch(name):
        yield from _bar(name, Kind.CONTRACT_BAR, *found.groups(), futures=futures)


def _bar(
    name: str,
    kind: Kind,
    symbol: str,
    interval_name: str,
    zone: str | None = None,
    *,
    futures: bool,
) -> Iterator[Topic]:
    try:
        ahead_ms = zone_ms(zone or "0")
        interval = interval_of(interval_name, futures=futures, ahead_ms=ahead_ms)
    except ApiError:
        return
    yield Topic(name, kind, symbol.upper(), interval=interval, interval_name=interval_name)
