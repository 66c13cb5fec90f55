"""What the market says, handed on at a bounded rate to a reader that may be slow."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.data import QuoteTick, TradeTick
from nautilus_trader.model.enums import AggressorSide

from domain.market import Depth, Level, MarketTrade, Quote
from domain.sides import Side
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc
from venues.port import MarketEvent

_LEVELS = 10
_TRADES_MAX = 1000  # unread trades, of all instruments; beyond them the oldest go


class MarketBoard:
    """Keeps one quote and one book per instrument and the last trades, until they are read.

    A slow reader misses old news, never the latest. They are turned into decimals only when they
    are read, for a busy stream has hundreds a second. `expected` are the instruments that are
    subscribed to.
    """

    def __init__(
        self,
        interval: timedelta = timedelta(milliseconds=200),
        depth_interval: timedelta = timedelta(seconds=1),
    ) -> None:
        self._interval_s = interval.total_seconds()
        self._depth_interval_s = depth_interval.total_seconds()
        self._quotes: dict[str, QuoteTick] = {}
        self._books: dict[str, tuple[OrderBook, int]] = {}
        self._depth_due: dict[str, float] = {}
        self._trades: deque[TradeTick] = deque(maxlen=_TRADES_MAX)
        self._changed = asyncio.Event()
        self._last_ns: dict[str, int] = {}
        self.expected: frozenset[str] = frozenset()

    def last_ns(self, instrument_id: str) -> int:
        """When the instrument's last quote was received; 0 if there was none yet."""
        return self._last_ns.get(instrument_id, 0)

    def put_quote(self, tick: QuoteTick) -> None:
        name = tick.instrument_id.value
        self._last_ns[name] = tick.ts_init
        self._quotes[name] = tick
        self._changed.set()

    def put_trade(self, tick: TradeTick) -> None:
        self._trades.append(tick)
        self._changed.set()

    def put_book(self, book: OrderBook, received_ns: int) -> None:
        """The book has changed. It is read later, as it is then."""
        self._books[book.instrument_id.value] = book, received_ns
        self._changed.set()

    async def stream(self) -> AsyncIterator[MarketEvent]:
        """What is new, at most once per interval, without end."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for event in self._taken():
                yield event
            if self._books:
                self._changed.set()  # a book was too early, and may never change again
            await asyncio.sleep(self._interval_s)

    def _taken(self) -> Iterator[MarketEvent]:
        quotes, self._quotes = self._quotes, {}
        yield from (_quote(tick) for tick in quotes.values())
        now = time.monotonic()
        due = [name for name in self._books if now >= self._depth_due.get(name, 0)]
        for name in due:
            self._depth_due[name] = now + self._depth_interval_s
            yield _depth(*self._books.pop(name))
        trades, self._trades = self._trades, deque(maxlen=_TRADES_MAX)
        yield from (_trade(tick) for tick in trades)


def _depth(book: OrderBook, received_ns: int) -> Depth:
    return Depth(
        instrument_id=book.instrument_id.value,
        bids=_levels(book.bids()[:_LEVELS]),
        asks=_levels(book.asks()[:_LEVELS]),
        received_at=utc(received_ns),
    )


def _levels(levels: list[Any]) -> tuple[Level, ...]:
    return tuple(
        (
            plain(level.price.as_decimal()),
            plain(sum((order.size.as_decimal() for order in level.orders()), Decimal(0))),
        )
        for level in levels
    )


def _quote(tick: QuoteTick) -> Quote:
    return Quote(
        instrument_id=tick.instrument_id.value,
        bid=plain(tick.bid_price.as_decimal()),
        bid_size=plain(tick.bid_size.as_decimal()),
        ask=plain(tick.ask_price.as_decimal()),
        ask_size=plain(tick.ask_size.as_decimal()),
        received_at=utc(tick.ts_init),
    )


def _trade(tick: TradeTick) -> MarketTrade:
    return MarketTrade(
        instrument_id=tick.instrument_id.value,
        trade_id=tick.trade_id.value,
        price=plain(tick.price.as_decimal()),
        quantity=plain(tick.size.as_decimal()),
        aggressor=Side.BUY if tick.aggressor_side == AggressorSide.BUYER else Side.SELL,
        ts_event=utc(tick.ts_event),
    )
