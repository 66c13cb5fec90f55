"""Keeps the streams of a node alive where the library gives up or dawdles.

With each reconnect of a socket the library waits longer before the next, up to half a minute, and
one failed login or subscription ends the user stream or a quote for good.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from venues.nautilus.market_board import MarketBoard

_LOG = logging.getLogger(__name__)
_CHECK_S = 0.5
_RENEWAL_TIMEOUT_S = 10.0

# How long the library may take before we connect anew, and the pause between our own attempts.
# Binance takes 300 connections in 5 minutes.
_USER_STREAM_PATIENCE_S = 2.0

# A market without a single change of its best prices is rare but possible, so patience grows.
_SILENCE_S = 5.0
_SILENCE_MAX_S = 60.0


class StreamKeeper(Protocol):
    async def watch(self) -> None:
        """Look after one stream, without end."""


class UserStream(Protocol):
    """A stream of orders and fills that the library looks after, up to a point."""

    @property
    def stream_is_live(self) -> bool: ...

    @property
    def stream_is_given_up(self) -> bool:
        """The library will not bring it back."""

    async def renew_stream(self) -> None:
        """Leave it and connect it anew. Raises whatever the library raises."""


class UserStreamKeeper:
    """Renews the stream that tells of orders and fills once it has been away for too long."""

    def __init__(self, venue: str, client: UserStream) -> None:
        self._venue = venue
        self._client = client

    async def watch(self) -> None:
        live_at = time.monotonic()
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            if self._client.stream_is_live:
                live_at = now
            elif self._client.stream_is_given_up or now - live_at > _USER_STREAM_PATIENCE_S:
                await self._renew()
                live_at = now

    async def _renew(self) -> None:
        try:
            async with asyncio.timeout(_RENEWAL_TIMEOUT_S):
                await self._client.renew_stream()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
            _LOG.warning("%s: the user stream is not back yet: %s", self._venue, error)
        else:
            _LOG.warning("%s: the user stream was connected anew.", self._venue)


class MarketStreamKeeper:
    """Renews the quotes of a venue when none has come for a while."""

    def __init__(
        self, venue: str, renew: Callable[[], Awaitable[None]], board: MarketBoard
    ) -> None:
        self._venue = venue
        self._connect_anew = renew
        self._board = board

    async def watch(self) -> None:
        heard_ns, since, patience_s = self._board.last_at_ns, time.monotonic(), _SILENCE_S
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            if self._board.last_at_ns != heard_ns:
                heard_ns, since, patience_s = self._board.last_at_ns, now, _SILENCE_S
            elif now - since > patience_s:
                since = now
                if await self._renew():
                    patience_s = min(patience_s * 2, _SILENCE_MAX_S)

    async def _renew(self) -> bool:
        try:
            async with asyncio.timeout(_RENEWAL_TIMEOUT_S):
                await self._connect_anew()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
            _LOG.warning("%s: the quotes are not back yet: %s", self._venue, error)
            return False
        _LOG.warning("%s: no quote came for a while; connected anew.", self._venue)
        return True
