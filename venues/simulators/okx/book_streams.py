"""The channels of order books: the top at once, the rest in beats, and its checksum."""

import asyncio
from decimal import Decimal
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.matching import ZERO, Level, OrderBook, Side
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.subscribers import Subscribers, message
from venues.simulators.outbox import Outbox

BOOK_INTERVAL_S = 0.1
BOOK_DEPTH = 400
# A top that stays is repeated, so that a client can tell a quiet book from a dead stream.
TOP_REPEAT_MS = 900

BOOK_CHANNELS = frozenset({"bbo-tbt", "books5", "books"})

type Top = tuple[Level | None, Level | None]
type Sides = dict[Side, dict[Decimal, Decimal]]


class BookStreams:
    """What listeners hold of each book, and what they are sent of it."""

    def __init__(
        self, name: str, exchange: Exchange, faults: Faults, subscribers: Subscribers
    ) -> None:
        self._name = name
        self._exchange = exchange
        self._faults = faults
        self._subscribers = subscribers
        self._published: dict[str, tuple[int, Sides]] = {}
        self._flushing: set[str] = set()
        self._tops: dict[str, tuple[int, Top]] = {}

    def begin(self, outbox: Outbox, channel: str, symbol: str, now_ms: int) -> None:
        """Add a listener. What it hears first is the whole book; updates follow from there."""
        if self._subscribers.silent or symbol not in self._exchange.books:
            self._subscribers.add(outbox, channel, symbol)
            return
        if channel == "books":
            outbox.send(self._snapshot(symbol, now_ms))
        elif channel == "bbo-tbt":
            arg = {"channel": channel, "instId": symbol}
            outbox.send(message(arg, [self._top_row(symbol, now_ms)]))
        self._subscribers.add(outbox, channel, symbol)

    def on_book(self, symbol: str, now_ms: int) -> None:
        """Push the top now, and schedule the rest unless that is under way."""
        self.push_top(symbol, now_ms)
        wanted = any(self._subscribers.wanting(channel, symbol) for channel in ("books", "books5"))
        if wanted and symbol not in self._flushing:
            self._flushing.add(symbol)
            loop = asyncio.get_running_loop()
            flush_ms = now_ms + int(BOOK_INTERVAL_S * 1000)
            loop.call_later(BOOK_INTERVAL_S, self._flush, symbol, flush_ms)

    def push_top(self, symbol: str, now_ms: int) -> None:
        """Push the top if it moved, or has not been told for a while."""
        if not self._subscribers.wanting("bbo-tbt", symbol):
            return
        book = self._exchange.books[symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        pushed_ms, pushed = self._tops.get(symbol, (0, (None, None)))
        if top == pushed and now_ms < pushed_ms + TOP_REPEAT_MS:
            return
        self._tops[symbol] = (now_ms, top)
        self._subscribers.send("bbo-tbt", symbol, [self._top_row(symbol, now_ms)])

    def _top_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        return rows.book_row(self._exchange.books[symbol], 1, now_ms)

    def _snapshot(self, symbol: str, now_ms: int) -> str:
        """The book of now; whoever listened before gets what changed, so that one update follows
        for all."""
        book = self._exchange.books[symbol]
        alone = not self._subscribers.wanting("books", symbol)
        if alone or symbol not in self._published:
            self._published[symbol] = (book.update_id, _sides(book))
        elif self._published[symbol][0] != book.update_id:
            self._flush_books(symbol, now_ms)
        row = {
            **rows.book_row(book, BOOK_DEPTH, now_ms),
            "checksum": rows.checksum(book),
            "prevSeqId": -1,
            "seqId": book.update_id,
        }
        return message({"channel": "books", "instId": symbol}, [row], action="snapshot")

    def _flush(self, symbol: str, now_ms: int) -> None:
        self._flushing.discard(symbol)
        five = rows.book_row(self._exchange.books[symbol], 5, now_ms)
        self._subscribers.send("books5", symbol, [{**five, "instId": symbol}])
        if self._subscribers.wanting("books", symbol):
            self._flush_books(symbol, now_ms)

    def _flush_books(self, symbol: str, now_ms: int) -> None:
        """Push what differs from the book as last published."""
        book = self._exchange.books[symbol]
        previous_id, previous = self._published.get(symbol, (-1, {side: {} for side in Side}))
        if previous_id == book.update_id:
            return  # a newcomer came meanwhile, and all were told
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
        self._subscribers.send("books", symbol, [row], action="update")


def _sides(book: OrderBook) -> Sides:
    return {side: dict(book.levels(side, BOOK_DEPTH)) for side in Side}


def _difference(before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]) -> list[Level]:
    changed = [(price, size) for price, size in after.items() if before.get(price) != size]
    return changed + [(price, ZERO) for price in before if price not in after]
