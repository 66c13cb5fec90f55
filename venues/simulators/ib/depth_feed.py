"""Market depth by rows, to those who asked for it (reqMktDepth)."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.wire_format import Message
from venues.simulators.matching import Level, Side

DEPTH_INTERVAL_S = 0.25
_INSERT, _UPDATE, _DELETE = 0, 1, 2


@dataclass(slots=True, kw_only=True, eq=False)
class DepthWatch:
    """One reqMktDepth. ``told`` are the rows that the client has, by side."""

    connection: Connection
    request_id: int
    listed: Listed
    rows: int
    smart: bool
    told: dict[Side, list[Level]] = field(default_factory=lambda: {side: [] for side in Side})


class DepthFeed:
    """All subscriptions to depth; changes are told a little later, together, unless ``silent``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._watches: dict[tuple[Connection, int], DepthWatch] = {}
        self._flushing = False
        self.silent = False

    def watch(self, watch: DepthWatch) -> None:
        """Answer a reqMktDepth with all rows, and go on with changes."""
        self._watches[watch.connection, watch.request_id] = watch
        self._tell(watch)

    def unwatch(self, connection: Connection, request_id: int) -> bool:
        """End a subscription; False where there is none."""
        return self._watches.pop((connection, request_id), None) is not None

    def forget(self, connection: Connection | None) -> None:
        """End the subscriptions of one connection, or all."""
        for key in [key for key in self._watches if connection in (None, key[0])]:
            del self._watches[key]

    def on_book(self) -> None:
        """A book changed."""
        if self._watches and not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(DEPTH_INTERVAL_S, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if not self.silent:
            for watch in self._watches.values():
                self._tell(watch)

    def _tell(self, watch: DepthWatch) -> None:
        book = self._exchange.books[watch.listed.name]
        for side in Side:
            now = book.levels(side, watch.rows)
            for position, operation, (price, size) in _row_changes(watch.told[side], now):
                row = (operation, 1 if side is Side.BUY else 0, price, size)
                place: Message
                if watch.smart:
                    place = (13, 1, watch.request_id, position, watch.listed.primary or "SMART")
                    watch.connection.send((*place, *row, True))
                else:
                    place = (12, 1, watch.request_id, position)
                    watch.connection.send((*place, *row))
            watch.told[side] = now


def _row_changes(
    before: Sequence[Level], after: Sequence[Level]
) -> Iterator[tuple[int, int, Level]]:
    """Position, operation and row for each row that differs; rows are deleted from the end."""
    for position, level in enumerate(after):
        if position >= len(before):
            yield position, _INSERT, level
        elif before[position] != level:
            yield position, _UPDATE, level
    for position in range(len(before) - 1, len(after) - 1, -1):
        yield position, _DELETE, (Decimal(0), Decimal(0))
