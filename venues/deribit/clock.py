"""The venue's clock: its time of day decides whether a command is too late.

Every answer says when the venue got the request and when it sent the answer. The private stream is
asked something every second, so a clock that jumps is followed within that.
"""

from __future__ import annotations

import asyncio
import logging
import time

from venues.deribit.failures import NoAnswer, VenueSaidNo
from venues.deribit.rest import RestClient

_LOG = logging.getLogger(__name__)
_EVERY_S = 10.0
_RETRY_S = 1.0

# An answer that took longer says little: the offset is known to half of that only.
_ROUND_TRIP_MAX_MS = 500.0


class VenueClock:
    """The offset is the venue's clock minus ours."""

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest
        self.offset_ms: float | None = None

    def now_ms(self) -> int:
        """The venue's time; ours, until it was first asked."""
        return round(time.time() * 1000 + (self.offset_ms or 0.0))

    def observe(self, sent_ms: float, received_ms: float, in_us: int, out_us: int) -> None:
        """Learn from an answer: our times of the request and the answer, and the venue's."""
        if received_ms - sent_ms <= _ROUND_TRIP_MAX_MS:
            self.offset_ms = (in_us + out_us) / 2000 - (sent_ms + received_ms) / 2

    async def ask(self, within_s: float) -> None:
        """Learn the offset, to half of the time that the answer takes. Raises as `RestClient`."""
        sent_ms = time.time() * 1000
        told_ms = int(await self._rest.ask("public/get_time", {}, within_s))
        self.offset_ms = told_ms - (sent_ms + time.time() * 1000) / 2

    async def follow(self, within_s: float) -> None:
        """Keep asking, without end."""
        while True:
            try:
                await self.ask(within_s)
            except (NoAnswer, VenueSaidNo) as failure:
                _LOG.warning("DERIBIT: its clock cannot be read: %s", failure)
                await asyncio.sleep(_RETRY_S)
            else:
                await asyncio.sleep(_EVERY_S)
