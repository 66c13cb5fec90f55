"""Bars of one price at every interval, from before the process began until now.

They are kept in tiers: few long ones reach back years, many short ones some minutes. Every tier
hears every price, so that each holds the whole time that it spans; an interval is folded from the
longest that it is made of.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.bars import (
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    Bar,
    Interval,
    fold,
    quiet,
)
from venues.simulators.matching import ZERO


@dataclass(frozen=True, slots=True)
class Tier:
    """Bars of one length, and how many are kept."""

    length_ms: int
    kept: int


TIERS = (
    Tier(SECOND_MS, 1000),
    Tier(MINUTE_MS, 2 * 1440),
    Tier(15 * MINUTE_MS, 10 * 96),
    Tier(HOUR_MS, 40 * 24),
    Tier(4 * HOUR_MS, 500 * 6),
)
"""Shortest first; each length divides the next."""

type Past = Callable[[int], list[Bar]]
"""The bars of a tier (by its place in ``TIERS``) until the process began, oldest first."""


class Candles:
    """Bars of one price. ``past`` is asked for a tier when somebody first asks for its bars."""

    def __init__(self) -> None:
        self.past: Past | None = None
        self._tiers: list[deque[Bar]] = [deque(maxlen=tier.kept) for tier in TIERS]
        self._recalled: set[int] = set()

    def hear(
        self,
        price: Decimal,
        time_ms: int,
        quantity: Decimal = ZERO,
        *,
        bought: bool = False,
        trade_id: int = 0,
    ) -> None:
        """A price, and what was traded at it; ``bought`` if its taker bought."""
        for tier, bars in zip(TIERS, self._tiers, strict=True):
            open_ms = time_ms // tier.length_ms * tier.length_ms
            if not bars:
                bars.append(quiet(open_ms, price))
            elif bars[-1].open_ms < open_ms:
                _continue(bars, tier, open_ms)
            bars[-1].hear(price, quantity, bought=bought, trade_id=trade_id)

    def of(self, interval: Interval, now_ms: int) -> list[Bar]:
        """The bars of an interval that are known, oldest first; the last is that of now.

        They are for reading only.
        """
        number = _number_of(interval)
        bars = self._until(number, now_ms)
        if interval.length_ms == TIERS[number].length_ms:
            return list(bars)
        return fold(bars, interval)

    def at(self, interval: Interval, time_ms: int) -> Bar | None:
        """The bar of an interval that a time falls into, None before the first price."""
        open_ms = interval.open_ms(time_ms)
        found: list[Bar] = []
        for bar in reversed(self._until(_number_of(interval), time_ms)):
            if bar.open_ms < open_ms:
                break
            if bar.open_ms <= time_ms:
                found.append(bar)
        folded = fold(reversed(found), interval)
        return folded[0] if folded else None

    def since(self, since_ms: int, now_ms: int) -> Bar | None:
        """All that happened since a time, as one bar, None before the first price.

        By the minute; by longer bars where a time is further back than minutes are kept.
        """
        kept_ms = now_ms - since_ms
        number = next(
            (n for n, tier in enumerate(TIERS) if n and tier.length_ms * tier.kept > kept_ms),
            len(TIERS) - 1,
        )
        total: Bar | None = None
        for bar in self._until(number, now_ms):
            if bar.open_ms >= since_ms - since_ms % TIERS[number].length_ms:
                if total is None:
                    total = replace(bar)
                else:
                    total.join(bar)
        return total

    def ended(self, interval: Interval, after_ms: int, until_ms: int) -> list[Bar]:
        """The bars of an interval that ended after one time and not after another."""
        ended: list[Bar] = []
        end_ms = interval.open_ms(until_ms)
        while end_ms > after_ms:
            bar = self.at(interval, end_ms - 1)
            if bar is None:
                break
            ended.insert(0, bar)
            end_ms = bar.open_ms
        return ended

    def _until(self, number: int, now_ms: int) -> deque[Bar]:
        """A tier with its past, and with quiet bars until now."""
        bars, tier = self._tiers[number], TIERS[number]
        if self.past is not None and number not in self._recalled:
            self._recalled.add(number)
            _recall(bars, self.past(number))
        open_ms = now_ms // tier.length_ms * tier.length_ms
        if bars and bars[-1].open_ms < open_ms:
            _continue(bars, tier, open_ms)
        return bars


def _number_of(interval: Interval) -> int:
    """The tier that an interval is folded from."""
    return max(n for n, tier in enumerate(TIERS) if interval.is_made_of(tier.length_ms))


def _recall(bars: deque[Bar], past: list[Bar]) -> None:
    """Put what was before in front of what is, as far as there is room."""
    if bars and past and past[-1].open_ms == bars[0].open_ms:
        began = past.pop()
        began.join(bars.popleft())
        bars.appendleft(began)
    room = (bars.maxlen or 0) - len(bars)
    if room:
        bars.extendleft(reversed(past[-room:]))


def _continue(bars: deque[Bar], tier: Tier, open_ms: int) -> None:
    """Go on with quiet bars until one that begins at a time; as many as are kept at most."""
    price, begin_ms = bars[-1].close, bars[-1].open_ms + tier.length_ms
    begin_ms = max(begin_ms, open_ms - (tier.kept - 1) * tier.length_ms)
    for quiet_ms in range(begin_ms, open_ms + 1, tier.length_ms):
        bars.append(quiet(quiet_ms, price))
