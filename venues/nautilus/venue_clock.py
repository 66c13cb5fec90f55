"""The venue's clock, by which requests are stamped: one that is off would have them refused."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

_LOG = logging.getLogger(__name__)
_INTERVAL_S = 30.0
_RETRY_S = 2.0
_ASK_TIMEOUT_S = 5.0
_WORTH_A_WARNING_MS = 500.0
_LONGEST_ROUND_TRIP_S = 0.5  # half of it is how wrong an offset can be

AskTime = Callable[[], Awaitable[int]]
"""Asks the venue for its time, in milliseconds."""


class VenueClock:
    """How far the venue's clock is ahead of ours; None before it was first asked."""

    def __init__(self, venue: str) -> None:
        self._venue = venue
        self.offset_ms: float | None = None

    def timestamp_ms(self) -> int:
        """The time at the venue, as well as we know it."""
        return round(time.time() * 1000 + (self.offset_ms or 0.0))

    async def read(self, ask: AskTime) -> None:
        """Ask, and believe the answer if it came at once. Raises whatever `ask` raises."""
        asked = time.time()
        async with asyncio.timeout(_ASK_TIMEOUT_S):
            venue_ms = await ask()
        answered = time.time()
        if answered - asked > _LONGEST_ROUND_TRIP_S:
            raise TimeoutError(f"it took {answered - asked:.1f} s to say the time")
        self.offset_ms = venue_ms - (asked + answered) / 2 * 1000
        if abs(self.offset_ms) > _WORTH_A_WARNING_MS:
            _LOG.warning(
                "%s: its clock is %.0f ms ahead of ours; set this machine's clock by NTP.",
                self._venue,
                self.offset_ms,
            )


class ClockKeeper:
    """Reads the venue's clock now and then."""

    def __init__(self, venue: str, clock: VenueClock, ask: AskTime) -> None:
        self._venue = venue
        self._clock = clock
        self._ask = ask

    async def watch(self) -> None:
        while True:
            try:
                await self._clock.read(self._ask)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
                _LOG.warning("%s: its clock could not be read: %s", self._venue, error)
                await asyncio.sleep(_RETRY_S)
            else:
                await asyncio.sleep(_INTERVAL_S)
