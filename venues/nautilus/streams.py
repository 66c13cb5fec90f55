"""Keeps the user streams of a node alive where the library gives up, dawdles or does not notice.

With each reconnect of a socket the library waits longer before the next, up to half a minute, and
one failed login or subscription ends the user stream for good. A connection whose other side is
gone without a word stays "active" for minutes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from venues.nautilus.pulse import Pulse

_LOG = logging.getLogger(__name__)
_CHECK_S = 0.5
_RENEWAL_TIMEOUT_S = 5.0

# How long the library may take before we connect anew.
_PATIENCE_S = 2.0

# Between our own attempts; the last one repeats. Binance takes 300 connections in 5 minutes, and
# bans who tries more; Bybit takes 500. Short enough to be back within seconds of the venue.
_PAUSES_S = (0.5, 1.0, 2.0, 4.0)


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
    def has_answered(self) -> bool:
        """Whether it has ever answered a probe."""

    @property
    def is_live(self) -> bool: ...

    @property
    def is_given_up(self) -> bool:
        """The library will not bring it back."""


class UserStreamKeeper:
    """Renews the stream that tells of orders and fills once it has been away for too long."""

    def __init__(self, venue: str, stream: UserStream) -> None:
        self._name = f"{venue}: the user stream"
        self._stream = stream

    async def watch(self) -> None:
        pulse = Pulse(self._stream, answers=self._stream.has_answered)
        live_at = time.monotonic()
        while True:
            await asyncio.sleep(_CHECK_S)
            now = time.monotonic()
            is_dead = False
            if self._stream.is_live:
                live_at = now
                is_dead = await pulse.is_dead(now)
            if is_dead or self._stream.is_given_up or now - live_at > _PATIENCE_S:
                await bring_back(self._stream.renew, self._is_back, self._name)
                pulse.reset()
                live_at = time.monotonic()

    def _is_back(self) -> bool:
        return self._stream.is_live and not self._stream.is_given_up


async def bring_back(
    renew: Callable[[], Awaitable[None]], is_back: Callable[[], bool], name: str
) -> None:
    """Until a stream could be connected anew, or the library has done it meanwhile."""
    failures = 0
    while not await renewed(renew, name):
        await asyncio.sleep(_PAUSES_S[min(failures, len(_PAUSES_S) - 1)])
        failures += 1
        if is_back():
            return


async def renewed(renew: Callable[[], Awaitable[None]], name: str) -> bool:
    """Whether a stream could be connected anew."""
    try:
        async with asyncio.timeout(_RENEWAL_TIMEOUT_S):
            await renew()
    except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
        _LOG.warning("%s is not back yet: %s: %s", name, type(error).__name__, error)
        return False
    _LOG.warning("%s: connected anew.", name)
    return True
