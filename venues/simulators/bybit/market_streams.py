"""Public streams: who listens to what, and pushing it when a book or a tape moves."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

from venues.simulators.bars import SECOND_MS
from venues.simulators.bybit.book_feed import BookFeed
from venues.simulators.bybit.filters import price_limits
from venues.simulators.bybit.intervals import INTERVALS
from venues.simulators.bybit.market_api import MarketApi
from venues.simulators.bybit.market_rows import limit_row, streamed_kline, streamed_trade
from venues.simulators.bybit.topics import Topic
from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

FLUSH_S = 0.05
TICKER_KEYS = ("bid1Price", "bid1Size", "ask1Price", "ask1Size")


class MarketStreams:
    """Subscriptions of all public sockets."""

    def __init__(
        self,
        venue: str,
        exchange: Exchange,
        api: MarketApi,
        faults: Faults,
    ) -> None:
        self._venue = venue
        self._faults = faults
        self._exchange = exchange
        self._api = api
        self._listeners: dict[str, dict[Topic, set[Outbox]]] = {}
        self._books: dict[Topic, BookFeed] = {}
        self._tickers: dict[Topic, dict[str, Any]] = {}
        self._flushing: set[str] = set()
        self._beat_ms = 0
        self.silent = False

    def subscribe(self, outbox: Outbox, topics: Iterable[Topic], now_ns: int) -> None:
        """Add streams to a socket. Books and tickers begin with what there is."""
        for topic in topics:
            listeners = self._listeners.setdefault(topic.product.name, {})
            listeners.setdefault(topic, set()).add(outbox)
            if not self.silent:
                self._begin(outbox, topic, now_ns // 1_000_000)

    def unsubscribe(self, outbox: Outbox, names: Iterable[str] | None = None) -> None:
        """Remove streams from a socket, all of them without names."""
        chosen = None if names is None else set(names)
        for listeners in self._listeners.values():
            for topic, outboxes in listeners.items():
                if chosen is None or topic.name in chosen:
                    outboxes.discard(outbox)

    def on_print(self, trade: Print) -> None:
        """Push a trade to who listens to trades and bars."""
        now_ms = trade.time_ns // 1_000_000
        for topic, outboxes in self._active(trade.symbol):
            if topic.kind == "publicTrade":
                data: Any = [streamed_trade(topic.product, trade)]
            elif topic.kind == "kline":
                candles = self._exchange.tapes[trade.symbol].candles
                bar = candles.at(INTERVALS[topic.interval], now_ms)
                assert bar is not None, "a trade just made it"
                data = [streamed_kline(topic, bar, now_ms, closed=False)]
            else:
                continue
            self._push(topic, outboxes, "snapshot", data, now_ms)

    def on_book(self, name: str, now_ns: int) -> None:
        """Push a changed top now; books and tickers follow together a moment later."""
        wanted = False
        for topic, outboxes in self._active(name):
            if topic.depth == 1:
                self._push_book(topic, outboxes, now_ns // 1_000_000)
            wanted = wanted or topic.depth > 1 or topic.kind == "tickers"
        if wanted and name not in self._flushing:
            self._flushing.add(name)
            flush_ms = now_ns // 1_000_000 + int(FLUSH_S * 1000)
            asyncio.get_running_loop().call_later(FLUSH_S, self._flush, name, flush_ms)

    def beat(self, now_ns: int) -> None:
        """Once a second: tickers, bars that ended, and tops that nobody has moved."""
        now_ms = now_ns // 1_000_000
        last_beat_ms, self._beat_ms = self._beat_ms or now_ms - SECOND_MS, now_ms
        for name in self._exchange.instruments:
            for topic, outboxes in self._active(name):
                if topic.kind == "tickers":
                    self._push_ticker(topic, outboxes, now_ms, repeat=True)
                elif topic.depth == 1:
                    self._push_book(topic, outboxes, now_ms, repeat=True)
                elif topic.kind == "kline":
                    candles = self._exchange.tapes[name].candles
                    for bar in candles.ended(INTERVALS[topic.interval], last_beat_ms, now_ms):
                        row = streamed_kline(topic, bar, now_ms, closed=True)
                        self._push(topic, outboxes, "snapshot", [row], now_ms)
                elif topic.kind == "priceLimit":
                    limits = price_limits(topic.product, self._exchange.marks[name])
                    row = limit_row(topic.product, *limits)
                    self._send(topic, outboxes, {"topic": topic.name, "ts": now_ms, "data": row})

    def _begin(self, outbox: Outbox, topic: Topic, now_ms: int) -> None:
        """What a newcomer starts from; changes follow for everybody alike."""
        if topic.kind == "orderbook":
            others = self._listeners[topic.product.name][topic] - {outbox}
            self._push_book(topic, others, now_ms)
            self._send(topic, {outbox}, self._book(topic).snapshot(topic, now_ms))
        elif topic.kind == "tickers":
            row = self._tickers.setdefault(topic, self._api.ticker(topic.product, now_ms))
            self._push(topic, {outbox}, "snapshot", row, now_ms)

    def _flush(self, name: str, now_ms: int) -> None:
        self._flushing.discard(name)
        for topic, outboxes in self._active(name):
            if topic.depth > 1:
                self._push_book(topic, outboxes, now_ms)
            elif topic.kind == "tickers":
                self._push_ticker(topic, outboxes, now_ms)

    def _push_book(
        self, topic: Topic, outboxes: set[Outbox], now_ms: int, *, repeat: bool = False
    ) -> None:
        message = self._book(topic).news(topic, now_ms, repeat=repeat)
        if message is None or self._is_lost(message):
            return
        self._send(topic, outboxes, message)

    def _is_lost(self, message: Mapping[str, Any]) -> bool:
        """An armed fault leaves a gap between the changes of a book."""
        if message["type"] != "delta":
            return False
        return self._faults.strike(FaultKind.BOOK_GAP, self._venue) is not None

    def _push_ticker(
        self, topic: Topic, outboxes: set[Outbox], now_ms: int, *, repeat: bool = False
    ) -> None:
        """Spot repeats the whole ticker; derivatives say what changed, or the top again."""
        before = self._tickers.get(topic, {})
        row = self._tickers[topic] = self._api.ticker(topic.product, now_ms)
        if topic.product.category.is_spot:
            if repeat or row != before:
                self._push(topic, outboxes, "snapshot", row, now_ms)
            return
        keys = {key for key, value in row.items() if before.get(key) != value}
        if keys or repeat:
            keys.update(TICKER_KEYS if repeat else ())
            data = {"symbol": topic.product.symbol} | {key: row[key] for key in sorted(keys)}
            self._push(topic, outboxes, "delta", data, now_ms)

    def _book(self, topic: Topic) -> BookFeed:
        feed = self._books.get(topic)
        if feed is None:
            feed = self._books[topic] = BookFeed(self._exchange.books[topic.product.name])
        return feed

    def _active(self, name: str) -> list[tuple[Topic, set[Outbox]]]:
        if self.silent:
            return []
        return [(t, outboxes) for t, outboxes in self._listeners.get(name, {}).items() if outboxes]

    def _push(self, topic: Topic, outboxes: set[Outbox], kind: str, data: Any, now_ms: int) -> None:
        message = {"topic": topic.name, "type": kind, "ts": now_ms, "data": data}
        if topic.kind == "tickers":
            message["cs"] = self._exchange.books[topic.product.name].update_id
        self._send(topic, outboxes, message)

    def _send(self, topic: Topic, outboxes: set[Outbox], message: Mapping[str, Any]) -> None:
        text = json.dumps(message, separators=(",", ":"))
        for outbox in outboxes:
            outbox.send(text)
