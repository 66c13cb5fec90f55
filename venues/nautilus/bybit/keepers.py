"""Who looks after Bybit's streams and clock while the node runs.

The library reconnects and subscribes again by itself, but asks for nothing that happened meanwhile
and does not notice a connection whose other side is silent for ever.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.bybit.market_data import BybitMarketData
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.market_board import MarketBoard
from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_RENEWAL_TIMEOUT_S = 10.0

# The library is back within a fifth of a second at best: a gap must be seen before that.
_GLANCE_S = 0.02
_SEEN_LIVE = 2
_RETRY_S = 0.5
# How long the library may take before we connect anew. Bybit takes 500 connections in 5 minutes.
_PATIENCE_S = 3.0

_MARKET_CHECK_S = 0.5
_MARKET_SILENCE_S, _MARKET_SILENCE_MAX_S = 5.0, 60.0

_CLOCK_EVERY_S, _CLOCK_RETRY_S = 30.0, 2.0


class PrivateStreamKeeper:
    """Tells a gap once the private stream is back with all its topics, and brings it back itself
    where the library takes too long."""

    def __init__(self, venue: str, client: ListeningBybitClient) -> None:
        self._name = f"{venue}: the private stream"
        self._client = client

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(_GLANCE_S)
            if self._client.stream_is_live and not self._client.is_suspect:
                continue
            while self._client.is_suspect:
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
        if not await renewed(self._client.renew_streams, self._name):
            await asyncio.sleep(_RETRY_S)


class MarketKeeper:
    """Connects the public sockets anew when no quote has come for a while."""

    def __init__(self, venue: str, data: BybitMarketData, board: MarketBoard) -> None:
        self._name = f"{venue}: the quotes"
        self._data = data
        self._board = board

    async def watch(self) -> None:
        heard_ns, since, patience_s = self._board.last_at_ns, time.monotonic(), _MARKET_SILENCE_S
        while True:
            await asyncio.sleep(_MARKET_CHECK_S)
            now = time.monotonic()
            if self._board.last_at_ns != heard_ns:
                heard_ns, since, patience_s = self._board.last_at_ns, now, _MARKET_SILENCE_S
            elif now - since > patience_s:
                since = now
                if await renewed(self._data.renew, self._name):
                    patience_s = min(patience_s * 2, _MARKET_SILENCE_MAX_S)


class ClockKeeper:
    """Knows how far the venue's clock is from ours: requests are stamped by the venue's."""

    def __init__(self, venue: str, rest: BybitRest) -> None:
        self._venue = venue
        self._rest = rest

    async def watch(self) -> None:
        while True:
            try:
                await self._rest.measure_clock()
            except VenueUnreachable as problem:
                _LOG.warning("%s: its clock is not known: %s", self._venue, problem)
                await asyncio.sleep(_CLOCK_RETRY_S)
            else:
                await asyncio.sleep(_CLOCK_EVERY_S)


async def renewed(renew: Callable[[], Awaitable[None]], name: str) -> bool:
    """Whether a stream could be connected anew."""
    try:
        async with asyncio.timeout(_RENEWAL_TIMEOUT_S):
            await renew()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
        _LOG.warning("%s is not back yet: %s: %s", name, type(error).__name__, error)
        return False
    _LOG.warning("%s was connected anew.", name)
    return True
