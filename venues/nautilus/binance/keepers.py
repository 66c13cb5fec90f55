"""Asks the venue for its time now and then."""

from __future__ import annotations

import asyncio
import logging

from venues.nautilus.binance.queries import BinanceQueries
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_INTERVAL_S = 30.0
_RETRY_S = 2.0
_WORTH_A_WARNING_MS = 500.0


class ClockKeeper:
    """Knows how far the venue's clock is from ours: too far, and it refuses every request."""

    def __init__(self, venue: str, queries: BinanceQueries) -> None:
        self._venue = venue
        self._queries = queries
        self.offset_ms: float | None = None

    async def watch(self) -> None:
        while True:
            try:
                self.offset_ms = await self._queries.clock_offset_ms()
            except VenueUnreachable as unreachable:
                _LOG.warning("%s: its clock could not be read: %s", self._venue, unreachable)
                await asyncio.sleep(_RETRY_S)
                continue
            if abs(self.offset_ms) > _WORTH_A_WARNING_MS:
                _LOG.warning(
                    "%s: its clock is %.0f ms off ours; set this machine's clock by NTP.",
                    self._venue,
                    self.offset_ms,
                )
            await asyncio.sleep(_INTERVAL_S)
