"""Bars of prices: kept at one width, merged into wider ones."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.matching import ZERO

MILLIONTH = Decimal("0.000001")


@dataclass(slots=True)
class Bar:
    """The prices of some time from ``start_s`` on (UTC). ``value`` is price by volume; bars of
    quotes have no volume."""

    start_s: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    value: Decimal = ZERO
    count: int = 0

    @property
    def average(self) -> Decimal:
        """The mean price by volume, to a millionth."""
        return (self.value / self.volume).quantize(MILLIONTH) if self.volume else self.close

    def take(self, price: Decimal, volume: Decimal) -> None:
        """One more price."""
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.close = price
        if volume:
            self.volume += volume
            self.value += price * volume
            self.count += 1

    def absorb(self, later: "Bar") -> None:
        """The bar that follows becomes part of this one."""
        self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        self.close = later.close
        self.volume += later.volume
        self.value += later.value
        self.count += later.count


class Candles:
    """The latest bars of one width, oldest first. Where nothing happened there is none."""

    def __init__(self, step_s: int, kept: int) -> None:
        self.step_s = step_s
        self.bars: deque[Bar] = deque(maxlen=kept)

    def add(self, price: Decimal, volume: Decimal, time_s: int) -> None:
        """A price of that time."""
        start_s = time_s // self.step_s * self.step_s
        if not self.bars or self.bars[-1].start_s < start_s:
            self.bars.append(Bar(start_s, price, price, price, price))
        self.bars[-1].take(price, volume)


def merged(bars: Iterable[Bar], start_of: Callable[[int], int]) -> list[Bar]:
    """Wider bars; ``start_of`` says when the one began that a moment belongs to."""
    wider: list[Bar] = []
    for bar in bars:
        start_s = start_of(bar.start_s)
        if wider and wider[-1].start_s == start_s:
            wider[-1].absorb(bar)
        else:
            wider.append(replace(bar, start_s=start_s))
    return wider
