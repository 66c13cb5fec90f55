"""TC-E80 to TC-E87: what a session leaves behind. OD-90 to OD-96: restarts change nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled
from domain.orders import OrderStatus, OrderType, UnifiedOrder
from domain.outcomes import CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import POSITIONS, declared_order, order_type, order_types
from tests.contracts.cards.suites.amendments import partly_filled
from tests.contracts.cards.suites.cancels import canceled, none_open
from tests.contracts.cards.suites.limit_orders import found
from tests.support.venue_bench import VenueBench
from venues.port import StreamRestored, VenueUnreachable
from venues.simulators.cuts import Streams

_MARKET = order_type(OrderType.MARKET)
_GOODBYE_S = 0.3  # a closed socket is noticed by its other end a moment later


async def held_over_a_restart(bench: VenueBench, side: Side) -> None:
    """Open a position, restart, see it to the digit, and close it."""
    ticket = await bench.ticket(bench.contract_id)
    held_in = ticket.instrument.instrument_id
    await bench.flatten(held_in)
    opening = ticket.market(side)
    await bench.accepted(opening)
    await bench.filled(opening)
    await bench.restart_adapter()
    assert await bench.position(held_in) == side.sign * opening.quantity
    await bench.flatten(held_in)


@card("TC-E80", "Trade at once after the start", _MARKET)
async def trade_at_start(bench: VenueBench) -> None:
    """The first thing that a new session does can be a market order, and its fill is heard."""
    await bench.restart_adapter()
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


@card("TC-E81", "Stop with working orders")
async def stop_leaves_orders(bench: VenueBench) -> None:
    """Leaving the venue leaves the working orders where they are: ending them is the desk's
    decision, never a side effect."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    await bench.stop_adapter()
    assert bench.ledger_of(order, "canceled") == []
    await bench.start_adapter()
    assert (await found(bench, order)).status is OrderStatus.ACCEPTED


@card("TC-E82", "Close the positions of an earlier session", _MARKET, POSITIONS)
async def close_after_restart(bench: VenueBench) -> None:
    """A position of an earlier session is closed by this one."""
    await held_over_a_restart(bench, Side.BUY)
    assert await bench.position(bench.contract_id or "") == 0


@card("TC-E83", "Leave nothing connected")
async def clean_stop(bench: VenueBench) -> None:
    """After the stop no connection is left at the venue: no private stream, and no subscription to
    its market."""
    assert bench.sim.drop_streams(streams=bench.spec.market_streams) > 0, "nobody listened"
    await bench.back_on_stream()
    await bench.stop_adapter()
    try:
        await asyncio.sleep(_GOODBYE_S)
        assert bench.sim.drop_streams(streams=Streams.ALL) == 0, "a stream outlived its adapter"
    finally:
        await bench.start_adapter()


@card("TC-E84", "Open orders of an earlier session", lessons=["L7", "L11", "L12"])
async def open_orders_over_restart(bench: VenueBench) -> None:
    """A working order of an earlier session is reported on its terms under our own id, and can be
    cancelled."""
    order = (await bench.ticket()).limit()
    outcome = await bench.accepted(order)
    await bench.restart_adapter()
    reports = {one.venue_client_id: one for one in await bench.adapter.open_orders()}
    report = reports[order.venue_client_id]
    assert (report.venue_order_id, report.instrument_id, report.status, report.filled_qty) == (
        outcome.venue_order_id,
        order.instrument_id,
        OrderStatus.ACCEPTED,
        Decimal(0),
    )
    assert report.quantity in (order.quantity, None)
    assert report.price in (order.price, None)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)
    await none_open(bench, order)


@card("TC-E85", "Fills of an earlier session", lessons=["L7"])
async def fills_over_restart(bench: VenueBench) -> None:
    """The fills of an earlier session are pulled as they were streamed then."""
    order = (await bench.ticket()).market(Side.SELL)
    await bench.accepted(order)
    streamed = await bench.filled(order)
    await bench.restart_adapter()
    assert await bench.pulled(order) == streamed
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)


@card("TC-E86", "A long position over a restart", _MARKET, POSITIONS, lessons=["L8"])
async def long_over_restart(bench: VenueBench) -> None:
    """A long position is reported by a new session to the digit."""
    await held_over_a_restart(bench, Side.BUY)


@card("TC-E87", "A short position over a restart", _MARKET, POSITIONS, lessons=["L8"])
async def short_over_restart(bench: VenueBench) -> None:
    """A short position is reported by a new session to the digit."""
    await held_over_a_restart(bench, Side.SELL)


@card("OD-90", "A fill of an earlier session's order", lessons=["L4", "L11"])
async def fill_of_earlier_order(bench: VenueBench) -> None:
    """An order that was sent before the restart fills after it: the fill is heard as ours."""
    order = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(order)
    await bench.restart_adapter()
    await bench.fill_rest(order)
    fills = await bench.filled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert all(fill.is_maker for fill in fills)


@card("OD-91", "A fill while nobody listened", lessons=["L4"])
async def fill_while_stopped(bench: VenueBench) -> None:
    """An order fills while the adapter is stopped: the next session pulls the fill."""
    order = (await bench.ticket()).limit(Side.BUY)
    symbol = bench.symbol()
    await bench.accepted(order)
    await bench.stop_adapter()
    assert order.price is not None
    bench.sim.move(symbol, order.price * 99 / 100)
    await bench.start_adapter()
    assert sum(fill.quantity for fill in await bench.pulled(order)) == order.quantity
    assert (await found(bench, order)).status is OrderStatus.FILLED


@card("OD-92", "An order of an earlier session, sent again", lessons=["L3"])
async def sent_again_after_restart(bench: VenueBench) -> None:
    """A new session does not send a working order a second time."""
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    await bench.restart_adapter()
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown | Rejected), outcome
    assert len(bench.ledger_of(order, "accepted")) == 1
    assert await bench.adapter.cancel_order(order) == CancelTaken()


@card("OD-93", "Two restarts in a row", lessons=["L7", "L8"])
async def two_restarts(bench: VenueBench) -> None:
    """Working, partly filled and filled orders and positions look the same after two restarts;
    nothing is invented and nothing is told that did not happen."""
    since = datetime.now(UTC) - timedelta(hours=1)
    order, _ = await partly_filled(bench)
    other = (await bench.ticket()).limit(Side.SELL)
    await bench.accepted(other)

    async def picture() -> tuple[object, ...]:
        adapter = bench.adapter
        return (
            await adapter.fills_since(since),
            sorted(await adapter.positions(), key=str),
            sorted(await adapter.open_orders(), key=str),
        )

    before, heard = await picture(), len(bench.heard)
    records = len(bench.sim.ledger())
    for _ in range(2):
        await bench.restart_adapter()
        assert await picture() == before
    told = [one for one in bench.heard[heard:] if not isinstance(one, StreamRestored)]
    # What was told before may be told again (it is booked by its key), nothing else.
    assert all(one in bench.heard[:heard] for one in told), told
    assert len(bench.sim.ledger()) == records, "a restart changed something at the venue"
    for one in (order, other):
        assert await bench.adapter.cancel_order(one) == CancelTaken()
        assert isinstance((await bench.end_of(one)).event, VenueCanceled)


@card("OD-94", "While it is stopped")
async def while_stopped(bench: VenueBench) -> None:
    """A stopped adapter sends nothing and claims nothing: commands are Unknown, questions raise."""
    order = (await bench.ticket()).limit()
    adapter = bench.adapter
    await bench.stop_adapter()
    try:
        assert isinstance(await adapter.submit_order(order), Unknown)
        assert isinstance(await adapter.cancel_order(order), Unknown)
        assert not adapter.health().connected
        with pytest.raises(VenueUnreachable):
            await adapter.find_by_client_id(order)
    finally:
        await bench.start_adapter()
    assert bench.sim.commands(order.venue_client_id) == []


@card("OD-95", "A stop interrupts a submit", lessons=["L1"])
async def stop_interrupts(bench: VenueBench) -> None:
    """A submit whose answer the stop cuts off is in doubt, not rejected; the next session finds the
    order."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("black_hole", action="submit", count=1, params={"execute": True})
    bench.sim.arm("lose_fills", client_order_id=order.venue_client_id)
    submit = bench.in_background(bench.adapter.submit_order(order))
    await bench.sim_saw(order, "submit")
    await bench.stop_adapter()
    outcome = await submit
    assert not isinstance(outcome, Rejected), outcome
    bench.sim.faults.clear()
    await bench.start_adapter()
    assert (await found(bench, order)).status is OrderStatus.ACCEPTED
    assert await bench.adapter.cancel_order(order) == CancelTaken()


@card("OD-96", "Positions are the sum of the fills", _MARKET, POSITIONS, lessons=["L8"])
async def position_is_sum_of_fills(bench: VenueBench) -> None:
    """After trades on both sides, through zero, the venue's position is the sum of our fills."""
    ticket = await bench.ticket(bench.contract_id)
    held_in = ticket.instrument.instrument_id
    await bench.flatten(held_in)
    total = Decimal(0)
    for side, times in ((Side.BUY, 2), (Side.SELL, 5), (Side.BUY, 1)):
        order: UnifiedOrder = ticket.market(side, quantity=ticket.quantity * times)
        await bench.accepted(order)
        for fill in await bench.filled(order):
            total += side.sign * fill.quantity
        assert await bench.position(held_in) == total
    assert total < 0
    await bench.flatten(held_in)


@card("OD-98", "Waiting orders of an earlier session", lessons=["L7", "L12"])
async def waiting_over_restart(bench: VenueBench) -> None:
    """Conditional orders of every declared type outlive a restart, waiting and finished ones: the
    new session comes up, reports those that wait with their triggers, and cancels them."""
    ticket = await bench.ticket()
    kinds = [kind for kind in OrderType if kind.is_conditional and kind in order_types(bench)]
    orders = [declared_order(bench, ticket, kind) for kind in kinds]
    assert len(orders) > 1, "there is nothing to wait for"
    for order in orders:
        await bench.accepted(order)
    # One of them is over before the restart.
    assert await bench.adapter.cancel_order(orders[-1]) == CancelTaken()
    await bench.end_of(orders[-1])
    await bench.restart_adapter()
    reports = {one.venue_client_id: one for one in await bench.adapter.open_orders()}
    waiting = orders[:-1]
    assert set(reports) == {order.venue_client_id for order in waiting}
    for order in waiting:
        report = reports[order.venue_client_id]
        assert (report.status, report.instrument_id) == (OrderStatus.ACCEPTED, order.instrument_id)
        assert order.order_type.is_trailing or report.trigger_price == order.trigger_price, report
        assert await bench.adapter.cancel_order(order) == CancelTaken()
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert list(await bench.adapter.open_orders()) == []
