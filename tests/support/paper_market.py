"""The market of a running paper stack: what an instrument costs, and where a test puts it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
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
_NEAR = Decimal("0.001")


class PaperMarket:
    def __init__(self, market: MarketData, venues: SimulatorAdmin) -> None:
        self._market = market
        self._venues = venues
        self._before: dict[str, Decimal] = {}
        self._moved_to: dict[str, Decimal] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, dsn: str, venues: SimulatorAdmin) -> AsyncIterator[Self]:
        """Open until the test ends; then every price is again what it was."""
        pool = await open_pool(dsn, size=1)
        market = cls(MarketData(pool), venues)
        try:
            market._before = await market._mids()
            yield market
            await market._restore()
        finally:
            await pool.close()

    async def of(self, instrument_id: str) -> tuple[Instrument, Quote]:
        """The instrument and its quote, once there is one."""
        async with asyncio.timeout(_QUOTED_WITHIN_S):
            while instrument_id not in (quotes := await self._market.quotes()):
                await asyncio.sleep(0.1)
        instruments = {one.instrument_id: one for one in await self._market.instruments()}
        return instruments[instrument_id], quotes[instrument_id]

    async def move(self, instrument_id: str, mid: Decimal, *, unseen: bool = False) -> None:
        """Put the market there and trade there, once, at the instrument's venue: triggers watch
        what was paid last. Instruments of one underlying move together.

        `unseen`: nobody is told, because the venue is away.
        """
        instrument, quote = await self.of(instrument_id)
        start = self._before.setdefault(instrument_id, quote.mid)
        difference = mid - self._moved_to.get(instrument_id, start)
        self._moved_to[instrument_id] = mid
        symbols = known_benches()[instrument.venue].symbols
        symbol = symbols.get(instrument_id) or instrument.symbol
        await self._venues.move_by(symbol, f"{difference:f}")
        await self._venues.trade(instrument.venue, symbol, f"{instrument.lot:f}")
        if not unseen:
            await self._until_quoted({instrument_id: mid})

    async def _restore(self) -> None:
        for instrument_id in [*self._moved_to]:
            await self.move(instrument_id, self._before[instrument_id], unseen=True)
        await self._until_quoted(self._before)

    async def _until_quoted(self, wanted: Mapping[str, Decimal]) -> None:
        """Risk and the next test must not see the market where it was."""
        deadline = time.monotonic() + _QUOTED_WITHIN_S
        while True:
            mids = await self._mids()
            off = {
                one: (mids[one], mid)
                for one, mid in wanted.items()
                if abs(mids[one] - mid) > mid * _NEAR
            }
            if not off:
                return
            assert time.monotonic() < deadline, f"quoted elsewhere than wanted: {off}"
            await asyncio.sleep(0.05)

    async def _mids(self) -> dict[str, Decimal]:
        return {one: quote.mid for one, quote in (await self._market.quotes()).items()}


def near(instrument: Instrument, quote: Quote, factor: str) -> str:
    """So far from the market, on the tick."""
    return f"{quote.mid * Decimal(factor) // instrument.tick * instrument.tick:f}"


def small(instrument: Instrument, quote: Quote, lots: int = 1) -> str:
    """A small quantity that is well above the venue's minimum and can be had in `lots` parts."""
    least = max(instrument.min_qty, instrument.lot)
    worth = instrument.notional(least, quote.mid)
    times = (instrument.min_notional * 2 / worth).to_integral_value(ROUND_UP)
    return f"{least * max(times, Decimal(1)) * lots:f}"
