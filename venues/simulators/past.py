"""What prices did before the process began, so that bars reach back from the first minute on.

It is made up when it is asked for, always alike for one seed and start: for each source of prices
once, for all that follow it (``History``); from that, for each instrument its own (``Memory``).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.bars import Bar, Interval, fold
from venues.simulators.candles import TIERS
from venues.simulators.instruments import Instrument
from venues.simulators.prices import PriceSource, Swing

# Whole ticks come out of divisions a hair too small.
HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time before the process began, and what the price did in it."""

    open_ms: int
    length_ms: int
    swing: Swing


class History:
    """What one source of prices did before a time, as stretches of the tiers' lengths.

    The shortest lie next to the beginning; where a tier ends, the next goes on. A source is asked
    from the latest to the earliest.
    """

    def __init__(self, source: PriceSource, begin_ms: int) -> None:
        self._source = source
        self._begin_ms = begin_ms
        self._reached_ms = begin_ms
        self._sections: list[list[Stretch]] = []

    def section(self, number: int) -> list[Stretch]:
        """The stretches of a tier's length that no shorter ones cover, oldest first."""
        while len(self._sections) <= number:
            self._sections.append(list(self._drawn(len(self._sections)))[::-1])
        return self._sections[number]

    def _drawn(self, number: int) -> Iterator[Stretch]:
        tier = TIERS[number]
        next_ms = TIERS[min(number + 1, len(TIERS) - 1)].length_ms
        until_ms = (self._begin_ms - tier.kept * tier.length_ms) // next_ms * next_ms
        while self._reached_ms > until_ms:
            end_ms = self._reached_ms
            open_ms = (end_ms - 1) // tier.length_ms * tier.length_ms
            swing = self._source.before(self._begin_ms - end_ms, end_ms - open_ms)
            self._reached_ms = open_ms
            yield Stretch(open_ms, end_ms - open_ms, swing)


class Memory:
    """The past of one instrument, ``basis`` above its source.

    ``traded_a_second`` is how much is usually traded, None for a price that is not traded at;
    ``rng`` decides how much it was.
    """

    def __init__(
        self,
        history: History,
        instrument: Instrument,
        basis: Decimal,
        rng: random.Random,
        traded_a_second: float | None,
    ) -> None:
        self._history = history
        self._tick, self._basis = float(instrument.tick), float(basis)
        self._instrument = instrument
        self._rng = rng
        self._traded = traded_a_second
        self._tiers: list[list[Bar]] = []

    def bars(self, number: int) -> list[Bar]:
        """The bars of a tier until the beginning, oldest first."""
        while len(self._tiers) <= number:
            section = self._history.section(len(self._tiers))
            bars = [self._bar(stretch) for stretch in section]
            if self._tiers:
                interval = Interval(TIERS[len(self._tiers)].length_ms)
                bars += fold(self._tiers[-1], interval)
            self._tiers.append(bars)
        return list(self._tiers[number])

    def _bar(self, stretch: Stretch) -> Bar:
        tick, swing = self._instrument.tick, stretch.swing
        opened, high, low, close = (
            tick * int((price + self._basis) / self._tick + HAIR) for price in swing
        )
        bar = Bar(stretch.open_ms, opened, high, low, close, trades=1)
        if self._traded is not None:
            self._trade(bar, stretch.length_ms / 1000)
        return bar

    def _trade(self, bar: Bar, seconds: float) -> None:
        """Give a bar the volume that its time usually has."""
        assert self._traded is not None
        step = self._instrument.step
        usual = self._traded * seconds / float(step)
        steps, bought = usual * self._rng.uniform(0.7, 1.3), self._rng.uniform(0.4, 0.6)
        price = (bar.open + bar.close) / 2
        bar.volume, bar.taker_buy_volume = step * int(steps), step * int(steps * bought)
        bar.quote_volume = bar.volume * price
        bar.taker_buy_quote_volume = bar.taker_buy_volume * price
        bar.trades = max(int(seconds / 2), 1)
