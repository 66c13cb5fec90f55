"""Positions of the past, told from the fills that made them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Side
from venues.simulators.net_position import NetPosition
from venues.simulators.orders import Fill


@dataclass(slots=True)
class PastPosition:
    """One life of a position: from flat to flat, or until now. Sizes are contracts."""

    instrument: Instrument
    opened_ns: int
    is_long: bool
    open_price: Decimal = ZERO
    largest: Decimal = ZERO
    closed: Decimal = ZERO
    closed_value: Decimal = ZERO
    profit: Decimal = ZERO
    fee: Decimal = ZERO
    updated_ns: int = 0
    is_over: bool = False
    _position: NetPosition = field(init=False)

    def __post_init__(self) -> None:
        """Flat at first."""
        self._position = NetPosition(self.instrument)

    @property
    def close_price(self) -> Decimal:
        """Average price of what was closed; zero before that."""
        return self.closed_value / self.closed if self.closed else ZERO

    def trade(self, fill: Fill, quantity: Decimal) -> Decimal:
        """Take the part of a fill that belongs here; what goes beyond flat opens another."""
        closed = min(quantity, self._position.reducible(fill.side))
        taken = closed or quantity
        self._position.apply(fill.side, fill.price, taken, fill.time_ns)
        self.open_price = self._position.entry_price or self.open_price
        self.largest = max(self.largest, abs(self._position.amount))
        self.closed += closed
        self.closed_value += closed * fill.price
        self.profit += fill.realized_pnl if closed else ZERO
        self.fee += fill.fee * taken / fill.quantity
        self.updated_ns = fill.time_ns
        self.is_over = not self._position.amount
        return quantity - taken


def past_positions(
    instrument: Instrument, amount: Decimal, fills: Sequence[Fill]
) -> Iterator[PastPosition]:
    """All positions that were closed at least in part, oldest first.

    ``amount`` is the position of now. What was open before the first known fill is left out: how
    it came about is no longer known.
    """
    traded = sum((f.quantity if f.side is Side.BUY else -f.quantity for f in fills), ZERO)
    before = amount - traded
    current: PastPosition | None = None
    for fill in fills:
        left = fill.quantity
        if before:
            known = before
            before += left if fill.side is Side.BUY else -left
            if before and (before > 0) == (known > 0):
                continue
            left, before = abs(before), ZERO
        while left:
            current = current or PastPosition(instrument, fill.time_ns, fill.side is Side.BUY)
            left = current.trade(fill, left)
            if current.is_over:
                yield current
                current = None
    if current is not None and current.closed:
        yield current
