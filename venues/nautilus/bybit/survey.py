"""Proves, without a node, that a Bybit account can be traded with."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from venues.nautilus.bybit.executions import ExecutionStream
from venues.nautilus.bybit.queries import BybitQueries
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.survey import all_open, refuse_hedge_mode
from venues.port import VenueUnreachable


async def survey(settings: BybitSettings, rest: BybitRest, queries: BybitQueries) -> frozenset[str]:
    """See `Exchange.survey`."""
    with suppress(TimeoutError):  # a slow answer: what was known of its clock holds
        await rest.clock.read(rest.time_ms)
    await queries.balances()
    await queries.working_orders()
    if await queries.is_in_hedge_mode():
        refuse_hedge_mode(settings.venue, "switch its contracts to one-way mode")
    offered = await queries.offered()
    await asyncio.gather(
        all_open(settings.public_url(category) for category in settings.categories),
        _lets_us_in(settings, rest),
    )
    return offered


async def _lets_us_in(settings: BybitSettings, rest: BybitRest) -> None:
    stream = ExecutionStream(
        settings,
        rest.clock.timestamp_ms,
        on_rows=lambda _: None,
        on_message=lambda: None,
        on_back=lambda: None,
        on_silence=lambda: None,
    )
    try:
        await stream.prove()
    except Exception as error:
        raise VenueUnreachable(
            f"its private stream does not let us in ({type(error).__name__}: {error})"
        ) from error
