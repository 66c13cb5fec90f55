"""Keeps the streams of a node alive where the library gives up, dawdles or does not notice.

With each reconnect of a socket the library waits longer before the next, up to half a minute, and
one failed login or subscription ends the user stream or a quote for good. A connection whose other
side is gone without a word stays "active" for minutes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

from venues.nautilus.market_board import MarketBoard
from venues.nautilus.pulse import Pulse

_LOG = logging.getLogger(__name__)
_CHECK_S = 0.5
_RENEWAL_TIMEOUT_S = 5.0

# How long the library may take before we connect anew, and the pause between our own attempts.
# Binance takes 300 connections in 5 minutes.
_USER_STREAM_PATIENCE_S = 2.0

# A market without a single change of its best prices is rare but possible, so patience grows.
_SILENCE_S = 5.0
_SILENCE_MAX_S = 60.0


class StreamKeeper(Protocol):
    async def watch(self) -> None:
        """Look after one stream, without end."""


class Stream(Protocol):
    """One connection to the venue that the library looks after, up to a point."""

    @property
    def heard_at(self) -> float:
        """When it last said anything, by the monotonic clock."""

    async def probe(self) -> None:
        """Ask the venue for a sign of life. Raises whatever the library raises."""

    async def renew(self) -> None:
        """Leave it and connect it anew. Raises whatever the library raises."""


class UserStream(Stream, Protocol):
    """The stream of orders and fills."""

    @property
    def is_live(self) -> bool: ...

    @property
    def is_given_up(self) -> bool:
        """The library will not bring it back."""


class UserStreamKeeper:
    """Renews the stream that tells of orders and fills once it has been away for too long."""

    def __init__(self, venue: str, stream: UserStream) -> None:
        self._venue = venue
        self._stream = stream

    async def watch(self) -> None:
        pulse = Pulse(self._stream)
        live_at = time.monotonic()
        must_renew = False
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            if self._stream.is_live and not must_renew:
                live_at = now
                must_renew = await pulse.is_dead(now)
            away_for_s = now - live_at
            if must_renew or self._stream.is_given_up or away_for_s > _USER_STREAM_PATIENCE_S:
                must_renew = not await self._renew()
                pulse.reset()
                live_at = time.monotonic()

    async def _renew(self) -> bool:
        return await renewed(self._stream, f"{self._venue}: the user stream")


class MarketStreamKeeper:
    """Renews a market stream that is dead, or on which no quote has come for a while."""

    def __init__(self, venue: str, stream: Stream, board: MarketBoard | None) -> None:
        """`board` where the quotes come from this stream."""
        self._name = f"{venue}: the {'quotes' if board else 'market data'}"
        self._stream = stream
        self._board = board

    async def watch(self) -> None:
        pulse = Pulse(self._stream)
        heard_ns, since, patience_s = self._last_quote(), time.monotonic(), _SILENCE_S
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            if self._last_quote() != heard_ns:
                heard_ns, since, patience_s = self._last_quote(), now, _SILENCE_S
            is_dead = await pulse.is_dead(now)
            is_silent = self._board is not None and now - since > patience_s
            if is_dead or is_silent:
                if await renewed(self._stream, self._name) and is_silent:
                    patience_s = min(patience_s * 2, _SILENCE_MAX_S)
                pulse.reset()
                since = time.monotonic()

    def _last_quote(self) -> int:
        return self._board.last_at_ns if self._board is not None else 0


async def renewed(stream: Stream, name: str) -> bool:
    """Whether the stream could be connected anew."""
    try:
        async with asyncio.timeout(_RENEWAL_TIMEOUT_S):
            await stream.renew()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
        _LOG.warning("%s is not back yet: %s: %s", name, type(error).__name__, error)
        return False
    _LOG.warning("%s: connected anew.", name)
    return True
