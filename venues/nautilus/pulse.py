"""Whether a connection still answers: one whose other side is gone without a word stays "active"
for minutes."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

_LOG = logging.getLogger(__name__)
_PROBE_S = 1.0
_DEAD_AFTER_S = 3.0
_STALLED_S = 1.0


class Probed(Protocol):
    @property
    def heard_at(self) -> float:
        """When it last said anything, by the monotonic clock."""

    async def probe(self) -> None:
        """Ask the venue for a sign of life. Raises whatever the library raises."""


class Pulse:
    """Asks for signs of life. A venue that never answered one is not judged by its silence."""

    def __init__(self, stream: Probed, *, answers: bool = False) -> None:
        """`answers`: it has answered one before."""
        self._stream = stream
        self._unanswered_since: float | None = None
        self._answers = answers
        self._next_probe = 0.0
        self._looked_at: float | None = None

    async def is_dead(self, now: float) -> bool:
        """To be called about twice a second: probes when it is time; True after 3 s of silence."""
        stalled = self._looked_at is not None and now - self._looked_at > _STALLED_S + _PROBE_S
        self._looked_at = now
        if stalled:
            self.reset()  # this process was away itself: what came meanwhile is not read yet
        self._hear()
        since = self._unanswered_since
        if now >= self._next_probe:
            self._next_probe = now + _PROBE_S
            if since is None:
                self._unanswered_since = now
            await self._ask()
            return False
        return self._answers and since is not None and now - since > _DEAD_AFTER_S

    def reset(self) -> None:
        """The connection is new. What the one before it has answered was an answer all the same."""
        self._hear()
        self._unanswered_since = None
        self._next_probe = 0.0

    def _hear(self) -> None:
        """Whether the last probe was answered."""
        since = self._unanswered_since
        if since is not None and self._stream.heard_at >= since:
            self._answers = True
            self._unanswered_since = None

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(_PROBE_S):
                await self._stream.probe()
        except Exception as error:  # noqa: BLE001 - that it cannot be asked is an answer, too
            _LOG.debug("a stream could not be asked for a sign of life: %s", error)
