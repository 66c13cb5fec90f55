"""Where the reference prices of a simulated market come from."""

import random
from decimal import Decimal
from typing import Protocol

STEP_DEVIATION = 0.0001
REVERSION = 0.02
ONE = Decimal(1)
EXACT = Decimal("1e-9")
"""Far below any tick: a price that was moved to a round number is that number."""


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


class PriceWalk:
    """A seeded, mean-reverting random walk. ``anchor`` is the level that it returns to.

    Deterministic from its generator: the time decides nothing.
    """

    def __init__(self, start: Decimal, rng: random.Random) -> None:
        self.price = start
        self.anchor = start
        self.frozen = False
        self.half_spread: Decimal | None = None
        self.depth = self.pace = ONE
        self._rng = rng

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
