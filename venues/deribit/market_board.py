"""What the market says, handed on at a bounded rate to a reader that may be slow."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.market import Depth, Level, MarketTrade, Quote
from domain.sides import Side
from venues.deribit.listings import milliseconds, number
from venues.deribit.names import instrument_id
from venues.port import MarketEvent

_TRADES_MAX = 1000  # unread trades, of all instruments; beyond them the oldest go

type _Heard = tuple[Mapping[str, Any], datetime]


class MarketBoard:
    """Keeps one ticker and one book per instrument and the last trades, until they are read.

    A slow reader misses old news, never the latest. Every book is told whole by its channel, so
    that no update of it can be missed; it becomes records only when it is read.
    """

    def __init__(
        self,
        interval: timedelta = timedelta(milliseconds=200),
        depth_interval: timedelta = timedelta(seconds=1),
    ) -> None:
        self._interval_s = interval.total_seconds()
        self._depth_interval_s = depth_interval.total_seconds()
        self._tickers: dict[str, _Heard] = {}
        self._books: dict[str, _Heard] = {}
        self._depth_due: dict[str, float] = {}
        self._trades: deque[Mapping[str, Any]] = deque(maxlen=_TRADES_MAX)
        self._changed = asyncio.Event()

    def on_notification(self, channel: str, data: Any) -> None:
        """Note what a channel says."""
        kind = channel.partition(".")[0]
        if kind == "trades":
            self._trades.extend(data)
        else:
            heard = self._tickers if kind == "ticker" else self._books
            heard[data["instrument_name"]] = data, datetime.now(UTC)
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
        tickers, self._tickers = self._tickers, {}
        yield from (_quote(*heard) for heard in tickers.values())
        now = time.monotonic()
        for name in [name for name in self._books if now >= self._depth_due.get(name, 0)]:
            self._depth_due[name] = now + self._depth_interval_s
            yield _depth(*self._books.pop(name))
        trades, self._trades = self._trades, deque(maxlen=_TRADES_MAX)
        yield from (_trade(told) for told in trades)


def _quote(ticker: Mapping[str, Any], received_at: datetime) -> Quote:
    """An empty side is quoted as zero, by the venue as by us."""
    return Quote(
        instrument_id=instrument_id(ticker["instrument_name"]),
        bid=number(ticker.get("best_bid_price") or 0),
        bid_size=number(ticker.get("best_bid_amount") or 0),
        ask=number(ticker.get("best_ask_price") or 0),
        ask_size=number(ticker.get("best_ask_amount") or 0),
        received_at=received_at,
    )


def _depth(book: Mapping[str, Any], received_at: datetime) -> Depth:
    return Depth(
        instrument_id=instrument_id(book["instrument_name"]),
        bids=_levels(book["bids"]),
        asks=_levels(book["asks"]),
        received_at=received_at,
    )


def _levels(told: Sequence[Sequence[Any]]) -> tuple[Level, ...]:
    return tuple((number(price), number(amount)) for price, amount in told)


def _trade(told: Mapping[str, Any]) -> MarketTrade:
    return MarketTrade(
        instrument_id=instrument_id(told["instrument_name"]),
        trade_id=str(told["trade_id"]),
        price=number(told["price"]),
        quantity=number(told["amount"]),
        aggressor=Side.BUY if told["direction"] == "buy" else Side.SELL,
        ts_event=milliseconds(told["timestamp"]),
    )
