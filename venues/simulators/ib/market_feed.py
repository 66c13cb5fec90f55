"""Market data: top of book, trades and depth, to those who asked for them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.wire_format import Field
from venues.simulators.instruments import Kind
from venues.simulators.matching import Level, Side

BID_SIZE, BID, ASK, ASK_SIZE, LAST, LAST_SIZE, LAST_TIME, RT_VOLUME = 0, 1, 2, 3, 4, 5, 45, 48
RT_VOLUME_REQUEST = "233"
LIVE = 1
DEPTH_INTERVAL_S = 0.25
NOTHING: Level = (Decimal(-1), Decimal(0))
_INSERT, _UPDATE, _DELETE = 0, 1, 2

type Ticks = dict[int, Level]


@dataclass(slots=True, kw_only=True, eq=False)
class TopWatch:
    """One reqMktData. ``told`` is what the client knows, by tick type."""

    connection: Connection
    request_id: int
    listed: Listed
    trades: bool
    told: Ticks = field(default_factory=dict)


@dataclass(slots=True, kw_only=True, eq=False)
class DepthWatch:
    """One reqMktDepth. ``told`` are the rows that the client has, by side."""

    connection: Connection
    request_id: int
    listed: Listed
    rows: int
    smart: bool
    told: dict[Side, list[Level]] = field(default_factory=lambda: {side: [] for side in Side})


@dataclass(slots=True)
class _LastTrade:
    price: Decimal
    quantity: Decimal
    time_ns: int
    volume: Decimal


class MarketFeed:
    """All subscriptions. ``silent`` stops what is pushed; requests are still answered."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._tops: dict[tuple[Connection, int], TopWatch] = {}
        self._depths: dict[tuple[Connection, int], DepthWatch] = {}
        self._last: dict[str, _LastTrade] = {}
        self._flushing = False
        self.silent = False

    def watch_top(self, watch: TopWatch, *, snapshot: bool) -> None:
        """Answer a reqMktData; one that is no snapshot is kept."""
        tick = watch.listed.instrument.tick
        watch.connection.send((81, watch.request_id, tick, "9c0001", 3))
        watch.connection.send((58, 1, watch.request_id, LIVE))
        self._tell_top(watch)
        last = self._last.get(watch.listed.name)
        if last is not None and watch.listed.instrument.kind is not Kind.FOREX:
            self._tell_last(watch, last)
        if snapshot:
            watch.connection.send((57, 1, watch.request_id))
        else:
            self._tops[watch.connection, watch.request_id] = watch

    def watch_depth(self, watch: DepthWatch) -> None:
        """Answer a reqMktDepth with all rows, and go on with changes."""
        self._depths[watch.connection, watch.request_id] = watch
        self._tell_depth(watch)

    def unwatch(self, connection: Connection, request_id: int) -> None:
        """End a subscription of either kind."""
        self._tops.pop((connection, request_id), None)
        self._depths.pop((connection, request_id), None)

    def forget(self, connection: Connection | None = None) -> None:
        """End the subscriptions of one connection, or all (IB lost its data)."""
        for watches in (self._tops, self._depths):
            for key in [key for key in watches if connection in (None, key[0])]:
                del watches[key]

    def on_print(self, trade: Print) -> None:
        """A public trade; IB shows none in forex."""
        known = self._last.get(trade.symbol)
        volume = (known.volume if known else Decimal(0)) + trade.quantity
        last = _LastTrade(trade.price, trade.quantity, trade.time_ns, volume)
        self._last[trade.symbol] = last
        if not self.silent:
            for watch in self._tops_of(trade.symbol):
                if watch.listed.instrument.kind is not Kind.FOREX:
                    self._tell_last(watch, last)

    def on_book(self, symbol: str) -> None:
        """A book changed: tops at once, depth a little later."""
        if self.silent:
            return
        for watch in self._tops_of(symbol):
            self._tell_top(watch)
        if self._depths and not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(DEPTH_INTERVAL_S, self._flush_depths)

    def _tops_of(self, symbol: str) -> list[TopWatch]:
        return [watch for watch in self._tops.values() if watch.listed.name == symbol]

    def _flush_depths(self) -> None:
        self._flushing = False
        if not self.silent:
            for watch in self._depths.values():
                self._tell_depth(watch)

    def _tell_top(self, watch: TopWatch) -> None:
        """What changed of both sides: a new price with its size, or the size alone."""
        book = self._exchange.books[watch.listed.name]
        for side, price_tick, size_tick in ((Side.BUY, BID, BID_SIZE), (Side.SELL, ASK, ASK_SIZE)):
            level = book.best(side) or NOTHING
            told = watch.told.get(price_tick)
            if told == level:
                continue
            watch.told[price_tick] = level
            price, size = level
            if told is None or told[0] != price:
                self._tick(watch, (1, 6, watch.request_id, price_tick, price, size, 0))
            self._tick(watch, (2, 6, watch.request_id, size_tick, size))

    def _tell_last(self, watch: TopWatch, last: _LastTrade) -> None:
        request_id = watch.request_id
        self._tick(watch, (1, 6, request_id, LAST, last.price, last.quantity, 0))
        self._tick(watch, (2, 6, request_id, LAST_SIZE, last.quantity))
        seconds = last.time_ns // 1_000_000_000
        self._tick(watch, (46, 6, request_id, LAST_TIME, str(seconds)))
        if watch.trades:
            self._tick(watch, (46, 6, request_id, RT_VOLUME, _rt_volume(last)))

    def _tick(self, watch: TopWatch, fields: Sequence[Field]) -> None:
        watch.connection.send(fields)

    def _tell_depth(self, watch: DepthWatch) -> None:
        book = self._exchange.books[watch.listed.name]
        for side in Side:
            now = book.levels(side, watch.rows)
            for position, operation, (price, size) in _row_changes(watch.told[side], now):
                row = (operation, 1 if side is Side.BUY else 0, price, size)
                place: tuple[Field, ...]
                if watch.smart:
                    place = (13, 1, watch.request_id, position, watch.listed.primary or "SMART")
                    watch.connection.send((*place, *row, True))
                else:
                    place = (12, 1, watch.request_id, position)
                    watch.connection.send((*place, *row))
            watch.told[side] = now


def _row_changes(
    before: Sequence[Level], after: Sequence[Level]
) -> Iterator[tuple[int, int, Level]]:
    """Position, operation and row for each row that differs; rows are deleted from the end."""
    for position, level in enumerate(after):
        if position >= len(before):
            yield position, _INSERT, level
        elif before[position] != level:
            yield position, _UPDATE, level
    for position in range(len(before) - 1, len(after) - 1, -1):
        yield position, _DELETE, (Decimal(0), Decimal(0))


def _rt_volume(last: _LastTrade) -> str:
    """Price, size, time in ms, volume of the day, average price, single trade."""
    price, size, volume = (f"{n.normalize():f}" for n in (last.price, last.quantity, last.volume))
    return f"{price};{size};{last.time_ns // 1_000_000};{volume};{price};true"
