"""OD-82 to OD-89 and OD-100: what venues do on bad days, and how much we may ask of them."""

import asyncio
import time

import pytest

from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken, Rejected, SubmitOutcome, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import DENIED
from tests.contracts.cards.suites.cancels import none_open, resting
from tests.contracts.cards.suites.limit_orders import found
from tests.contracts.cards.suites.streams import (
    BACK_MAX_S,
    NOTICED_MAX_S,
    alive,
    pulled_whole,
)
from tests.contracts.cards.suites.unknown_outcomes import absent, submitted_once
from tests.support.venue_bench import VenueBench
from venues.port import NoRoom, VenueUnreachable

_TOLD_LATE_S = 0.4
_SKEW_MS = 2000
_BURST = 120  # above the shortest bucket of every venue


@card("OD-82", "The fill is told before the order", lessons=["L14"])
async def reordered(bench: VenueBench) -> None:
    """The stream tells the fill first and the acceptance later: the fill counts, and once the late
    acceptance has come, all that was told in its order still makes a filled order."""
    order = (await bench.ticket()).market(Side.BUY)
    bench.sim.arm(
        "delay_events", params={"ms": round(_TOLD_LATE_S * 1000), "steps": ["NEW"]}, count=1
    )
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Accepted | Unknown), outcome
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    await bench.sim.struck("delay_events")
    await asyncio.sleep(_TOLD_LATE_S + 0.1)
    told = bench.as_told(order)
    assert (told.status, told.filled_qty) == (OrderStatus.FILLED, order.quantity)
    assert (await found(bench, order)).status is OrderStatus.FILLED
    await pulled_whole(bench, order)


@card("OD-83", "Steps of an order told twice", lessons=["L6"])
async def steps_twice(bench: VenueBench) -> None:
    """Every step that the venue tells twice ends the order once at the venue, and nothing trades
    that did not."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("duplicate_events", params={"copies": 3})
    await bench.accepted(order)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await bench.end_of(order)
    assert (await found(bench, order)).status is OrderStatus.CANCELED
    assert bench.fills_of(order) == []
    assert len(bench.ledger_of(order, "canceled")) == 1


@card("OD-84", "The end of an order is never told", lessons=["L5", "L10"])
async def end_is_lost(bench: VenueBench) -> None:
    """The stream loses the cancel of an order: asking the venue resolves it."""
    order = await resting(bench)
    bench.sim.arm("lose_events", client_order_id=order.venue_client_id)
    assert isinstance(await bench.adapter.cancel_order(order), CancelTaken | Unknown)
    assert (await found(bench, order)).status is OrderStatus.CANCELED
    await none_open(bench, order)


@card("OD-85", "Maintenance", lessons=["L1", "L2"])
async def maintenance(bench: VenueBench) -> None:
    """While the venue is down for maintenance nothing is claimed: orders are Unknown or clearly
    refused unsent, questions raise. Afterwards everything works again by itself."""
    order = (await bench.ticket()).limit()
    before = len(bench.heard)
    bench.sim.arm("maintenance")
    await bench.disconnected()
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown | Rejected), outcome
    assert bench.ledger_of(order, "accepted") == []
    with pytest.raises(VenueUnreachable):
        await bench.adapter.find_by_client_id(order)
    bench.sim.faults.clear()
    async with asyncio.timeout(BACK_MAX_S):
        await bench.restored(before)
        await bench.back_on_stream()
    await absent(bench, order)
    await alive(bench)


@card("OD-86", "Sockets that are dead without knowing", lessons=["L4", "L5"])
async def half_open(bench: VenueBench) -> None:
    """The open sockets fall silent and answer no ping: it is noticed within seconds, the streams
    are made anew, and the fill in between is pulled."""
    order = (await bench.ticket()).limit(Side.BUY)
    symbol = bench.symbol()
    await bench.accepted(order)
    before = len(bench.heard)
    bench.sim.arm("half_open")
    assert order.price is not None
    bench.sim.move(symbol, order.price * 99 / 100)
    await bench.noticed(before, NOTICED_MAX_S)
    async with asyncio.timeout(BACK_MAX_S):
        await bench.restored(before)
        await bench.back_on_stream()
        await pulled_whole(bench, order)
    bench.sim.restore_market()
    await alive(bench)


@card("OD-87", "A gateway's error page", lessons=["L1", "L2", "L3"])
async def gateway_page(bench: VenueBench) -> None:
    """A gateway's HTML page, or a closed connection, instead of an answer is Unknown whether or not
    the order was executed; asking tells which."""
    for fault in ("gateway_error", "drop", "status_unknown"):
        for executed in (True, False):
            order = (await bench.ticket()).limit()
            bench.sim.arm(fault, action="submit", count=1, params={"execute": executed})
            outcome = await bench.adapter.submit_order(order)
            allowed = Unknown | Accepted if executed else Unknown
            assert isinstance(outcome, allowed), f"{fault}, executed {executed}: {outcome}"
            bench.sim.faults.clear()
            await bench.back_on_stream()
            await submitted_once(bench, order)
            if executed:
                assert (await found(bench, order)).status is OrderStatus.ACCEPTED, fault
                assert await bench.adapter.cancel_order(order) == CancelTaken(), fault
            else:
                await absent(bench, order)


@card("OD-88", "The venue's clock is off")
async def clock_skew(bench: VenueBench) -> None:
    """A venue whose clock is two seconds ahead is traded with, and health tells the offset."""
    bench.sim.arm("clock_skew", params={"ms": _SKEW_MS})
    await bench.restart_adapter()
    await alive(bench)
    offset = bench.adapter.health().clock_offset_ms
    assert offset is not None
    assert _SKEW_MS / 2 < offset < _SKEW_MS * 3 / 2, f"the offset is told as {offset} ms"
    bench.sim.faults.clear()
    await bench.restart_adapter()


@card("OD-89", "An error frame on the streams")
async def error_frame(bench: VenueBench) -> None:
    """The venue's error message on an open socket breaks nothing: the next order is taken and
    heard."""
    bench.sim.arm("error_frame", count=1)
    await bench.sim.struck("error_frame")
    await bench.back_on_stream()
    await alive(bench)


@card("OD-97", "Start before the venue is there", lessons=["L2"])
async def start_before_the_venue(bench: VenueBench) -> None:
    """A process that starts while the venue is away waits for it, claims nothing meanwhile, and
    trades as soon as it is there."""
    await bench.stop_adapter()
    await bench.sim.stop()
    starting = bench.in_background(bench.start_adapter())
    await asyncio.sleep(1.0)  # long enough for a first attempt to fail
    assert not starting.done(), "it says that it can trade"
    await bench.sim.start()
    await asyncio.wait_for(starting, 20)
    await alive(bench)


@card("OD-100", "The venue's own rate limits", lessons=["L15"])
async def rate_limits(bench: VenueBench) -> None:
    """Against the venue's true limits, a burst waits for its turn or finds no room, unsent: the
    venue itself never has to turn an order away; cancels still pass at once."""
    async with bench.true_limits():
        ticket = await bench.ticket()
        orders = [ticket.limit() for _ in range(_BURST)]
        outcomes = await asyncio.gather(*(held_back(bench, one) for one in orders))
        taken = [one for one, told in zip(orders, outcomes, strict=True) if told_taken(told)]
        assert taken, f"nothing was taken: {outcomes[0]}"
        for order, told in zip(orders, outcomes, strict=True):
            if not told_taken(told):
                assert isinstance(told, Rejected | NoRoom), told
                if isinstance(told, Rejected):
                    assert told.code.lower() == DENIED, f"the venue had to say no: {told}"
                assert bench.sim.commands(order.venue_client_id) == []
        for budget in bench.adapter.health().budgets:
            assert budget.used <= budget.limit, budget
        begun = time.monotonic()
        for order in taken[:3]:
            assert await bench.adapter.cancel_order(order) == CancelTaken()
        assert time.monotonic() - begun < 5, "cancels waited behind the orders"


async def held_back(bench: VenueBench, order: UnifiedOrder) -> SubmitOutcome | NoRoom:
    """What the order comes to, where there may be no room for it."""
    try:
        return await bench.submit(order)
    except NoRoom as error:
        return error


def told_taken(told: object) -> bool:
    return isinstance(told, Accepted)
