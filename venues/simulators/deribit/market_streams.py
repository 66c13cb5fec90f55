"""Public channels: who listens to what, and what makes it be told."""

import asyncio
from functools import partial
from typing import Any

from venues.simulators.deribit.book_channels import BookChannels
from venues.simulators.deribit.channels import DELAY_S, RAW, Channel
from venues.simulators.deribit.chart_channels import ChartChannels
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.indices import Indices
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.second_channels import SecondChannels
from venues.simulators.deribit.subscribers import Intervals, Subscriber, Subscribers
from venues.simulators.deribit.wire_format import notification
from venues.simulators.events import Print
from venues.simulators.faults import Faults

OF_BOOKS = ("book", "levels", "ticker", "quote")


class MarketStreams:
    """All public subscriptions of the venue. While ``silent`` nothing is sent."""

    def __init__(
        self,
        venue: str,
        desk: Desk,
        market: MarketApi,
        indices: Indices,
        faults: Faults,
    ) -> None:
        self.silent = False
        self._market = market
        self._subscribers = Subscribers()
        self._intervals = Intervals()
        self._books = BookChannels(venue, desk.exchange, faults)
        self._charts = ChartChannels(desk.exchange.tapes)
        self._seconds = SecondChannels(indices, market)
        self._due: set[str] = set()

    def subscribe(self, channel: Channel, subscriber: Subscriber, now_ns: int) -> None:
        """Begin to tell a connection, with the state of now where the channel has one."""
        fresh = not self._subscribers.has(channel.name)
        self._subscribers.add(channel, subscriber)
        for first in self._first(channel, now_ns // 1_000_000, fresh=fresh):
            if not self.silent:
                subscriber.send(notification(channel.name, first))

    def unsubscribe(self, name: str, subscriber: Subscriber) -> None:
        """Tell a connection no more."""
        self._subscribers.discard(subscriber, name)

    def drop(self, subscriber: Subscriber) -> None:
        """Forget a connection."""
        self._subscribers.drop(subscriber)

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        for channel in self._subscribers.channels():
            if trade.symbol not in channel.symbols:
                continue
            if channel.topic == "chart":
                self._send(channel, self._charts.now(channel, trade.time_ns // 1_000_000))
            elif channel.topic == "trades":
                view = self._market.trade(trade)
                if channel.interval == RAW:
                    self._send(channel, [view])
                else:
                    self._intervals.hold(channel, "", view, partial(self._send, channel))

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed: tell it now, or when the interval has passed."""
        now_ms = now_ns // 1_000_000
        for channel in self._subscribers.channels():
            if channel.topic not in OF_BOOKS or symbol not in channel.symbols:
                continue
            if channel.interval == RAW:
                self._tell(channel, now_ms)
            elif channel.name not in self._due:
                self._due.add(channel.name)
                delay_s = DELAY_S[channel.interval]
                then_ms = now_ms + int(delay_s * 1000)
                asyncio.get_running_loop().call_later(delay_s, self._tell_due, channel, then_ms)

    def on_state(self, symbol: str, state: str, now_ns: int) -> None:
        """An instrument went on in its life."""
        data = {"timestamp": now_ns // 1_000_000, "state": state, "instrument_name": symbol}
        for channel in self._subscribers.channels():
            if channel.topic == "states" and symbol in channel.symbols:
                self._send(channel, data)

    def beat(self, now_ns: int) -> None:
        """What the venue computes moves without a trade or an order."""
        now_ms = now_ns // 1_000_000
        for channel in self._subscribers.channels():
            match channel.topic:
                case "ticker" if channel.name not in self._due:
                    self._tell(channel, now_ms)
                case "incremental_ticker":
                    self._send(channel, self._seconds.ticker_change(channel, now_ms))
                case "chart":
                    self._send(channel, self._charts.when_due(channel, now_ms))
                case _:
                    for data in self._seconds.now(channel, now_ms):
                        self._send(channel, data)

    def _first(self, channel: Channel, now_ms: int, *, fresh: bool) -> list[Any]:
        match channel.topic:
            case "book":
                return [self._books.snapshot(channel, now_ms, fresh=fresh)]
            case "levels":
                return [self._books.levels(channel, now_ms)]
            case "quote":
                return [self._books.quote(channel.symbol, now_ms)]
            case "ticker":
                return [self._market.ticker(LISTINGS[channel.symbol], now_ms)]
            case "incremental_ticker":
                return [self._seconds.ticker_snapshot(channel, now_ms, fresh=fresh)]
            case "chart":
                bar = self._charts.now(channel, now_ms)
                return [] if bar is None else [bar]
        return self._seconds.now(channel, now_ms)

    def _tell_due(self, channel: Channel, now_ms: int) -> None:
        self._due.discard(channel.name)
        self._tell(channel, now_ms)

    def _tell(self, channel: Channel, now_ms: int) -> None:
        if not self._subscribers.has(channel.name):
            return
        match channel.topic:
            case "ticker":
                self._send(channel, self._market.ticker(LISTINGS[channel.symbol], now_ms))
            case "levels":
                self._send(channel, self._books.levels(channel, now_ms))
            case "quote":
                self._send(channel, self._books.new_quote(channel, now_ms))
            case _:
                self._send(channel, self._books.change(channel, now_ms))

    def _send(self, channel: Channel, data: Any) -> None:
        """Tell a channel something, unless there is nothing to tell."""
        if self.silent or data is None:
            return
        text = notification(channel.name, data)
        for subscriber in self._subscribers.of(channel.name):
            subscriber.send(text)
