"""Writes down what a venue says of its market: the latest of each instrument, a few times a second.

Market data is worth only as much as it is fresh, so whatever piles up while a write is under way,
or the database away, is merged: the next write takes the newest quote and depth of each instrument,
and all new trades.
"""

from __future__ import annotations

import asyncio
import logging

from db.market import MarketData
from db.pool import DATABASE_AWAY
from domain.market import Depth, MarketTrade, Quote
from venues.port import ExternalAdapter

logger = logging.getLogger(__name__)

# Far below the age at which risk calls a quote stale, and so few writes that they cost little.
_WRITE_EVERY_S = 0.1
_TRADES_PENDING_MAX = 5_000
_FORGET_EVERY_WRITES = 600


class MarketRecorder:
    def __init__(self, adapter: ExternalAdapter, market: MarketData) -> None:
        self._adapter = adapter
        self._market = market
        self._quotes: dict[str, Quote] = {}
        self._depths: dict[str, Depth] = {}
        self._trades: list[MarketTrade] = []
        self._news = asyncio.Event()
        self._writes = 0

    async def record(self) -> None:
        """Read the market and write it down, without end."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(), name=f"market of {self._adapter.venue}")
            tasks.create_task(self._write(), name=f"market records of {self._adapter.venue}")

    async def _read(self) -> None:
        async for event in self._adapter.market_data():
            match event:
                case Quote():
                    self._quotes[event.instrument_id] = event
                case Depth():
                    self._depths[event.instrument_id] = event
                case MarketTrade():
                    if len(self._trades) < _TRADES_PENDING_MAX:
                        self._trades.append(event)
            self._news.set()

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            quotes, self._quotes = self._quotes, {}
            depths, self._depths = self._depths, {}
            trades, self._trades = self._trades, []
            try:
                await self._save(quotes, depths, trades)
            except DATABASE_AWAY as error:
                logger.warning("the market of %s was not saved: %s", self._adapter.venue, error)
                # The next word of a quiet market may be long in coming.
                self._quotes, self._depths = quotes | self._quotes, depths | self._depths
                self._trades = (trades + self._trades)[-_TRADES_PENDING_MAX:]
                self._news.set()
            await asyncio.sleep(_WRITE_EVERY_S)

    async def _save(
        self, quotes: dict[str, Quote], depths: dict[str, Depth], trades: list[MarketTrade]
    ) -> None:
        if quotes:
            await self._market.save_quotes(list(quotes.values()))
        if depths:
            await self._market.save_depths(list(depths.values()))
        if trades:
            await self._market.save_trades(trades)
        self._writes += 1
        if self._writes % _FORGET_EVERY_WRITES == 1:
            await self._market.forget_old_trades()
