"""A synthetic market: one seeded price per underlying, and a market maker per book that quotes it.

The price is a mean-reverting random walk; the maker keeps a ladder of real quotes around it, so
that accounts trade against liquidity that is in the book. All instruments of one underlying follow
the same price, on every venue. Deterministic from the seed: the time is passed in and decides
nothing.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Level, Side

LADDER_LEVELS = 10
HALF_SPREAD = Decimal("0.00005")
LEVEL_SPACING = Decimal("0.00005")
STEP_DEVIATION = 0.0001
REVERSION = 0.02
TRADE_PROBABILITY = 0.5


class PriceWalk:
    """The reference price of an underlying. ``anchor`` is the level that it returns to."""

    def __init__(self, start: Decimal, rng: random.Random) -> None:
        self.price = start
        self.anchor = start
        self.frozen = False
        self._rng = rng

    def step(self) -> None:
        """One random move towards the anchor, unless frozen."""
        # Drawn even while frozen, so that pausing does not shift what follows.
        shock = Decimal(f"{self._rng.gauss(0.0, STEP_DEVIATION):.9f}")
        if not self.frozen:
            pull = (self.anchor - self.price) * Decimal(str(REVERSION))
            self.price += pull + self.price * shock

    def jump(self, price: Decimal) -> None:
        """Continue from another price, and around it."""
        self.price = self.anchor = price


class MarketMaker:
    """Liquidity of one book: a ladder around the reference price, and takers now and then."""

    def __init__(
        self, exchange: Exchange, instrument: Instrument, walk: PriceWalk, rng: random.Random
    ) -> None:
        self._exchange = exchange
        self._instrument = instrument
        self._walk = walk
        self._rng = rng

    def step(self, now_ns: int, *, trade: bool = True) -> None:
        """Re-quote; then perhaps somebody takes."""
        tick = self._instrument.tick
        middle = (self._walk.price + self._instrument.basis) // tick * tick
        bids, asks = self._ladder(Side.BUY, middle), self._ladder(Side.SELL, middle)
        symbol = self._instrument.symbol
        index = self._walk.price // tick * tick
        self._exchange.quote(symbol, middle, bids, asks, now_ns, index)
        draw, size = self._rng.random(), self._rng.randint(1, 50)
        if trade and not self._walk.frozen and draw < TRADE_PROBABILITY:
            side = Side.BUY if draw < TRADE_PROBABILITY / 2 else Side.SELL
            quantity = self._sized(size)
            self._exchange.market_trade(symbol, side, quantity, now_ns)

    def _ladder(self, side: Side, middle: Decimal) -> list[Level]:
        tick = self._instrument.tick
        away = -1 if side is Side.BUY else 1
        levels: list[Level] = []
        for depth in range(LADDER_LEVELS):
            # Coarse ticks hold the levels apart where the spread is less than one.
            distance = max(middle * (HALF_SPREAD + LEVEL_SPACING * depth), tick * (depth + 1))
            price = (middle + away * distance) // tick * tick
            levels.append((price, self._sized(self._rng.randint(50, 150) * (depth + 1))))
        return levels

    def _sized(self, hundredths: int) -> Decimal:
        step = self._instrument.step
        return self._instrument.level_size * hundredths / 100 // step * step


@dataclass(frozen=True, slots=True)
class Listing:
    """An exchange that takes part in the market under a name."""

    venue: str
    exchange: Exchange


class Market:
    """All walks and makers of the simulated venues."""

    def __init__(self, listings: Sequence[Listing], seed: int) -> None:
        self._walks: dict[str, PriceWalk] = {}
        self._underlyings: dict[str, str] = {}
        self._makers: list[tuple[str, MarketMaker]] = []
        self._exchanges = [listing.exchange for listing in listings]
        for listing in listings:
            for symbol, instrument in listing.exchange.instruments.items():
                underlying = instrument.underlying
                self._underlyings[symbol] = underlying
                if underlying not in self._walks:
                    rng = random.Random(f"{seed}/{underlying}")
                    self._walks[underlying] = PriceWalk(instrument.start_price, rng)
                rng = random.Random(f"{seed}/{listing.venue}/{symbol}")
                maker = MarketMaker(listing.exchange, instrument, self._walks[underlying], rng)
                self._makers.append((underlying, maker))

    def step(self, now_ns: int) -> None:
        """One beat: orders whose time has come end, every price moves, every maker re-quotes."""
        for exchange in self._exchanges:
            exchange.expire_due(now_ns)
        for walk in self._walks.values():
            walk.step()
        for _, maker in self._makers:
            maker.step(now_ns)

    def price(self, symbol: str) -> Decimal | None:
        """The reference price behind a symbol, None for an unknown one."""
        underlying = self._underlyings.get(symbol)
        return None if underlying is None else self._walks[underlying].price

    def jump(self, symbol: str, price: Decimal, now_ns: int) -> None:
        """Move what a symbol follows to a price, now: every symbol of it, on every venue."""
        underlying = self._underlyings[symbol]
        self._walks[underlying].jump(price)
        for name, maker in self._makers:
            if name == underlying:
                maker.step(now_ns, trade=False)

    def freeze(self, symbol: str | None, *, frozen: bool) -> None:
        """Stop or resume price moves and trades behind a symbol, or all; quotes go on."""
        chosen = None if symbol is None else self._underlyings.get(symbol)
        for name, walk in self._walks.items():
            if symbol is None or name == chosen:
                walk.frozen = frozen
