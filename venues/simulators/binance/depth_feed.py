"""Changes of one product's books since they were last published."""

from collections.abc import Mapping
from decimal import Decimal

from venues.simulators.binance.market_messages import BookChange
from venues.simulators.matching import ZERO, Level, OrderBook, Side

EVERYTHING = 1_000_000

# A top that stays is repeated, so that a client can tell a quiet book from a dead stream.
TOP_REPEAT_MS = 900

type Top = tuple[Level | None, Level | None]
type Sides = dict[Side, dict[Decimal, Decimal]]


class DepthFeed:
    """What was last published of each book, and how it differs from what is."""

    def __init__(self, books: Mapping[str, OrderBook]) -> None:
        self._books = books
        self._published: dict[str, tuple[int, Sides]] = {}
        self._tops: dict[str, tuple[int, Top]] = {}

    def top_is_news(self, symbol: str, now_ms: int) -> bool:
        """Whether the top of a book changed, or was not told for a while; ask when it is told."""
        book = self._books[symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        told_ms, told = self._tops.get(symbol, (0, (None, None)))
        if top == told and now_ms < told_ms + TOP_REPEAT_MS:
            return False
        self._tops[symbol] = (now_ms, top)
        return True

    def change(self, symbol: str) -> BookChange:
        """What differs from the book as last published; every level when nothing was."""
        book = self._books[symbol]
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


def _difference(
    before: dict[Decimal, Decimal], after: dict[Decimal, Decimal]
) -> list[tuple[Decimal, Decimal]]:
    changed = [(price, size) for price, size in after.items() if before.get(price) != size]
    return changed + [(price, ZERO) for price in before if price not in after]
