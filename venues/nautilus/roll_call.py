"""Which venues a node is built with: one that cannot be reached must not keep the others down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from venues.registry import VenueAccountConfig

_LOG = logging.getLogger(__name__)
_PATIENCE = 2  # attempts with everybody, before those who fail are left out
_PAUSE_S = 5.0
_PAUSE_MAX_S = 300.0
_PROBE_TIMEOUT_S = 2.0
_PORTS = {"http": 80, "https": 443}


class RollCall:
    """Leaves a venue out after failed attempts, and takes it back when it answers again.

    Taking one back interrupts the others for a second or two, so each failure to do so makes the
    next attempt wait longer.
    """

    def __init__(self, configs: Mapping[str, VenueAccountConfig]) -> None:
        self._configs = configs
        self._failures = 0
        self._pause_s = _PAUSE_S
        self.left_out: frozenset[str] = frozenset()

    @property
    def present(self) -> list[str]:
        """Who is in the next node."""
        return [venue for venue in self._configs if venue not in self.left_out]

    def failed(self, venues: Collection[str]) -> None:
        """An attempt came to nothing because of these; unknown whose fault, if there are none."""
        self._failures += 1
        absent = self.left_out | set(venues)
        if self._failures < _PATIENCE or not venues:
            return
        if len(absent) == len(self._configs):
            self.left_out = frozenset()  # nobody is there: wait for all
            return
        self.left_out = absent
        _LOG.error(
            "%s cannot be reached: the other venues trade without. It is tried again.",
            ", ".join(sorted(absent)),
        )

    def succeeded(self) -> None:
        self._failures = 0
        if not self.left_out:
            self._pause_s = _PAUSE_S

    async def until_somebody_is_back(self) -> None:
        """Return when one that was left out answers again, and take all back; else never."""
        while True:
            await asyncio.sleep(self._pause_s)
            answers = [venue for venue in self.left_out if await self._answers(venue)]
            if answers:
                break
        _LOG.warning("%s answers again: the node is built anew with it.", ", ".join(answers))
        self._pause_s = min(self._pause_s * 2, _PAUSE_MAX_S)
        self._failures = _PATIENCE - 1  # who fails once more is left out at once
        self.left_out -= set(answers)

    async def _answers(self, venue: str) -> bool:
        """Whether anybody listens at the venue's address; true where it is not configured."""
        url = urlsplit(self._configs[venue].urls.get("http", ""))
        if url.hostname is None:
            return True
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                _, writer = await asyncio.open_connection(
                    url.hostname, url.port or _PORTS.get(url.scheme, 443)
                )
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True
