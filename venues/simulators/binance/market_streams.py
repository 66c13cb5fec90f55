"""Market streams: who listens to what, and pushing it when a book or tape moves."""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bars import SECOND_MS
from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.intervals import interval_of, zone_ms
from venues.simulators.binance.kline_messages import KlineMessages
from venues.simulators.binance.market_data import MarketDataApi
from venues.simulators.binance.market_messages import BookChange, MarketMessages
from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.matching import ZERO, Level, Side
from venues.simulators.outbox import Outbox

DEPTH_INTERVAL_S = 0.1
EVERYTHING = 1_000_000

_PARTIAL_DEPTH = re.compile(r"depth(5|10|20)(?:@\d+ms)?")
_KLINE = re.compile(r"kline_(\w+)(?:@([+-]\d\d:\d\d))?")
_DIFF_DEPTH = re.compile(r"depth(?:@\d+ms)?")

# A top that stays is repeated, so that a client can tell a quiet book from a dead stream.
TOP_REPEAT_MS = 900

type Top = tuple[Level | None, Level | None]
type Sides = dict[Side, dict[Decimal, Decimal]]


class MarketStreams:
    """Subscriptions of all market sockets of a product.

    Topics are kept by symbol. A socket on ``/stream`` gets its payloads wrapped with the name of
    the stream, one on ``/ws`` gets them bare. ``lose_depth`` is asked before each depth update
    whether it is to be left out, which leaves a gap in the numbers of the updates.
    """

    def __init__(
        self,
        exchange: Exchange,
        messages: MarketMessages,
        market_data: MarketDataApi,
        lose_depth: Callable[[], bool],
    ) -> None:
        self._exchange = exchange
        self._klines = KlineMessages(messages)
        self._messages = messages
        self._market_data = market_data
        self._lose_depth = lose_depth
        self._subscribers: dict[str, dict[str, dict[Outbox, bool]]] = {}
        self._published: dict[str, tuple[int, Sides]] = {}
        self._flushing: set[str] = set()
        self._beat_ms = 0
        self._tops: dict[str, tuple[int, Top]] = {}
        self.silent = False

    def subscribe(
        self, outbox: Outbox, names: Iterable[str], now_ns: int, *, wrapped: bool
    ) -> None:
        """Add streams to a socket. Unknown ones are accepted and stay silent, as on the venue."""
        for name in names:
            symbol, _, topic = name.partition("@")
            topics = self._subscribers.setdefault(symbol.upper(), {})
            topics.setdefault(topic, {})[outbox] = wrapped
            if topic == "bookTicker" and symbol.upper() in self._exchange.books and not self.silent:
                # The real book ticks many times a second; a newcomer need not wait for our beat.
                self._push_top(symbol.upper(), now_ns // 1_000_000, {outbox: wrapped})

    def unsubscribe(self, outbox: Outbox, names: Iterable[str]) -> None:
        """Remove streams from a socket."""
        for name in names:
            symbol, _, topic = name.partition("@")
            self._subscribers.get(symbol.upper(), {}).get(topic, {}).pop(outbox, None)

    def subscriptions(self, outbox: Outbox) -> list[str]:
        """The streams of a socket."""
        return [
            f"{symbol.lower()}@{topic}"
            for symbol, topics in self._subscribers.items()
            for topic, listeners in topics.items()
            if outbox in listeners
        ]

    def on_print(self, trade: Print) -> None:
        """Push a trade to who listens to trades."""
        now_ms = trade.time_ns // 1_000_000
        for topic, listeners in self._topics(trade.symbol):
            match topic:
                case "trade":
                    payload = self._messages.trade(trade, now_ms)
                case "aggTrade":
                    payload = self._messages.aggregate_trade(trade, now_ms)
                case _:
                    continue
            self._push(trade.symbol, topic, listeners, payload)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Push the top now, and schedule depth unless that is under way."""
        depth_wanted = False
        for topic, listeners in self._topics(symbol):
            if topic == "bookTicker" and self._top_is_news(symbol, now_ns // 1_000_000):
                self._push_top(symbol, now_ns // 1_000_000, listeners)
            depth_wanted = depth_wanted or topic.startswith("depth")
        if depth_wanted and symbol not in self._flushing:
            self._flushing.add(symbol)
            loop = asyncio.get_running_loop()
            flush_ms = now_ns // 1_000_000 + int(DEPTH_INTERVAL_S * 1000)
            loop.call_later(DEPTH_INTERVAL_S, self._flush_depth, symbol, flush_ms)

    def beat(self, now_ns: int) -> None:
        """Push what is published once a second."""
        now_ms = now_ns // 1_000_000
        last_beat_ms, self._beat_ms = self._beat_ms or now_ms - SECOND_MS, now_ms
        for symbol in self._exchange.instruments:
            for topic, listeners in self._topics(symbol):
                if topic.startswith("kline_"):
                    payloads = self._kline_events(symbol, topic, last_beat_ms, now_ms)
                else:
                    payloads = self._beat_payloads(symbol, topic, now_ms)
                for payload in payloads:
                    self._push(symbol, topic, listeners, payload)

    def _kline_events(
        self, symbol: str, topic: str, last_beat_ms: int, now_ms: int
    ) -> list[dict[str, Any]]:
        """The bars that ended since the last beat, and the one of now."""
        found = _KLINE.fullmatch(topic)
        if found is None:
            return []
        name, zone = found.groups()
        try:
            ahead_ms = zone_ms(zone or "0")
            interval = interval_of(name, futures=self._messages.futures, ahead_ms=ahead_ms)
        except ApiError:
            return []
        candles = self._exchange.tapes[symbol].candles
        events = [
            self._klines.event(symbol, bar, name, interval, now_ms, closed=True)
            for bar in candles.ended(interval, last_beat_ms, now_ms)
        ]
        if (current := candles.at(interval, now_ms)) is not None:
            event = self._klines.event(symbol, current, name, interval, now_ms, closed=False)
            events.append(event)
        return events

    def _beat_payloads(self, symbol: str, topic: str, now_ms: int) -> list[dict[str, Any]]:
        messages = self._messages
        if topic == "bookTicker" and self._top_is_news(symbol, now_ms):
            return [messages.book_ticker(symbol, self._exchange.books[symbol], now_ms)]
        if topic == "ticker":
            row = self._market_data.ticker_row(symbol, now_ms)
            return [messages.ticker_event(row, now_ms)]
        if topic.startswith("markPrice") and messages.futures:
            return [messages.mark_price_event(symbol, self._exchange.marks[symbol], now_ms)]
        return []

    def _topics(self, symbol: str) -> list[tuple[str, dict[Outbox, bool]]]:
        if self.silent:
            return []
        topics = self._subscribers.get(symbol, {})
        return [(topic, listeners) for topic, listeners in topics.items() if listeners]

    def _top_is_news(self, symbol: str, now_ms: int) -> bool:
        book = self._exchange.books[symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        pushed_ms, pushed = self._tops.get(symbol, (0, (None, None)))
        if top == pushed and now_ms < pushed_ms + TOP_REPEAT_MS:
            return False
        self._tops[symbol] = (now_ms, top)
        return True

    def _push_top(self, symbol: str, now_ms: int, listeners: dict[Outbox, bool]) -> None:
        payload = self._messages.book_ticker(symbol, self._exchange.books[symbol], now_ms)
        self._push(symbol, "bookTicker", listeners, payload)

    def _flush_depth(self, symbol: str, now_ms: int) -> None:
        self._flushing.discard(symbol)
        change = self._change(symbol)
        book = self._exchange.books[symbol]
        for topic, listeners in self._topics(symbol):
            if partial := _PARTIAL_DEPTH.fullmatch(topic):
                depth = int(partial.group(1))
                payload = self._messages.partial_depth(symbol, book, depth, now_ms)
            elif _DIFF_DEPTH.fullmatch(topic) and (change.bids or change.asks):
                if self._lose_depth():
                    continue
                payload = self._messages.depth_update(symbol, change, now_ms)
            else:
                continue
            self._push(symbol, topic, listeners, payload)

    def _change(self, symbol: str) -> BookChange:
        """What differs from the book as last published; every level when nothing was."""
        book = self._exchange.books[symbol]
        levels = {side: dict(book.levels(side, EVERYTHING)) for side in Side}
        nothing: Sides = {side: {} for side in Side}
        previous_id, previous = self._published.get(symbol, (0, nothing))
        self._published[symbol] = (book.update_id, levels)
        changed = {side: _difference(previous[side], levels[side]) for side in Side}
        return BookChange(
            first_id=previous_id + 1,
            last_id=book.update_id,
            previous_id=previous_id,
            bids=changed[Side.BUY],
            asks=changed[Side.SELL],
        )

    def _push(
        self, symbol: str, topic: str, listeners: dict[Outbox, bool], payload: Mapping[str, Any]
    ) -> None:
        bare = json.dumps(payload, separators=(",", ":"))
        name = f"{symbol.lower()}@{topic}"
        wrapped = f'{{"stream":"{name}","data":{bare}}}'
        for outbox, is_wrapped in listeners.items():
            outbox.send(wrapped if is_wrapped else bare)


def _difference(
    before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]
) -> list[tuple[Decimal, Decimal]]:
    changed = [(price, size) for price, size in after.items() if before.get(price) != size]
    return changed + [(price, ZERO) for price in before if price not in after]
