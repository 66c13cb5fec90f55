"""Tick by tick: every trade, or every change of the quote, to those who asked for it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.wire_format import Message
from venues.simulators.matching import Side


class TickKind(StrEnum):
    """What is told."""

    LAST = "Last"
    ALL_LAST = "AllLast"
    BID_ASK = "BidAsk"
    MID_POINT = "MidPoint"

    @property
    def number(self) -> int:
        """How the message calls it."""
        return list(TickKind).index(self) + 1

    @property
    def is_of_trades(self) -> bool:
        """Whether it tells trades, and not the quote."""
        return self in (TickKind.LAST, TickKind.ALL_LAST)


@dataclass(slots=True, kw_only=True, eq=False)
class TickWatch:
    """One reqTickByTickData. ``told`` is the quote that the client knows."""

    connection: Connection
    request_id: int
    listed: Listed
    kind: TickKind
    told: object = None


class TickFeed:
    """All subscriptions to ticks."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._watches: dict[tuple[Connection, int], TickWatch] = {}

    def watch(self, watch: TickWatch, now_ns: int) -> None:
        """Begin to tell; the quote of now is the first tick of quotes."""
        self._watches[watch.connection, watch.request_id] = watch
        if not watch.kind.is_of_trades:
            self._tell_quote(watch, now_ns)

    def unwatch(self, connection: Connection, request_id: int) -> None:
        """End a subscription."""
        self._watches.pop((connection, request_id), None)

    def forget(self, connection: Connection | None) -> None:
        """End the subscriptions of one connection, or all."""
        for key in [key for key in self._watches if connection in (None, key[0])]:
            del self._watches[key]

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        seconds = trade.time_ns // 1_000_000_000
        for watch in self._of(trade.symbol):
            if watch.kind.is_of_trades:
                head = (99, watch.request_id, watch.kind.number, seconds)
                exchange = watch.listed.primary or watch.listed.exchange
                watch.connection.send((*head, trade.price, trade.quantity, 0, exchange, ""))

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed."""
        for watch in self._of(symbol):
            if not watch.kind.is_of_trades:
                self._tell_quote(watch, now_ns)

    def _of(self, symbol: str) -> list[TickWatch]:
        return [watch for watch in self._watches.values() if watch.listed.name == symbol]

    def _tell_quote(self, watch: TickWatch, now_ns: int) -> None:
        book = self._exchange.books[watch.listed.name]
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        if bid is None or ask is None:
            return
        quote: tuple[Decimal | int, ...]
        if watch.kind is TickKind.MID_POINT:
            quote = ((bid[0] + ask[0]) / 2,)
        else:
            quote = (bid[0], ask[0], bid[1], ask[1], 0)
        if quote != watch.told:
            watch.told = quote
            head = (99, watch.request_id, watch.kind.number, now_ns // 1_000_000_000)
            watch.connection.send((*head, *quote))


def past_trades(trades: list[Print], exchange: str, request_id: int) -> Message:
    """historicalTicksLast: trades of before."""
    ticks = [
        (trade.time_ns // 1_000_000_000, 0, trade.price, trade.quantity, exchange, "")
        for trade in trades
    ]
    return (98, request_id, len(ticks), *(field for tick in ticks for field in tick), True)
