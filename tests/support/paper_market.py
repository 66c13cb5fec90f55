"""The market of a running paper stack: what an instrument costs, and where a test puts it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import ROUND_UP, Decimal
from typing import Self

from db.market import MarketData
from db.pool import open_pool
from domain.instruments import Instrument
from domain.market import Quote
from tests.contracts.venues import known_benches
from tests.support.faults import SimulatorAdmin

_QUOTED_WITHIN_S = 20.0


class PaperMarket:
    def __init__(self, market: MarketData, venues: SimulatorAdmin) -> None:
        self._market = market
        self._venues = venues
        self._starts: dict[Instrument, Decimal] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, dsn: str, venues: SimulatorAdmin) -> AsyncIterator[Self]:
        """Open until the test ends; then every price is again what it was."""
        pool = await open_pool(dsn, size=1)
        market = cls(MarketData(pool), venues)
        try:
            yield market
            for instrument, start in market._starts.items():
                await market._put(instrument, start)
        finally:
            await pool.close()

    async def of(self, instrument_id: str) -> tuple[Instrument, Quote]:
        """The instrument and its quote, once there is one."""
        async with asyncio.timeout(_QUOTED_WITHIN_S):
            while instrument_id not in (quotes := await self._market.quotes()):
                await asyncio.sleep(0.1)
        instruments = {one.instrument_id: one for one in await self._market.instruments()}
        return instruments[instrument_id], quotes[instrument_id]

    async def move(self, instrument_id: str, mid: Decimal) -> None:
        """Put the market there and trade there, once, at the instrument's venue: triggers watch
        what was paid last."""
        instrument, quote = await self.of(instrument_id)
        self._starts.setdefault(instrument, quote.mid)
        await self._put(instrument, mid)

    async def _put(self, instrument: Instrument, mid: Decimal) -> None:
        symbols = known_benches()[instrument.venue].symbols
        symbol = symbols.get(instrument.instrument_id) or instrument.symbol
        await self._venues.move(symbol, f"{mid:f}")
        await self._venues.trade(instrument.venue, symbol, f"{instrument.lot:f}")


def near(instrument: Instrument, quote: Quote, factor: str) -> str:
    """So far from the market, on the tick."""
    return f"{quote.mid * Decimal(factor) // instrument.tick * instrument.tick:f}"


def small(instrument: Instrument, quote: Quote, lots: int = 1) -> str:
    """A small quantity that is well above the venue's minimum and can be had in `lots` parts."""
    least = max(instrument.min_qty, instrument.lot)
    worth = instrument.notional(least, quote.mid)
    times = (instrument.min_notional * 2 / worth).to_integral_value(ROUND_UP)
    return f"{least * max(times, Decimal(1)) * lots:f}"
