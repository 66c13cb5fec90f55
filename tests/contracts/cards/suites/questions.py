"""OD-101: how much is asked, and that it costs nothing but time."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from domain.orders import UnifiedOrder
from tests.contracts.cards.card import card
from tests.contracts.cards.suites.streams import alive
from tests.support.venue_bench import VenueBench
from venues.port import NotFound, StreamRestored, VenueUnreachable

_IN_DOUBT = 50
_IN_DOUBT_S = 6.0
_LULL_S = 3.0  # until there is room for a burst of questions


@card("OD-101", "Many orders in doubt at once", lessons=["L15"])
async def many_in_doubt(bench: VenueBench) -> None:
    """Against the venue's true limits, fifty absent orders are asked for as their workflows ask,
    and executions and open orders are pulled meanwhile: the streams outlive it, and a fill is heard
    as ever."""
    async with bench.true_limits():
        ticket = await bench.ticket()
        absent = [ticket.limit() for _ in range(_IN_DOUBT)]
        await asyncio.sleep(_LULL_S)
        before = len(bench.heard)
        busy = [bench.in_background(asked_for(bench, order)) for order in absent]
        busy.append(bench.in_background(pulled(bench)))
        await asyncio.sleep(_IN_DOUBT_S)
        for task in busy:
            task.cancel()
        ended = await asyncio.gather(*busy, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
        assert not any(isinstance(event, StreamRestored) for event in bench.heard[before:])
        assert bench.adapter.health().connected
        await alive(bench)


async def asked_for(bench: VenueBench, order: UnifiedOrder) -> None:
    """Without end, in the rhythm of a workflow that waits for certainty."""
    wait_s = 0.25
    while True:
        with suppress(VenueUnreachable):
            assert isinstance(await bench.adapter.find_by_client_id(order), NotFound)
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 1.5, 5.0)


async def pulled(bench: VenueBench) -> None:
    """Without end, as after a gap."""
    while True:
        with suppress(VenueUnreachable):
            await bench.adapter.fills_since(datetime.now(UTC) - timedelta(minutes=10))
            await bench.adapter.open_orders()
        await asyncio.sleep(1.0)
