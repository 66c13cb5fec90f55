"""Proves, without a node, that an OKX account can be traded with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from venues.nautilus.okx.execution import BUSINESS, PRIVATE
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rest import OkxRest
from venues.nautilus.okx.user_socket import UserSocket
from venues.nautilus.survey import all_open, refuse_hedge_mode
from venues.port import VenueUnreachable


async def survey(rest: OkxRest, queries: OkxQueries) -> frozenset[str]:
    """See `Exchange.survey`."""
    with suppress(TimeoutError):  # a slow answer: what was known of its clock holds
        await rest.clock.read(rest.time_ms)
    await queries.balances()
    await queries.working_orders()
    if await queries.is_in_hedge_mode():
        refuse_hedge_mode(rest.settings.venue, "switch the account's position mode to net")
    offered = await queries.offered()
    await asyncio.gather(
        all_open([f"{rest.settings.ws}/public"]),
        _lets_us_in(rest, "private", PRIVATE),
        _lets_us_in(rest, "business", BUSINESS),
    )
    return offered


async def _lets_us_in(rest: OkxRest, path: str, subscriptions: Sequence[dict[str, str]]) -> None:
    socket = UserSocket(
        rest,
        path,
        subscriptions,
        on_rows=lambda _channel, _rows: None,
        on_restored=lambda: None,
        on_message=lambda: None,
    )
    try:
        await socket.start()
    except Exception as error:
        raise VenueUnreachable(
            f"its {path} stream does not let us in ({type(error).__name__}: {error})"
        ) from error
    finally:
        await socket.stop()
