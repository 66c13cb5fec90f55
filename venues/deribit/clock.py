"""The venue's clock: its time of day decides whether a command is too late.

Every answer says when the venue got the request and when it sent the answer. The private stream is
asked something every second, so a clock that jumps is followed within that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime

from venues.deribit.failures import NoAnswer, VenueSaidNo
from venues.deribit.rest import Lane, RestClient

_LOG = logging.getLogger(__name__)
_EVERY_S = 10.0
_RETRY_S = 1.0

# An answer that was on its way for longer than twice that says little beside a recent one that was
# not.
_ERROR_MAX_MS = 250.0
_RECENT_S = 30.0


class VenueClock:
    """The offset is the venue's clock minus ours, known to half of the time that an answer was on
    its way."""

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest
        self.offset_ms: float | None = None
        self._error_ms = 0.0
        self._learned_at = -_RECENT_S

    def at_ms(self, moment: datetime) -> int:
        """What the venue's clock shows at a moment of ours, rather too early than too late."""
        return int(moment.timestamp() * 1000 + (self.offset_ms or 0.0) - self._error_ms)

    def observe(self, sent_ms: float, received_ms: float, in_us: int, out_us: int) -> None:
        """Learn from an answer: our times of the request and the answer, and the venue's."""
        offset_ms = (in_us + out_us) / 2000 - (sent_ms + received_ms) / 2
        self._learn(offset_ms, (received_ms - sent_ms - (out_us - in_us) / 1000) / 2)

    async def ask(self, within_s: float) -> None:
        """Learn the offset from a question for the time. Raises as `RestClient`."""
        sent_ms = time.time() * 1000
        told_ms = int(await self._rest.ask("public/get_time", {}, within_s, Lane.QUESTIONS))
        received_ms = time.time() * 1000
        self._learn(told_ms - (sent_ms + received_ms) / 2, (received_ms - sent_ms) / 2 + 1)

    async def follow(self, within_s: float) -> None:
        """Keep asking, without end."""
        while True:
            try:
                await self.ask(within_s)
            except (NoAnswer, VenueSaidNo) as failure:
                _LOG.warning("DERIBIT: its clock cannot be read: %s", failure)
                await asyncio.sleep(_RETRY_S)
            except Exception:  # noqa: BLE001 - an odd answer must not end the asking
                _LOG.exception("DERIBIT: its clock cannot be read")
                await asyncio.sleep(_EVERY_S)
            else:
                await asyncio.sleep(_EVERY_S)

    def _learn(self, offset_ms: float, error_ms: float) -> None:
        now = time.monotonic()
        is_known = now - self._learned_at < _RECENT_S
        if is_known and error_ms > max(_ERROR_MAX_MS, self._error_ms):
            return
        self.offset_ms, self._error_ms, self._learned_at = offset_ms, max(error_ms, 0.0), now
