"""A market over all simulated venues: reference prices, and a market maker per book that quotes.

The maker keeps a ladder of real quotes around its price, so that accounts trade against liquidity
that is in the book. All instruments of one underlying follow the same seeded random walk, on every
venue; or, where the market was recorded, each its own series of the same recording.
Deterministic from the seed and the times that are passed in.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Level, Side
from venues.simulators.past import History, Memory
from venues.simulators.prices import PriceSource, PriceWalk
from venues.simulators.recordings import MAIN_SERIES, RecordedPrice, Recording, series_of

LADDER_LEVELS = 10
HALF_SPREAD = Decimal("0.00005")
LEVEL_SPACING = Decimal("0.00005")
TRADE_PROBABILITY = 0.5
MOST_TAKEN = 50
"""A taker takes one to so many hundredths of the first level."""

MEAN_TAKEN = (1 + MOST_TAKEN) / 200
WALK = "walk"


class MarketMaker:
    """Liquidity of one book: a ladder around the reference price, and takers now and then."""

    def __init__(
        self,
        exchange: Exchange,
        instrument: Instrument,
        source: PriceSource,
        basis: Decimal,
        seed: str,
    ) -> None:
        self.source = source
        self._exchange = exchange
        self._instrument = instrument
        self._basis = basis
        self._rng = random.Random(seed)
        self._past_rng = random.Random(f"{seed}/past")

    def remember(self, history: History) -> None:
        """Let the bars of the instrument reach back into the past of its source."""
        instrument, exchange = self._instrument, self._exchange
        traded = float(instrument.level_size) * TRADE_PROBABILITY * MEAN_TAKEN
        bars = Memory(history, instrument, self._basis, self._past_rng, traded).bars
        exchange.tapes[instrument.symbol].candles.past = bars
        bars = Memory(history, instrument, self._basis, self._past_rng, None).bars
        exchange.mark_candles[instrument.symbol].past = bars
        bars = Memory(history, instrument, Decimal(0), self._past_rng, None).bars
        exchange.index_candles[instrument.symbol].past = bars

    def step(self, now_ns: int, *, trade: bool = True) -> None:
        """Re-quote; then perhaps somebody takes."""
        tick = self._instrument.tick
        middle = (self.source.price + self._basis) // tick * tick
        bids, asks = self._ladder(Side.BUY, middle), self._ladder(Side.SELL, middle)
        symbol = self._instrument.symbol
        index = self.source.price // tick * tick
        self._exchange.quote(symbol, middle, bids, asks, now_ns, index)
        draw, size = self._rng.random(), self._rng.randint(1, MOST_TAKEN)
        if trade and not self.source.frozen and draw < TRADE_PROBABILITY:
            side = Side.BUY if draw < TRADE_PROBABILITY / 2 else Side.SELL
            quantity = self._sized(size, self.source.pace)
            if quantity:
                self._exchange.market_trade(symbol, side, quantity, now_ns)

    def _ladder(self, side: Side, middle: Decimal) -> list[Level]:
        tick, step = self._instrument.tick, self._instrument.step
        half_spread = self.source.half_spread
        if half_spread is None:
            half_spread = middle * HALF_SPREAD
        away = -1 if side is Side.BUY else 1
        levels: list[Level] = []
        for depth in range(LADDER_LEVELS):
            # Coarse ticks hold the levels apart where the spread is less than one.
            distance = max(half_spread + middle * LEVEL_SPACING * depth, tick * (depth + 1))
            price = (middle + away * distance) // tick * tick
            hundredths = self._rng.randint(50, 150) * (depth + 1)
            levels.append((price, self._sized(hundredths, self.source.depth) or step))
        return levels

    def _sized(self, hundredths: int, times: Decimal) -> Decimal:
        step = self._instrument.step
        return self._instrument.level_size * hundredths * times / 100 // step * step


@dataclass(frozen=True, slots=True)
class Listing:
    """An exchange that takes part in the market under a name."""

    venue: str
    exchange: Exchange


class Market:
    """All prices and makers of the simulated venues; what a ``recording`` holds is played."""

    def __init__(
        self, listings: Sequence[Listing], seed: int, recording: Recording | None = None
    ) -> None:
        self._has_begun = False
        # By underlying; then one by recorded series, or the one walk.
        self._sources: dict[str, dict[str, PriceSource]] = {}
        self._underlyings: dict[str, str] = {}
        self._makers: list[tuple[str, MarketMaker]] = []
        self._exchanges = [listing.exchange for listing in listings]
        for listing in listings:
            for symbol, instrument in listing.exchange.instruments.items():
                self._underlyings.setdefault(symbol, instrument.underlying)
                source, basis = self._source(listing.venue, instrument, seed, recording)
                seeded = f"{seed}/{listing.venue}/{symbol}"
                maker = MarketMaker(listing.exchange, instrument, source, basis, seeded)
                self._makers.append((instrument.underlying, maker))

    def step(self, now_ns: int) -> None:
        """One beat: orders whose time has come end, every price moves, every maker re-quotes."""
        if not self._has_begun:
            self._has_begun = True
            self._remember(now_ns // 1_000_000)
        for exchange in self._exchanges:
            exchange.expire_due(now_ns)
        for sources in self._sources.values():
            for source in sources.values():
                source.step(now_ns)
        for _, maker in self._makers:
            maker.step(now_ns)

    def price(self, symbol: str) -> Decimal | None:
        """The reference price behind a symbol, None for an unknown one."""
        underlying = self._underlyings.get(symbol)
        return None if underlying is None else self._reference(underlying).price

    def jump(self, symbol: str, price: Decimal, now_ns: int) -> None:
        """Move what a symbol follows to a price, now: every symbol of it, on every venue."""
        underlying = self._underlyings[symbol]
        difference = price - self._reference(underlying).price
        for source in self._sources[underlying].values():
            source.shift(difference)
        for name, maker in self._makers:
            if name == underlying:
                maker.step(now_ns, trade=False)

    def freeze(self, symbol: str | None, *, frozen: bool) -> None:
        """Stop or resume price moves and trades behind a symbol, or all; quotes go on."""
        chosen = None if symbol is None else self._underlyings.get(symbol)
        for name, sources in self._sources.items():
            if symbol is None or name == chosen:
                for source in sources.values():
                    source.frozen = frozen

    def _remember(self, begin_ms: int) -> None:
        """Give the bars of every instrument a past."""
        histories = {
            id(source): History(source, begin_ms)
            for sources in self._sources.values()
            for source in sources.values()
        }
        for _, maker in self._makers:
            maker.remember(histories[id(maker.source)])

    def _reference(self, underlying: str) -> PriceSource:
        """The price that stands for an underlying: the first that was listed."""
        return next(iter(self._sources[underlying].values()))

    def _source(
        self, venue: str, instrument: Instrument, seed: int, recording: Recording | None
    ) -> tuple[PriceSource, Decimal]:
        """What an instrument follows, and how far from it; its own series is followed as it is."""
        sources = self._sources.setdefault(instrument.underlying, {})
        series = series_of(venue, instrument)
        if recording is not None and series is not None:
            name = series if series in recording else MAIN_SERIES
            basis = Decimal(0) if name != MAIN_SERIES else instrument.basis
            return sources.setdefault(name, RecordedPrice(recording, name)), basis
        if WALK not in sources:
            seeded = f"{seed}/{instrument.underlying}"
            rng, past_rng = random.Random(seeded), random.Random(f"{seeded}/past")
            sources[WALK] = PriceWalk(instrument.start_price, rng, past_rng)
        return sources[WALK], instrument.basis
