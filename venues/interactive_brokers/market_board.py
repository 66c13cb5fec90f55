"""What the market says, handed on at a bounded rate to a reader that may be slow.

IB sends a price and its size as ticks of their own and only when they change; here they are put
together again. Sizes are as IB says them: shares, contracts, units of the base currency.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from domain.market import Depth, Level, MarketTrade, Quote
from domain.sides import Side
from venues.interactive_brokers.messages import DepthSaid, TickSaid
from venues.port import MarketEvent

BID_SIZE, BID, ASK, ASK_SIZE, RT_VOLUME = 0, 1, 2, 3, 48
LEVELS = 10
INTERVAL_S = 0.2
DEPTH_INTERVAL_S = 1.0
_INSERT, _UPDATE, _DELETE = 0, 1, 2
_TRADES_MAX = 1000
ZERO = Decimal(0)


@dataclass(slots=True)
class _Book:
    """One instrument: its top by ticks, its rows by depth messages. `stands` while the top holds
    for as long as nothing else is told."""

    stands: bool = False
    top: dict[int, Decimal] = field(default_factory=dict)
    bids: list[Level] = field(default_factory=list)
    asks: list[Level] = field(default_factory=list)
    quote_at: datetime | None = None
    depth_at: datetime | None = None
    depth_due: float = 0.0


class MarketBoard:
    """Keeps the latest of each instrument and the last trades, until they are read."""

    def __init__(self) -> None:
        self._books: dict[str, _Book] = {}
        self._trades: deque[MarketTrade] = deque(maxlen=_TRADES_MAX)
        self._changed = asyncio.Event()

    def clear(self) -> None:
        """The subscriptions begin anew: nothing of before is known to be true."""
        self._books.clear()

    def empty(self, instrument_id: str | None = None) -> None:
        """Say that there is no quote, of one instrument or of all, until IB tells one again."""
        for name, book in self._books.items():
            if instrument_id in (None, name) and book.top:
                book.top = dict.fromkeys((BID_SIZE, BID, ASK, ASK_SIZE), ZERO)
                book.stands, book.quote_at = False, datetime.now(UTC)
                self._changed.set()

    def confirm(self) -> None:
        """Nothing has changed: what was told last holds now."""
        for book in self._books.values():
            if book.stands:
                book.quote_at = datetime.now(UTC)
                self._changed.set()

    def tick(self, instrument_id: str, said: TickSaid) -> None:
        """A price, a size or a trade."""
        book = self._books.setdefault(instrument_id, _Book())
        if said.kind == RT_VOLUME:
            self._trade(instrument_id, book, said.text)
            return
        if said.kind in (BID, ASK) and said.price is not None:
            # An empty side is told as a price of -1.
            book.top[said.kind] = max(said.price, ZERO)
            size_kind = BID_SIZE if said.kind == BID else ASK_SIZE
            book.top[size_kind] = (said.size or ZERO) if said.price > 0 else ZERO
        elif said.kind in (BID_SIZE, ASK_SIZE) and said.size is not None:
            book.top[said.kind] = said.size
        else:
            return
        book.stands, book.quote_at = True, datetime.now(UTC)
        self._changed.set()

    def row(self, instrument_id: str, said: DepthSaid) -> None:
        """A row of a book. One that skips a place is dropped: after a gap all rows come anew."""
        book = self._books.setdefault(instrument_id, _Book())
        rows = book.bids if said.is_bid else book.asks
        level = (said.price, said.size)
        if said.operation == _INSERT and said.position <= len(rows):
            rows.insert(said.position, level)
            del rows[2 * LEVELS :]
        elif said.operation == _UPDATE and said.position < len(rows):
            rows[said.position] = level
        elif said.operation == _DELETE and said.position < len(rows):
            del rows[said.position]
        book.depth_at = datetime.now(UTC)
        self._changed.set()

    def clear_depth(self, instrument_id: str) -> None:
        """IB says that the book must be emptied (317)."""
        book = self._books.setdefault(instrument_id, _Book())
        book.bids.clear()
        book.asks.clear()
        book.depth_at = datetime.now(UTC)
        self._changed.set()

    async def stream(self) -> AsyncIterator[MarketEvent]:
        """What is new, at most once per interval, without end."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            for event in self._taken():
                yield event
            if any(book.depth_at for book in self._books.values()):
                self._changed.set()  # a book was too early, and may never change again
            await asyncio.sleep(INTERVAL_S)

    def _taken(self) -> Iterator[MarketEvent]:
        now = time.monotonic()
        for instrument_id, book in list(self._books.items()):
            if book.quote_at is not None and len(book.top) == 4:
                top = book.top
                sides = (top[BID], top[BID_SIZE], top[ASK], top[ASK_SIZE])
                yield Quote(instrument_id, *sides, received_at=book.quote_at)
                book.quote_at = None
            if book.depth_at is not None and now >= book.depth_due:
                book.depth_due = now + DEPTH_INTERVAL_S
                bids, asks = tuple(book.bids[:LEVELS]), tuple(book.asks[:LEVELS])
                yield Depth(instrument_id, bids, asks, received_at=book.depth_at)
                book.depth_at = None
        trades, self._trades = self._trades, deque(maxlen=_TRADES_MAX)
        yield from trades

    def _trade(self, instrument_id: str, book: _Book, text: str) -> None:
        """RT Volume: price, size, time in ms, the day's volume, average price, single trade.

        IB gives no trade id: time and volume of the day make one. Nor does it say who took: a price
        at the bid or below is a sale.
        """
        price, size, time_ms, volume, *_ = text.split(";")
        if not price or not size:
            return
        traded = Decimal(price)
        bid, ask = book.top.get(BID), book.top.get(ASK)
        middle = (bid + ask) / 2 if bid and ask else traded
        self._trades.append(
            MarketTrade(
                instrument_id=instrument_id,
                trade_id=f"{time_ms}-{volume}",
                price=traded,
                quantity=Decimal(size),
                aggressor=Side.SELL if traded < middle else Side.BUY,
                ts_event=datetime.fromtimestamp(int(time_ms) / 1000, UTC),
            )
        )
        self._changed.set()
