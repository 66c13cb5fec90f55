"""Profit of the day by position: against the closing prices of the day before, fees aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.matching import ZERO, Side
from venues.simulators.net_position import NetPosition
from venues.simulators.orders import Fill
from venues.simulators.unified_account import UnifiedAccount


@dataclass(frozen=True, slots=True)
class Figures:
    """``daily`` is what the day has made so far, realised or not."""

    daily: Decimal
    unrealized: Decimal
    realized: Decimal


@dataclass(slots=True)
class _Day:
    """What was bought less what was sold since the day began, and what it cost."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    realized: Decimal = ZERO


class Profit:
    """``closes`` are the prices at which the day before ended, by symbol."""

    def __init__(
        self, account: UnifiedAccount, closes: Mapping[str, Decimal], fills: Iterable[Fill]
    ) -> None:
        self._account = account
        self._closes = closes
        self._days: dict[str, _Day] = {}
        for fill in fills:
            self.on_fill(fill)

    def on_fill(self, fill: Fill) -> None:
        """Count a trade of the day."""
        day = self._days.setdefault(fill.symbol, _Day())
        quantity = fill.quantity if fill.side is Side.BUY else -fill.quantity
        day.quantity += quantity
        instrument = self._account.position(fill.symbol).instrument
        day.cost += instrument.value(fill.price, quantity)
        day.realized += fill.realized_pnl

    def begin_day(self) -> None:
        """Nothing has traded yet."""
        self._days.clear()

    def of(self, position: NetPosition) -> Figures:
        """The figures of one position, at the mark price."""
        instrument, symbol = position.instrument, position.instrument.symbol
        mark, day = self._account.mark(symbol), self._days.get(symbol, _Day())
        held = position.amount - day.quantity
        before = instrument.value(self._closes.get(symbol, mark), held)
        return Figures(
            daily=position.value(mark) - before - day.cost,
            unrealized=position.unrealized(mark),
            realized=day.realized,
        )

    def total(self) -> Figures:
        """The figures of all positions together."""
        each = [self.of(position) for position in self._account.positions.values()]
        return Figures(
            daily=sum((figures.daily for figures in each), ZERO),
            unrealized=sum((figures.unrealized for figures in each), ZERO),
            realized=sum((figures.realized for figures in each), ZERO),
        )
