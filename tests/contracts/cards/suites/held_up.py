"""OD-103 and OD-104: what is held up on its way is not sent again, whatever the rate limits say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from activities.venue_words import end_of_amend
from domain.absence import absence
from domain.order_events import ProvenAbsent, VenueAmended
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import amendable
from tests.contracts.cards.suites.limit_orders import found
from tests.support.venue_bench import VenueBench
from venues.port import Amendment, NoRoom, NotFound, VenueUnreachable

# A request that is held up for so long is still taken by its venue, but late: the horizon covers
# its life, how old it may have been at the start, and how far the clocks may be off.
_BEFORE_THE_HORIZON = timedelta(seconds=1.7)
_MOST, _BEHIND = 2000, 100
_ASK_EVERY_S = 0.25
_ANSWERS_WITHIN_S = 15.0


@asynccontextmanager
async def no_room(
    bench: VenueBench, turn: Callable[[], Awaitable[object]]
) -> AsyncIterator["asyncio.Task[object]"]:
    """All room under the limits is taken; the task is one more command that waits for its turn,
    behind so many that room which comes back meanwhile is not for it."""
    queue: list[asyncio.Task[object]] = []
    for _ in range(_MOST):
        queue = [bench.in_background(_waits(turn()))]
        await asyncio.wait(queue, timeout=0.02)
        if not queue[0].done():
            queue += [bench.in_background(_waits(turn())) for _ in range(_BEHIND)]
            try:
                yield queue[-1]
            finally:
                for waiting in queue:
                    waiting.cancel()
                await asyncio.gather(*queue, return_exceptions=True)
            return
    raise AssertionError(f"{bench.name} has no limit")


async def _waits(turn: Awaitable[object]) -> object:
    try:
        return await turn
    except NoRoom as shortage:
        return shortage


def held_for(bench: VenueBench) -> int:
    """Milliseconds."""
    horizon = bench.adapter.capabilities.visibility_horizon
    held = min(horizon - _BEFORE_THE_HORIZON, bench.spec.held_up_most)
    return round(held.total_seconds() * 1000)


@card("OD-103", "An order is held up while there is no room", lessons=["L1", "L2", "L3"])
async def held_up_order(bench: VenueBench) -> None:
    """An order that has had its turn goes at once, also when the limits are used up by then. Its
    request is held up almost as long as the venue takes it: the order is not proven absent before
    it is there, and the venue has it once."""
    async with bench.true_limits():
        ticket = await bench.ticket()
        order = ticket.market()
        assert await bench.adapter.ready_to_submit(order) is None
        async with no_room(bench, lambda: bench.adapter.ready_to_submit(ticket.limit())) as waiting:
            delay = {"before_ms": held_for(bench)}
            bench.sim.arm("delay", action="submit", count=1, params=delay)
            sent = replace(order, status=OrderStatus.SUBMITTING, submitted_at=datetime.now(UTC))
            submitting = bench.in_background(bench.adapter.submit_order(sent))
            await bench.sim_saw(order, "submit")
            assert not waiting.done(), "it waited for room, too"
        await submitting
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            while not await _is_certain(bench, sent):
                await asyncio.sleep(_ASK_EVERY_S)
        assert (await found(bench, order)).status is OrderStatus.FILLED
        assert len(bench.ledger_of(order, "accepted")) == 1


async def _is_certain(bench: VenueBench, order: UnifiedOrder) -> bool:
    """Ask as the desk does, and hold that nothing can be proven but that it is there."""
    asked_at = datetime.now(UTC)
    try:
        answer = await bench.adapter.find_by_client_id(order)
    except VenueUnreachable:
        return False
    if not isinstance(answer, NotFound):
        return True
    event = absence(
        order,
        answer.reason,
        asked_at=asked_at,
        horizon=bench.adapter.capabilities.visibility_horizon,
        records_since=answer.records_since,
    )
    assert not isinstance(event, ProvenAbsent), "it is on its way, and would be sent again"
    return False


@card("OD-104", "An amendment is held up while there is no room", amendable(OrderType.LIMIT))
async def held_up_amendment(bench: VenueBench) -> None:
    """An amendment that has had its turn goes at once, and is not called refused while the venue
    may still take it."""
    async with bench.true_limits():
        order = (await bench.ticket()).limit(Side.BUY)
        await bench.accepted(order)
        wanted = order.quantity * 2
        await bench.adapter.ready_to_amend(order)
        async with no_room(bench, lambda: bench.adapter.ready_to_amend(order)) as waiting:
            delay = {"before_ms": held_for(bench)}
            bench.sim.arm("delay", action="amend", count=1, params=delay)
            amended = replace(
                order, amend_id="a1", amend_quantity=wanted, amend_sent_at=datetime.now(UTC)
            )
            amending = bench.in_background(
                bench.adapter.amend_order(order, Amendment(quantity=wanted))
            )
            await bench.sim_saw(order, "amend")
            assert not waiting.done(), "it waited for room, too"
        await amending
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            while not await _is_amended(bench, amended):
                await asyncio.sleep(_ASK_EVERY_S)


async def _is_amended(bench: VenueBench, order: UnifiedOrder) -> bool:
    asked_at = datetime.now(UTC)
    try:
        report = await bench.adapter.find_by_client_id(order)
    except VenueUnreachable:
        return False
    assert not isinstance(report, NotFound), report
    horizon = bench.adapter.capabilities.visibility_horizon
    end = end_of_amend(order, report, asked_at - horizon)
    assert end is None or isinstance(end, VenueAmended), f"it is on its way: {end}"
    return end is not None
