"""What the surveys of all exchanges have in common; see `Exchange.survey`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from venues.port import VenueUnreachable

_WITHIN_S = 3.0
_CLOSING_S = 0.5


async def all_open(urls: Iterable[str]) -> None:
    """Open a WebSocket at each address, and leave it. Raises VenueUnreachable."""
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(_opens(session, url) for url in urls))


async def answer_of(url: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a WebSocket answers to a request; news, which have no id, are passed over. Raises
    VenueUnreachable."""
    async with aiohttp.ClientSession() as session, _opened(session, url) as socket:
        await socket.send_json(request)
        while True:
            message = await socket.receive_json()
            if isinstance(message, dict) and "id" in message:
                return message


async def _opens(session: aiohttp.ClientSession, url: str) -> None:
    async with _opened(session, url):
        pass


@asynccontextmanager
async def _opened(
    session: aiohttp.ClientSession, url: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A WebSocket for some seconds."""
    quickly = aiohttp.ClientWSTimeout(ws_close=_CLOSING_S)
    try:
        async with asyncio.timeout(_WITHIN_S), session.ws_connect(url, timeout=quickly) as socket:
            yield socket
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as error:
        named = url.partition("?")[0]  # what follows may be a secret
        raise VenueUnreachable(
            f"its WebSocket {named} cannot be used ({type(error).__name__}: {error})"
        ) from error


def refuse_hedge_mode(venue: str, what_to_do: str) -> None:
    """Raises VenueUnreachable: positions here are net."""
    raise VenueUnreachable(
        f"{venue} keeps long and short positions of one contract apart (hedge mode), and positions "
        f"are net here: {what_to_do}."
    )
