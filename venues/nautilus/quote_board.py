"""The latest quote of each instrument, handed on at a bounded rate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from nautilus_trader.model.data import QuoteTick

from domain.market import Quote
from venues.nautilus.instruments import plain
from venues.nautilus.news import utc


class QuoteBoard:
    """Keeps one tick per instrument; a reader that is slow misses old ones, never the latest.

    Ticks are turned into decimals only when they are read, for a busy stream has hundreds a second.
    """

    def __init__(self, interval: timedelta = timedelta(milliseconds=200)) -> None:
        self._interval_s = interval.total_seconds()
        self._latest: dict[str, QuoteTick] = {}
        self._changed = asyncio.Event()
        self.last_at_ns = 0

    def put(self, tick: QuoteTick) -> None:
        self.last_at_ns = tick.ts_init
        self._latest[tick.instrument_id.value] = tick
        self._changed.set()

    async def stream(self) -> AsyncIterator[Quote]:
        """Each instrument's latest quote, at most once per interval, without end."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            ticks, self._latest = self._latest, {}
            for tick in ticks.values():
                yield _quote(tick)
            await asyncio.sleep(self._interval_s)


def _quote(tick: QuoteTick) -> Quote:
    return Quote(
        instrument_id=tick.instrument_id.value,
        bid=plain(tick.bid_price.as_decimal()),
        bid_size=plain(tick.bid_size.as_decimal()),
        ask=plain(tick.ask_price.as_decimal()),
        ask_size=plain(tick.ask_size.as_decimal()),
        received_at=utc(tick.ts_init),
    )
