"""Where the reference prices of a simulated market come from."""

import math
import random
from decimal import Decimal
from typing import NamedTuple, Protocol

STEP_DEVIATION = 0.0001
REVERSION = 0.02
LONG_RUN_DEVIATION = STEP_DEVIATION / math.sqrt(1 - (1 - REVERSION) ** 2)
"""How far a walk usually is from its anchor, as a fraction of it."""
ONE = Decimal(1)
EXACT = Decimal("1e-9")
"""Far below any tick: a price that was moved to a round number is that number."""


class Swing(NamedTuple):
    """What a price did in a stretch of time."""

    open: float
    high: float
    low: float
    close: float


class PriceSource(Protocol):
    """A reference price that moves once a beat.

    ``half_spread`` is half the distance of the best quotes, None for the maker's own; ``depth`` and
    ``pace`` say how much is quoted and traded now, as multiples of what is usual.
    """

    price: Decimal
    frozen: bool
    half_spread: Decimal | None
    depth: Decimal
    pace: Decimal

    def step(self, now_ns: int) -> None:
        """Move to the price of this time, unless frozen."""

    def shift(self, by: Decimal) -> None:
        """Go on from a price that is higher by so much, and around it."""

    def before(self, ago_ms: int, length_ms: int) -> Swing:
        """What the price did in a time that ended ``ago_ms`` before it began to move.

        Asked for once each, the latest first, without gaps.
        """


class PriceWalk:
    """A seeded, mean-reverting random walk. ``anchor`` is the level that it returns to.

    Deterministic from its generators: the time decides nothing. What it does in the long run looks
    the same backwards, so its past is another such walk, away from the start.
    """

    def __init__(self, start: Decimal, rng: random.Random, past_rng: random.Random) -> None:
        self.price = start
        self.anchor = start
        self.frozen = False
        self.half_spread: Decimal | None = None
        self.depth = self.pace = ONE
        self._rng = rng
        self._start = float(start)
        self._past_rng = past_rng
        self._past_deviation = 0.0

    def step(self, now_ns: int) -> None:
        """One random move towards the anchor."""
        # Drawn even while frozen, so that pausing does not shift what follows.
        shock = Decimal(f"{self._rng.gauss(0.0, STEP_DEVIATION):.9f}")
        if not self.frozen:
            pull = (self.anchor - self.price) * Decimal(str(REVERSION))
            self.price += pull + self.price * shock

    def shift(self, by: Decimal) -> None:
        """Go on around another price; the walk returns to it."""
        self.price = self.anchor = (self.price + by).quantize(EXACT)

    def before(self, ago_ms: int, length_ms: int) -> Swing:
        """The walk of that time, as deviations from the start."""
        kept = (1 - REVERSION) ** (length_ms / 1000)
        spread = LONG_RUN_DEVIATION * math.sqrt(1 - kept * kept)
        close = self._past_deviation
        self._past_deviation = opened = close * kept + self._past_rng.gauss(0.0, spread)
        high = max(opened, close) + abs(self._past_rng.gauss(0.0, spread / 2))
        low = min(opened, close) - abs(self._past_rng.gauss(0.0, spread / 2))
        return Swing(*(self._start * (1 + each) for each in (opened, high, low, close)))
