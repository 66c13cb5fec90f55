"""Public channels: who listens to what, and pushing it when a book or tape moves."""

import asyncio
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.events import Print
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.instruments import Kind
from venues.simulators.matching import ZERO, Level, OrderBook, Side
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.instruments import INSTRUMENTS, instrument_row, of_type
from venues.simulators.okx.order_reading import limits_of
from venues.simulators.outbox import Outbox
from venues.simulators.tape import MINUTE

BOOK_INTERVAL_S = 0.1
BOOK_DEPTH = 400
# A top that stays is repeated, so that a client can tell a quiet book from a dead stream.
TOP_REPEAT_MS = 900

PUBLIC_CHANNELS = frozenset(
    {
        "instruments",
        "tickers",
        "trades",
        "bbo-tbt",
        "books5",
        "books",
        "mark-price",
        "index-tickers",
        "funding-rate",
        "price-limit",
    }
)
TIERED_CHANNELS = frozenset({"books-l2-tbt", "books50-l2-tbt"})
BUSINESS_CHANNELS = frozenset({"trades-all", "candle1m"})

type Top = tuple[Level | None, Level | None]
type Sides = dict[Side, dict[Decimal, Decimal]]


class MarketStreams:
    """Subscriptions of all market sockets, by channel and instrument."""

    def __init__(self, name: str, exchange: Exchange, faults: Faults) -> None:
        self._name = name
        self._exchange = exchange
        self._faults = faults
        self._listeners: dict[tuple[str, str], set[Outbox]] = {}
        self._published: dict[str, tuple[int, Sides]] = {}
        self._flushing: set[str] = set()
        self._tops: dict[str, tuple[int, Top]] = {}
        self.silent = False

    def subscribe(self, outbox: Outbox, arg: Mapping[str, str], now_ns: int) -> None:
        """Begin to send a channel to a socket, with what it begins with."""
        channel, name = arg["channel"], arg.get("instId") or arg.get("instType", "")
        self._listeners.setdefault((channel, name), set()).add(outbox)
        now_ms = now_ns // 1_000_000
        if self.silent:
            return
        if channel == "instruments":
            listed = [instrument_row(instrument) for instrument in of_type(name)]
            outbox.send(_message(arg, listed))
        elif channel == "books" and name in self._exchange.books:
            outbox.send(self._snapshot(name, now_ms))
        elif channel == "bbo-tbt" and name in self._exchange.books:
            self._send("bbo-tbt", name, [self._top_row(name, now_ms)], {outbox})
        elif name:
            for row in self._second_rows(channel, name, now_ms):
                self._send(channel, name, [row], {outbox})

    def unsubscribe(self, outbox: Outbox, arg: Mapping[str, str]) -> None:
        """Send a channel no more."""
        name = arg.get("instId") or arg.get("instType", "")
        self._listeners.get((arg["channel"], name), set()).discard(outbox)

    def discard(self, outbox: Outbox) -> None:
        """Forget a socket."""
        for listeners in self._listeners.values():
            listeners.discard(outbox)

    def on_print(self, trade: Print) -> None:
        """Push a trade to who listens to trades and bars."""
        row = rows.trade_row(trade)
        for channel in ("trades", "trades-all"):
            self._send(channel, trade.symbol, [row])
        if self._wanting("candle1m", trade.symbol):
            instrument, now_ms = INSTRUMENTS[trade.symbol], trade.time_ns // 1_000_000
            bar = self._exchange.tapes[trade.symbol].candles.at(MINUTE, now_ms)
            assert bar is not None
            self._send("candle1m", trade.symbol, [rows.candle_row(instrument, bar, now_ms)])

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Push the top now, and schedule the book unless that is under way."""
        now_ms = now_ns // 1_000_000
        if self._top_is_news(symbol, now_ms):
            self._send("bbo-tbt", symbol, [self._top_row(symbol, now_ms)])
        wanted = any(self._wanting(channel, symbol) for channel in ("books", "books5"))
        if wanted and symbol not in self._flushing:
            self._flushing.add(symbol)
            loop = asyncio.get_running_loop()
            flush_ms = now_ms + int(BOOK_INTERVAL_S * 1000)
            loop.call_later(BOOK_INTERVAL_S, self._flush, symbol, flush_ms)

    def beat(self, now_ns: int) -> None:
        """Push what is published once a second."""
        now_ms = now_ns // 1_000_000
        for symbol in INSTRUMENTS:
            if self._top_is_news(symbol, now_ms):
                self._send("bbo-tbt", symbol, [self._top_row(symbol, now_ms)])
            for channel in (
                "tickers",
                "mark-price",
                "index-tickers",
                "funding-rate",
                "price-limit",
            ):
                for row in self._second_rows(channel, symbol, now_ms):
                    self._send(channel, symbol, [row])

    def _second_rows(self, channel: str, symbol: str, now_ms: int) -> list[Any]:
        instrument = INSTRUMENTS.get(symbol)
        if instrument is None or symbol not in self._exchange.marks:
            return []
        mark, book = self._exchange.marks[symbol], self._exchange.books[symbol]
        match channel:
            case "tickers":
                tape = self._exchange.tapes[symbol]
                return [rows.ticker_row(instrument, book, tape, mark, now_ms)]
            case "mark-price":
                return [rows.mark_row(instrument, mark, now_ms)]
            case "index-tickers":
                return [rows.index_row(symbol, self._exchange.indices[symbol], now_ms)]
            case "funding-rate" if instrument.kind is not Kind.SPOT:
                return [rows.funding_row(instrument, now_ms)]
            case "price-limit":
                highest, lowest = limits_of(instrument, mark)
                limits = {"buyLmt": str(highest), "sellLmt": str(lowest), "enabled": True}
                return [{"instId": symbol, **limits, "ts": str(now_ms)}]
        return []

    def _top_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        return rows.book_row(self._exchange.books[symbol], 1, now_ms)

    def _top_is_news(self, symbol: str, now_ms: int) -> bool:
        if not self._wanting("bbo-tbt", symbol):
            return False
        book = self._exchange.books[symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        pushed_ms, pushed = self._tops.get(symbol, (0, (None, None)))
        if top == pushed and now_ms < pushed_ms + TOP_REPEAT_MS:
            return False
        self._tops[symbol] = (now_ms, top)
        return True

    def _snapshot(self, symbol: str, now_ms: int) -> str:
        """The book of now; whoever listened before gets what changed, so that one update follows
        for all."""
        book = self._exchange.books[symbol]
        if not self._wanting("books", symbol) or symbol not in self._published:
            self._published[symbol] = (book.update_id, _sides(book))
        if self._published[symbol][0] != book.update_id:
            self._flush_books(symbol, now_ms)
        row = {
            **rows.book_row(book, BOOK_DEPTH, now_ms),
            "checksum": rows.checksum(book),
            "prevSeqId": -1,
            "seqId": book.update_id,
        }
        return _message({"channel": "books", "instId": symbol}, [row], action="snapshot")

    def _flush(self, symbol: str, now_ms: int) -> None:
        self._flushing.discard(symbol)
        five = rows.book_row(self._exchange.books[symbol], 5, now_ms)
        self._send("books5", symbol, [{**five, "instId": symbol}])
        if self._wanting("books", symbol):
            self._flush_books(symbol, now_ms)

    def _flush_books(self, symbol: str, now_ms: int) -> None:
        """Push what differs from the book as last published."""
        book = self._exchange.books[symbol]
        previous_id, previous = self._published.get(symbol, (-1, {side: {} for side in Side}))
        now = _sides(book)
        self._published[symbol] = (book.update_id, now)
        changed = {side: _difference(previous[side], now[side]) for side in Side}
        if self._faults.strike(FaultKind.BOOK_GAP, self._name):
            return
        row = {
            "asks": rows.level_rows(changed[Side.SELL]),
            "bids": rows.level_rows(changed[Side.BUY]),
            "ts": str(now_ms),
            "checksum": rows.checksum(book),
            "prevSeqId": previous_id,
            "seqId": book.update_id,
        }
        self._send("books", symbol, [row], action="update")

    def _wanting(self, channel: str, name: str) -> set[Outbox]:
        return set() if self.silent else self._listeners.get((channel, name), set())

    def _send(
        self,
        channel: str,
        name: str,
        data: list[Any],
        listeners: set[Outbox] | None = None,
        **extra: Any,
    ) -> None:
        wanting = self._wanting(channel, name) if listeners is None else listeners
        if wanting:
            text = _message({"channel": channel, "instId": name}, data, **extra)
            for outbox in list(wanting):
                outbox.send(text)


def _message(arg: Mapping[str, str], data: list[Any], **extra: Any) -> str:
    return json.dumps({"arg": arg, **extra, "data": data}, separators=(",", ":"))


def _sides(book: OrderBook) -> Sides:
    return {side: dict(book.levels(side, BOOK_DEPTH)) for side in Side}


def _difference(before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]) -> list[Level]:
    changed = [(price, size) for price, size in after.items() if before.get(price) != size]
    return changed + [(price, ZERO) for price in before if price not in after]
