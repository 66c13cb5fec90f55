"""Public channels: books, tickers, quotes, trades and index prices."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from venues.simulators.deribit.channels import DELAY_S, RAW, Channel
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.subscribers import Intervals, Subscriber, Subscribers
from venues.simulators.deribit.wire_format import notification
from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.matching import ZERO, Side

EVERYTHING = 10_000
_SIDES = {"bids": Side.BUY, "asks": Side.SELL}

type Levels = dict[Decimal, Decimal]


@dataclass(slots=True)
class _Published:
    """A book as its channel has told it."""

    change_id: int = 0
    levels: dict[str, Levels] = field(default_factory=lambda: {side: {} for side in _SIDES})


class MarketStreams:
    """All public subscriptions of the venue. While ``silent`` nothing is sent."""

    def __init__(self, venue: str, exchange: Exchange, market: MarketApi, faults: Faults) -> None:
        self.subscribers = Subscribers()
        self._venue = venue
        self._faults = faults
        self.silent = False
        self._exchange = exchange
        self._market = market
        self._intervals = Intervals()
        self._books: dict[str, _Published] = {}
        self._due: set[str] = set()
        self._tops: dict[str, tuple[Any, Any]] = {}

    def subscribe(self, channel: Channel, subscriber: Subscriber, now_ns: int) -> None:
        """Begin to tell a connection, with the state of now where the channel has one."""
        fresh = not self.subscribers.has(channel.name)
        self.subscribers.add(channel, subscriber)
        first = self._first(channel, now_ns // 1_000_000, fresh=fresh)
        if first is not None and not self.silent:
            subscriber.send(notification(channel.name, first))

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        for channel in self.subscribers.channels():
            if channel.topic != "trades" or trade.symbol not in channel.symbols:
                continue
            view = self._market.trade(trade)
            if channel.interval == RAW:
                self._send(channel, [view])
            else:
                self._intervals.hold(channel, "", view, partial(self._send, channel))

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed: tell it now, or when the interval has passed."""
        now_ms = now_ns // 1_000_000
        for channel in self.subscribers.channels():
            if symbol not in channel.symbols or channel.topic == "trades":
                continue
            if channel.topic == "quote":
                self._tell_quote(channel, symbol, now_ms)
            elif channel.interval == RAW:
                self._tell(channel, now_ms)
            elif channel.name not in self._due:
                self._due.add(channel.name)
                delay_s = DELAY_S[channel.interval]
                then_ms = now_ms + int(delay_s * 1000)
                asyncio.get_running_loop().call_later(delay_s, self._tell_due, channel, then_ms)

    def beat(self, now_ns: int) -> None:
        """Prices that the venue computes move without a trade: tickers and indices."""
        now_ms = now_ns // 1_000_000
        for channel in self.subscribers.channels():
            if channel.topic == "ticker" and channel.name not in self._due:
                self._tell(channel, now_ms)
            elif channel.topic == "index":
                price = self._market.index_of(channel.target)
                data = {"timestamp": now_ms, "price": price, "index_name": channel.target}
                self._send(channel, data)

    def _first(self, channel: Channel, now_ms: int, *, fresh: bool) -> Any:
        match channel.topic:
            case "book":
                if fresh:
                    self._books[channel.name] = self._current(_symbol(channel))
                return self._snapshot(channel, now_ms)
            case "levels" | "ticker" | "quote":
                return self._data(channel, now_ms)
        return None

    def _tell_due(self, channel: Channel, now_ms: int) -> None:
        self._due.discard(channel.name)
        self._tell(channel, now_ms)

    def _tell(self, channel: Channel, now_ms: int) -> None:
        if not self.subscribers.has(channel.name):
            return
        data = self._data(channel, now_ms)
        if data is not None:
            self._send(channel, data)

    def _data(self, channel: Channel, now_ms: int) -> Any:
        symbol = _symbol(channel)
        match channel.topic:
            case "ticker":
                return self._market.ticker(LISTINGS[symbol], now_ms)
            case "levels":
                return self._levels(symbol, channel.depth or 1, now_ms)
            case "quote":
                return self._quote(symbol, now_ms)
        return self._change(channel, now_ms)

    def _tell_quote(self, channel: Channel, symbol: str, now_ms: int) -> None:
        book = self._exchange.books[symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        if top != self._tops.get(channel.name):
            self._tops[channel.name] = top
            self._send(channel, self._quote(symbol, now_ms))

    def _quote(self, symbol: str, now_ms: int) -> dict[str, Any]:
        book = self._exchange.books[symbol]
        bid, ask = book.best(Side.BUY) or (ZERO, ZERO), book.best(Side.SELL) or (ZERO, ZERO)
        return {
            "timestamp": now_ms,
            "instrument_name": symbol,
            "best_bid_price": bid[0],
            "best_bid_amount": bid[1],
            "best_ask_price": ask[0],
            "best_ask_amount": ask[1],
        }

    def _levels(self, symbol: str, depth: int, now_ms: int) -> dict[str, Any]:
        """The top of the book, whole each time."""
        book = self._exchange.books[symbol]
        sides = {name: [list(x) for x in book.levels(side, depth)] for name, side in _SIDES.items()}
        return {
            "timestamp": now_ms,
            "instrument_name": symbol,
            "change_id": book.update_id,
            **sides,
        }

    def _snapshot(self, channel: Channel, now_ms: int) -> dict[str, Any]:
        published = self._books[channel.name]
        sides = {
            side: [["new", price, size] for price, size in levels.items()]
            for side, levels in published.levels.items()
        }
        return {
            "type": "snapshot",
            "timestamp": now_ms,
            "instrument_name": _symbol(channel),
            "change_id": published.change_id,
            **sides,
        }

    def _change(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """What differs from the book as last told; None when nothing does."""
        before, after = self._books[channel.name], self._current(_symbol(channel))
        sides = {side: _difference(before.levels[side], after.levels[side]) for side in _SIDES}
        if not any(sides.values()):
            return None
        self._books[channel.name] = after
        if self._faults.strike(FaultKind.BOOK_GAP, self._venue) is not None:
            return None
        return {
            "type": "change",
            "timestamp": now_ms,
            "instrument_name": _symbol(channel),
            "prev_change_id": before.change_id,
            "change_id": after.change_id,
            **sides,
        }

    def _current(self, symbol: str) -> _Published:
        book = self._exchange.books[symbol]
        levels = {name: dict(book.levels(side, EVERYTHING)) for name, side in _SIDES.items()}
        return _Published(book.update_id, levels)

    def _send(self, channel: Channel, data: Any) -> None:
        if self.silent:
            return
        text = notification(channel.name, data)
        for subscriber in self.subscribers.of(channel.name):
            subscriber.send(text)


def _symbol(channel: Channel) -> str:
    return next(iter(channel.symbols))


def _difference(before: Levels, after: Levels) -> list[list[Any]]:
    changes: list[list[Any]] = [
        ["change" if price in before else "new", price, size]
        for price, size in after.items()
        if before.get(price) != size
    ]
    return changes + [["delete", price, ZERO] for price in before if price not in after]
