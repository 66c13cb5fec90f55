"""What the surveys of all exchanges have in common; see `Exchange.survey`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import aiohttp

from venues.port import VenueUnreachable

_WITHIN_S = 3.0
_CLOSING_S = 0.5


async def all_open(urls: Iterable[str]) -> None:
    """Open a WebSocket at each address, and leave it. Raises VenueUnreachable."""
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(_opens(session, url) for url in urls))


async def _opens(session: aiohttp.ClientSession, url: str) -> None:
    quickly = aiohttp.ClientWSTimeout(ws_close=_CLOSING_S)
    try:
        async with asyncio.timeout(_WITHIN_S), session.ws_connect(url, timeout=quickly):
            pass
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        named = url.partition("?")[0]  # what follows may be a secret
        raise VenueUnreachable(
            f"its WebSocket {named} cannot be opened ({type(error).__name__}: {error})"
        ) from error


def refuse_hedge_mode(venue: str, what_to_do: str) -> None:
    """Raises VenueUnreachable: positions here are net."""
    raise VenueUnreachable(
        f"{venue} keeps long and short positions of one contract apart (hedge mode), and positions "
        f"are net here: {what_to_do}."
    )
