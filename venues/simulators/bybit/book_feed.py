"""One depth of one book as its stream tells it: a snapshot, then what changed."""

from decimal import Decimal
from typing import Any

from venues.simulators.bybit.market_rows import book_rows
from venues.simulators.bybit.topics import Topic
from venues.simulators.matching import ZERO, Level, OrderBook, Side

# A top that stays is told again after a while, under the same number.
REPEAT_MS = 3000


class BookFeed:
    """What all listeners of a topic hold. Depth 1 is always told whole."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._held: dict[Side, dict[Decimal, Decimal]] = {side: {} for side in Side}
        self._number = 0
        self._told_ms = 0

    def snapshot(self, topic: Topic, now_ms: int) -> dict[str, Any]:
        """The whole of what listeners hold."""
        levels = {side: list(held.items()) for side, held in self._held.items()}
        return self._message(topic, "snapshot", levels, now_ms)

    def news(self, topic: Topic, now_ms: int, *, repeat: bool) -> dict[str, Any] | None:
        """What listeners do not hold yet, None if that is nothing."""
        now = {side: dict(self._book.levels(side, topic.depth)) for side in Side}
        if now == self._held:
            if repeat and now_ms - self._told_ms >= REPEAT_MS:
                return self.snapshot(topic, now_ms)
            return None
        changed = {side: _difference(self._held[side], now[side]) for side in Side}
        first = not self._number
        self._held = now
        self._number += 1
        if first or topic.depth == 1:
            return self.snapshot(topic, now_ms)
        return self._message(topic, "delta", changed, now_ms)

    def _message(
        self, topic: Topic, kind: str, levels: dict[Side, list[Level]], now_ms: int
    ) -> dict[str, Any]:
        self._told_ms = now_ms
        product = topic.product
        data = {
            "s": product.symbol,
            "b": book_rows(product, levels[Side.BUY]),
            "a": book_rows(product, levels[Side.SELL]),
            "u": self._number,
            "seq": self._book.update_id,
        }
        return {"topic": topic.name, "type": kind, "ts": now_ms, "data": data, "cts": now_ms}


def _difference(before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]) -> list[Level]:
    changed = [(price, size) for price, size in after.items() if before.get(price) != size]
    return changed + [(price, ZERO) for price in before if price not in after]
