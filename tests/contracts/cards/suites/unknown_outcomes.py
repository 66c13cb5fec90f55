"""TC-E74 and OD-60 to OD-69: silence is never a rejection, and nothing is sent twice."""

import asyncio
import time

import pytest

from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.suites.limit_orders import found
from tests.support.venue_bench import VenueBench
from venues.port import NotFound, VenueUnreachable

_ANSWER_MAX_S = 5.0


async def submitted_once(bench: VenueBench, order: UnifiedOrder) -> None:
    sent = [one for one in bench.sim.commands(order.venue_client_id) if one["action"] == "submit"]
    assert len(sent) == 1, f"sent {len(sent)} times"


async def absent(bench: VenueBench, order: UnifiedOrder) -> None:
    assert isinstance(await bench.adapter.find_by_client_id(order), NotFound)
    assert bench.ledger_of(order, "accepted") == []


@card("TC-E74", "A submit without an answer", lessons=["L1", "L3"])
async def submit_ambiguous(bench: VenueBench) -> None:
    """An executed submit whose answer is lost is Unknown (or told by the stream), never rejected;
    asked by our id, the venue has it, once."""
    for fault in ("execute_then_503", "execute_then_drop"):
        order = (await bench.ticket()).limit()
        bench.sim.arm(fault, action="submit", count=1)
        outcome = await bench.adapter.submit_order(order)
        assert isinstance(outcome, Unknown | Accepted), f"{fault}: {outcome}"
        bench.sim.faults.clear()
        await bench.back_on_stream()
        assert (await found(bench, order)).status is OrderStatus.ACCEPTED, fault
        await submitted_once(bench, order)
        assert len(bench.ledger_of(order, "accepted")) == 1, fault
        assert await bench.adapter.cancel_order(order) == CancelTaken(), fault


@card("OD-60", "Late news of an unknown order", lessons=["L1"])
async def late_news(bench: VenueBench) -> None:
    """The fills of an order whose submit was not answered are heard when they come."""
    order = (await bench.ticket()).market(Side.BUY)
    bench.sim.arm("execute_then_503", action="submit", count=1)
    bench.sim.arm("delay_fills", count=3, params={"ms": 300})
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown | Accepted), outcome
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert (await found(bench, order)).status is OrderStatus.FILLED


@card("OD-61", "A submit that was not executed", lessons=["L2"])
async def not_executed(bench: VenueBench) -> None:
    """An order that a server error kept out is Unknown, then proven absent, and can be sent again
    under the same id."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("error_503_not_executed", action="submit", count=1)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown), outcome
    bench.sim.faults.clear()
    await bench.back_on_stream()
    await absent(bench, order)
    await bench.accepted(order)
    assert len(bench.ledger_of(order, "accepted")) == 1
    assert await bench.adapter.cancel_order(order) == CancelTaken()


@card("OD-62", "A submit into a black hole", lessons=["L1", "L2"])
async def black_hole(bench: VenueBench) -> None:
    """An order that nobody answers is Unknown within its time, proven absent, and fills when it is
    sent again."""
    order = (await bench.ticket()).market(Side.SELL)
    bench.sim.arm("black_hole", action="submit", count=1)
    started = time.monotonic()
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown), outcome
    assert time.monotonic() - started < _ANSWER_MAX_S
    bench.sim.faults.clear()
    await absent(bench, order)
    await bench.accepted(order)
    await bench.filled(order)
    assert len(bench.ledger_of(order, "accepted")) == 1


@card("OD-63", "A submit swallowed after it traded", lessons=["L1"])
async def black_hole_executed(bench: VenueBench) -> None:
    """The stream tells what the request does not: the fills are heard, and the order is found."""
    order = (await bench.ticket()).market(Side.BUY)
    bench.sim.arm("black_hole", action="submit", count=1, params={"execute": True})
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Accepted | Unknown), outcome
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert (await found(bench, order)).status is OrderStatus.FILLED
    await submitted_once(bench, order)


@card("OD-64", "The same order again", lessons=["L3"])
async def duplicate(bench: VenueBench) -> None:
    """An order that existed is never sent a second time, whatever became of it."""
    order = (await bench.ticket()).market(Side.SELL)
    await bench.accepted(order)
    await bench.filled(order)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown | Rejected), outcome
    await submitted_once(bench, order)
    assert len(bench.ledger_of(order, "accepted")) == 1


@card("OD-65", "The same order from two callers at once", lessons=["L3"])
async def two_callers(bench: VenueBench) -> None:
    """Two submits of one order at the same time send it once."""
    order = (await bench.ticket()).limit()
    outcomes = await asyncio.gather(
        bench.adapter.submit_order(order), bench.adapter.submit_order(order)
    )
    kinds = {type(outcome) for outcome in outcomes}
    assert Accepted in kinds, outcomes
    assert len(kinds) == 2, f"the second caller was told that it was sent: {outcomes}"
    await submitted_once(bench, order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()


@card("OD-66", "Too many requests", lessons=["L15"])
async def throttled(bench: VenueBench) -> None:
    """An order that the venue's rate limit turned away is not at the venue, is not called a
    rejection of its terms, and can be sent again."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("rate_limit", action="submit", count=1)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown), outcome
    assert outcome.reason, "nobody can tell why"
    bench.sim.faults.clear()
    await bench.back_on_stream()
    await absent(bench, order)
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()


@card("OD-67", "A question without an answer", lessons=["L2"])
async def unanswered_question(bench: VenueBench) -> None:
    """A question that breaks raises VenueUnreachable: only the venue's own words prove absence."""
    order = (await bench.ticket()).limit()
    for fault in ("error_503_not_executed", "rate_limit", "execute_then_drop"):
        bench.sim.arm(fault, action="query")
        with pytest.raises(VenueUnreachable):
            await bench.adapter.find_by_client_id(order)
        bench.sim.faults.clear()
        await bench.back_on_stream()


@card("OD-68", "An order that never was")
async def never_sent(bench: VenueBench) -> None:
    """The venue's own 'no such order' is NotFound, with its words."""
    found_none = await bench.adapter.find_by_client_id((await bench.ticket()).limit())
    assert isinstance(found_none, NotFound)
    assert found_none.reason


@card("OD-69", "A definite refusal")
async def definite_refusal(bench: VenueBench) -> None:
    """What the venue refuses by its own code is Rejected, with code and words, and no news."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("reject", action="submit", count=1)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Rejected), outcome
    assert outcome.code, outcome
    bench.sim.faults.clear()
    await absent(bench, order)
