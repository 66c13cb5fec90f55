"""Market streams: what is pushed when a book or a tape moves, and once a second."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from venues.simulators.bars import SECOND_MS
from venues.simulators.binance.depth_feed import DepthFeed
from venues.simulators.binance.kline_messages import KlineMessages
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.subscribers import Subscriber, Subscribers
from venues.simulators.binance.tickers import Tickers
from venues.simulators.binance.topics import WINDOWS_MS, Kind, Topic, topic_of
from venues.simulators.events import Print
from venues.simulators.exchange import Exchange

DEPTH_INTERVAL_S = 0.1


class MarketStreams:
    """All market streams of a product that somebody listens to.

    ``lose_depth`` is asked before each depth update whether it is to be left out, which leaves a
    gap in the numbers of the updates.
    """

    def __init__(
        self,
        exchange: Exchange,
        messages: MarketMessages,
        tickers: Tickers,
        subscribers: Subscribers,
        lose_depth: Callable[[], bool],
    ) -> None:
        self._exchange = exchange
        self._messages = messages
        self._tickers = tickers
        self._klines = KlineMessages(messages)
        self._subscribers = subscribers
        self._lose_depth = lose_depth
        self._depth = DepthFeed(exchange.books)
        # By symbol, None for the streams of all; those that nobody listens to any more stay.
        self._topics: dict[str | None, dict[str, Topic]] = {}
        self._flushing: set[str] = set()
        self._beat_ms = 0
        self.silent = False

    def begin(self, subscriber: Subscriber, names: Iterable[str], now_ns: int) -> None:
        """A socket begins to listen to streams, market streams among them."""
        for name in names:
            topic = topic_of(name, futures=self._messages.futures)
            if topic is None or topic.symbol not in {None, *self._exchange.instruments}:
                continue
            self._topics.setdefault(topic.symbol, {})[name] = topic
            if topic.kind is Kind.TOP and topic.symbol is not None and not self.silent:
                # The real book ticks many times a second; a newcomer need not wait for our beat.
                payload = self._top(topic.symbol, now_ns // 1_000_000)
                subscriber.tell(name, payload)

    def on_print(self, trade: Print) -> None:
        """Push a trade."""
        now_ms = trade.time_ns // 1_000_000
        for topic in self._wanted(trade.symbol):
            if topic.kind is Kind.TRADE:
                self._publish(topic, self._messages.trade(trade, now_ms))
            elif topic.kind is Kind.AGGREGATE_TRADE:
                self._publish(topic, self._messages.aggregate_trade(trade, now_ms))

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Push the top now, and schedule depth unless that is under way."""
        now_ms = now_ns // 1_000_000
        self._push_top(symbol, now_ms)
        deep = (Kind.DEPTH, Kind.PARTIAL_DEPTH)
        wanted = any(topic.kind in deep for topic in self._wanted(symbol))
        if wanted and symbol not in self._flushing:
            self._flushing.add(symbol)
            loop = asyncio.get_running_loop()
            flush_ms = now_ms + int(DEPTH_INTERVAL_S * 1000)
            loop.call_later(DEPTH_INTERVAL_S, self._flush_depth, symbol, flush_ms)

    def beat(self, now_ns: int) -> None:
        """Push what is published once a second."""
        now_ms = now_ns // 1_000_000
        last_beat_ms, self._beat_ms = self._beat_ms or now_ms - SECOND_MS, now_ms
        for symbol in self._exchange.instruments:
            self._push_top(symbol, now_ms)
            for topic in self._wanted(symbol):
                if topic.interval is not None:
                    for event in self._bar_events(topic, last_beat_ms, now_ms):
                        self._publish(topic, event)
                elif (payload := self._payload(topic, symbol, now_ms)) is not None:
                    self._publish(topic, payload)
        for topic in self._wanted(None):
            if topic.kind is not Kind.TOP:
                symbols = self._exchange.instruments
                self._publish(topic, [self._payload(topic, each, now_ms) for each in symbols])

    def _payload(self, topic: Topic, symbol: str, now_ms: int) -> Any:
        """What a stream tells once a second, None if it does not."""
        tickers = self._tickers
        match topic.kind:
            case Kind.TICKER:
                return tickers.messages.event("24hrTicker", tickers.day(symbol, now_ms), now_ms)
            case Kind.MINI_TICKER:
                return tickers.messages.mini_event(tickers.day(symbol, now_ms), now_ms)
            case Kind.WINDOW_TICKER:
                row = tickers.window(symbol, WINDOWS_MS[topic.window], now_ms)
                return tickers.messages.event(f"{topic.window}Ticker", row, now_ms)
            case Kind.AVERAGE:
                return tickers.average_event(symbol, now_ms)
            case Kind.MARK:
                return tickers.mark_event(symbol, now_ms)
        return None

    def _bar_events(self, topic: Topic, last_beat_ms: int, now_ms: int) -> Iterator[Any]:
        """The bars that ended since the last beat, and the one of now."""
        assert topic.symbol is not None
        assert topic.interval is not None
        candles = self._exchange.tapes[topic.symbol].candles
        for bar in candles.ended(topic.interval, last_beat_ms, now_ms):
            yield self._klines.event(topic, bar, now_ms, closed=True)
        if (current := candles.at(topic.interval, now_ms)) is not None:
            yield self._klines.event(topic, current, now_ms, closed=False)

    def _push_top(self, symbol: str, now_ms: int) -> None:
        wanted = (*self._wanted(symbol), *self._wanted(None))
        listening = [topic for topic in wanted if topic.kind is Kind.TOP]
        if listening and self._depth.top_is_news(symbol, now_ms):
            payload = self._top(symbol, now_ms)
            for topic in listening:
                self._publish(topic, payload)

    def _top(self, symbol: str, now_ms: int) -> dict[str, Any]:
        return self._messages.book_ticker(symbol, self._exchange.books[symbol], now_ms)

    def _flush_depth(self, symbol: str, now_ms: int) -> None:
        self._flushing.discard(symbol)
        change, book = self._depth.change(symbol), self._exchange.books[symbol]
        is_news = bool(change.bids or change.asks)
        for topic in self._wanted(symbol):
            if topic.kind is Kind.PARTIAL_DEPTH:
                payload = self._messages.partial_depth(symbol, book, topic.depth, now_ms)
                self._publish(topic, payload)
            elif topic.kind is Kind.DEPTH and is_news and not self._lose_depth():
                self._publish(topic, self._messages.depth_update(symbol, change, now_ms))

    def _wanted(self, symbol: str | None) -> list[Topic]:
        if self.silent:
            return []
        topics = self._topics.get(symbol, {})
        return [topic for name, topic in topics.items() if self._subscribers.has(name)]

    def _publish(self, topic: Topic, payload: Any) -> None:
        self._subscribers.publish(topic.name, payload)
