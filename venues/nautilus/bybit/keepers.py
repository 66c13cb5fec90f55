"""Looks after Bybit's private streams while the node runs.

The library reconnects and subscribes again by itself, but asks for nothing that happened meanwhile
and does not notice a connection whose other side is silent for ever.
"""

from __future__ import annotations

import asyncio
import time

from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.streams import bring_back

# The library is back within a fifth of a second at best: a gap must be seen before that.
_GLANCE_S = 0.02
_SEEN_LIVE = 2

# How long the library may take before we connect anew.
_PATIENCE_S = 3.0


class PrivateStreamKeeper:
    """Tells a gap once the private stream is back with all its topics, and brings it back itself
    where the library takes too long."""

    def __init__(self, venue: str, client: ListeningBybitClient) -> None:
        self._name = f"{venue}: the private stream"
        self._client = client

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(_GLANCE_S)
            if self._is_back():
                continue
            if self._client.is_suspect:
                await self._renew()
            await self._bring_back()
            # Only now is everything subscribed: a pull that begins from here misses nothing.
            self._client.listener.on_gap("the private stream was away")

    async def _bring_back(self) -> None:
        """Until it is seen live twice: its topics are forgotten a moment after it is connected."""
        patience_ends, seen = time.monotonic() + _PATIENCE_S, 0
        while seen < _SEEN_LIVE:
            await asyncio.sleep(_GLANCE_S)
            seen = seen + 1 if self._client.stream_is_live else 0
            if not seen and time.monotonic() > patience_ends:
                await self._renew()
                patience_ends = time.monotonic() + _PATIENCE_S

    async def _renew(self) -> None:
        await bring_back(self._client.renew_streams, self._is_back, self._name)

    def _is_back(self) -> bool:
        return self._client.stream_is_live and not self._client.is_suspect
