"""What the channels of order books tell: every level as a chain of changes, or the top of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from venues.simulators.deribit.channels import Channel
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.matching import ZERO, Level, Side

EVERYTHING = 10_000
_SIDES = {"bids": Side.BUY, "asks": Side.SELL}

type Levels = dict[Decimal, Decimal]


@dataclass(slots=True)
class _Published:
    """A book as its channel has told it."""

    change_id: int = 0
    levels: dict[str, Levels] = field(default_factory=lambda: {side: {} for side in _SIDES})


class BookChannels:
    """Messages about books. Of each channel that tells changes it knows what it has told."""

    def __init__(self, venue: str, exchange: Exchange, faults: Faults) -> None:
        self._venue = venue
        self._exchange = exchange
        self._faults = faults
        self._told: dict[str, _Published] = {}
        self._tops: dict[str, tuple[Any, Any]] = {}

    def snapshot(self, channel: Channel, now_ms: int, *, fresh: bool) -> dict[str, Any]:
        """The whole book as the channel has told it so far; ``fresh`` begins it anew."""
        if fresh:
            self._told[channel.name] = self._current(channel.symbol)
        published = self._told[channel.name]
        sides = {
            side: [["new", price, size] for price, size in levels.items()]
            for side, levels in published.levels.items()
        }
        return {
            "type": "snapshot",
            "timestamp": now_ms,
            "instrument_name": channel.symbol,
            "change_id": published.change_id,
            **sides,
        }

    def change(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """What differs from the book as last told; None when nothing does."""
        before, after = self._told[channel.name], self._current(channel.symbol)
        sides = {side: _difference(before.levels[side], after.levels[side]) for side in _SIDES}
        if not any(sides.values()):
            return None
        self._told[channel.name] = after
        if self._faults.strike(FaultKind.BOOK_GAP, self._venue) is not None:
            return None
        return {
            "type": "change",
            "timestamp": now_ms,
            "instrument_name": channel.symbol,
            "prev_change_id": before.change_id,
            "change_id": after.change_id,
            **sides,
        }

    def levels(self, channel: Channel, now_ms: int) -> dict[str, Any]:
        """The top of the book, whole each time; prices may be rounded into groups."""
        book, depth = self._exchange.books[channel.symbol], channel.depth or 1
        group = Decimal(channel.target) if channel.target else None
        wanted = depth if group is None else EVERYTHING
        sides = {
            name: [list(x) for x in _grouped(book.levels(side, wanted), side, group)[:depth]]
            for name, side in _SIDES.items()
        }
        return {
            "timestamp": now_ms,
            "instrument_name": channel.symbol,
            "change_id": book.update_id,
            **sides,
        }

    def quote(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The best prices."""
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

    def new_quote(self, channel: Channel, now_ms: int) -> dict[str, Any] | None:
        """The best prices, if they are others than when they were last told."""
        book = self._exchange.books[channel.symbol]
        top = book.best(Side.BUY), book.best(Side.SELL)
        if top == self._tops.get(channel.name):
            return None
        self._tops[channel.name] = top
        return self.quote(channel.symbol, now_ms)

    def _current(self, symbol: str) -> _Published:
        book = self._exchange.books[symbol]
        levels = {name: dict(book.levels(side, EVERYTHING)) for name, side in _SIDES.items()}
        return _Published(book.update_id, levels)


def _grouped(levels: Sequence[Level], side: Side, group: Decimal | None) -> Sequence[Level]:
    """Levels gathered at multiples of ``group``: bids are rounded down, asks up."""
    if group is None:
        return levels
    rounding = ROUND_FLOOR if side is Side.BUY else ROUND_CEILING
    gathered: Levels = {}
    for price, size in levels:
        at = (price / group).to_integral_value(rounding) * group
        gathered[at] = gathered.get(at, ZERO) + size
    return list(gathered.items())


def _difference(before: Levels, after: Levels) -> list[list[Any]]:
    changes: list[list[Any]] = [
        ["change" if price in before else "new", price, size]
        for price, size in after.items()
        if before.get(price) != size
    ]
    return changes + [["delete", price, ZERO] for price in before if price not in after]
