"""TC-E40 to TC-E44 and TC-E75: cancels, one and all. OD-40 to OD-47: cancel races, lost answers."""

import asyncio
import time

from domain.order_events import VenueCanceled
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import Accepted, CancelRefused, CancelTaken, Unknown
from domain.sides import Side
from tests.contracts.cards.card import card
from tests.contracts.cards.needs import CANCELS_ALL
from tests.contracts.cards.suites.amendments import partly_filled
from tests.contracts.cards.suites.limit_orders import found
from tests.support.venue_bench import VenueBench

_ANSWER_MAX_S = 5.0


async def resting(bench: VenueBench, side: Side = Side.BUY) -> UnifiedOrder:
    order = (await bench.ticket()).limit(side)
    await bench.accepted(order)
    return order


async def canceled(bench: VenueBench, order: UnifiedOrder) -> None:
    """The end is news, the venue's report and the ledger agree."""
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert (await found(bench, order)).status is OrderStatus.CANCELED
    assert len(bench.ledger_of(order, "canceled")) == 1


async def none_open(bench: VenueBench, *orders: UnifiedOrder) -> None:
    open_ids = {one.venue_client_id for one in await bench.adapter.open_orders()}
    left = [order for order in orders if order.venue_client_id in open_ids]
    assert left == [], "still among the open orders"


@card("TC-E40", "Cancel a limit order")
async def cancel_one(bench: VenueBench) -> None:
    """A cancel is taken, and the end of the order arrives as an event."""
    order = await resting(bench)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)
    await none_open(bench, order)


@card("TC-E41", "Cancel all orders", CANCELS_ALL)
async def cancel_all(bench: VenueBench) -> None:
    """One command cancels every working order of the account, and each end is told."""
    orders = [await resting(bench, side) for side in (Side.BUY, Side.SELL, Side.BUY)]
    other = await bench.ticket(bench.spec.instruments[-1])
    elsewhere = other.limit(Side.BUY)
    await bench.accepted(elsewhere)
    assert await bench.adapter.cancel_all() == CancelTaken()
    for order in (*orders, elsewhere):
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert list(await bench.adapter.open_orders()) == []


@card("TC-E42", "Cancel orders one by one")
async def cancel_each(bench: VenueBench) -> None:
    """Several working orders are cancelled at the same time, each on its own."""
    orders = [await resting(bench, side) for side in (Side.BUY, Side.SELL, Side.BUY)]
    outcomes = await asyncio.gather(*(bench.adapter.cancel_order(order) for order in orders))
    assert outcomes == [CancelTaken()] * len(orders)
    for order in orders:
        await canceled(bench, order)


@card("TC-E43", "Cancel all orders of an instrument", CANCELS_ALL)
async def cancel_all_of_one(bench: VenueBench) -> None:
    """Cancelling everything in one instrument leaves the orders of another alone."""
    if len(bench.spec.instruments) < 2:
        raise AssertionError(f"the bench of {bench.name} needs a second instrument")
    orders = [await resting(bench, side) for side in (Side.BUY, Side.SELL)]
    other = (await bench.ticket(bench.spec.instruments[1])).limit(Side.BUY)
    await bench.accepted(other)
    assert await bench.adapter.cancel_all(bench.instrument_id) == CancelTaken()
    for order in orders:
        assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert [one.venue_client_id for one in await bench.adapter.open_orders()] == [
        other.venue_client_id
    ]


@card("TC-E44", "Cancel a cancelled order")
async def cancel_twice(bench: VenueBench) -> None:
    """A second cancel is refused by the venue with its reason, and ends nothing a second time."""
    order = await resting(bench)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)
    refused = await bench.adapter.cancel_order(order)
    assert isinstance(refused, CancelRefused), refused
    assert refused.reason
    assert len(bench.ledger_of(order, "canceled")) == 1


@card("TC-E75", "A cancel without an answer", lessons=["L10"])
async def cancel_ambiguous(bench: VenueBench) -> None:
    """A cancel that was executed but not answered is Unknown (or told by the stream), never
    refused; its end is told all the same, and asking resolves it."""
    for fault in ("execute_then_503", "execute_then_drop"):
        order = await resting(bench)
        bench.sim.arm(fault, action="cancel", count=1)
        outcome = await bench.adapter.cancel_order(order)
        assert isinstance(outcome, Unknown | CancelTaken), f"{fault}: {outcome}"
        bench.sim.faults.clear()
        await bench.back_on_stream()
        assert (await found(bench, order)).status is OrderStatus.CANCELED, fault
        await none_open(bench, order)


@card("OD-40", "Cancel a filled order")
async def cancel_filled(bench: VenueBench) -> None:
    """A cancel that comes after the fill is refused, and the venue says that it was filled."""
    order = (await bench.ticket()).marketable(Side.SELL)
    await bench.accepted(order)
    await bench.filled(order)
    outcome = await bench.adapter.cancel_order(order)
    assert isinstance(outcome, CancelRefused), outcome
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)


@card("OD-41", "Cancel an order that the venue never saw")
async def cancel_unseen(bench: VenueBench) -> None:
    """A cancel of an order that does not exist is refused, not unknown."""
    outcome = await bench.adapter.cancel_order((await bench.ticket()).limit())
    assert isinstance(outcome, CancelRefused), outcome


@card("OD-42", "A cancel overtakes the answer to its submit")
async def cancel_overtakes(bench: VenueBench) -> None:
    """The order is cancelled while its submit still waits for the answer: nothing is left over."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("delay", action="submit", count=1, params={"after_ms": 300})
    submit = asyncio.create_task(bench.adapter.submit_order(order))
    await bench.sim_saw(order, "submit")
    cancel = await bench.adapter.cancel_order(order)
    outcome = await submit
    assert isinstance(outcome, Accepted | Unknown), outcome
    if cancel != CancelTaken():  # a venue or a library that needs the answer first says so
        assert isinstance(cancel, CancelRefused | Unknown), cancel
        assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    assert (await found(bench, order)).status is OrderStatus.CANCELED


@card("OD-43", "A cancel does not wait behind a burst of orders")
async def cancel_first(bench: VenueBench) -> None:
    """Of fifty orders and one cancel sent at once, the cancel is among the first to arrive."""
    first = await resting(bench)
    ticket = await bench.ticket()
    burst = [ticket.limit() for _ in range(50)]
    submits = [asyncio.create_task(bench.submit(order)) for order in burst]
    await asyncio.sleep(0)
    assert await bench.adapter.cancel_order(first) == CancelTaken()
    await asyncio.gather(*submits)
    wanted = {order.venue_client_id for order in (first, *burst)}
    arrived = [
        (record["client_order_id"], record["action"])
        for record in bench.sim.commands()
        if record["client_order_id"] in wanted
    ]
    place = arrived.index((first.venue_client_id, "cancel"))
    assert place <= len(burst) // 2, f"the cancel was command {place} of {len(arrived)}"


@card("OD-44", "A cancel that was not executed", lessons=["L10"])
async def cancel_not_executed(bench: VenueBench) -> None:
    """A cancel that never reached the book leaves the order working and is not called refused; sent
    again, it is taken."""
    order = await resting(bench)
    bench.sim.arm("error_503_not_executed", action="cancel", count=1)
    assert isinstance(await bench.adapter.cancel_order(order), Unknown)
    bench.sim.faults.clear()
    assert (await found(bench, order)).status is OrderStatus.ACCEPTED
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)


@card("OD-45", "A cancel into a black hole")
async def cancel_black_hole(bench: VenueBench) -> None:
    """A cancel that nobody answers is Unknown within its time."""
    order = await resting(bench)
    bench.sim.arm("black_hole", action="cancel", count=1)
    started = time.monotonic()
    outcome = await bench.adapter.cancel_order(order)
    assert isinstance(outcome, Unknown), outcome
    assert time.monotonic() - started < _ANSWER_MAX_S
    bench.sim.faults.clear()
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    await canceled(bench, order)


@card("OD-46", "Cancel a partly filled order", lessons=["L14"])
async def cancel_partly_filled(bench: VenueBench) -> None:
    """The cancelled rest ends the order; what had traded stays, whole and counted once."""
    order, filled = await partly_filled(bench)
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.PARTIALLY_FILLED, filled)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.CANCELED, filled)
    assert sum(fill.quantity for fill in await bench.pulled(order)) == filled


@card("OD-47", "A fill while the cancel is on the way", lessons=["L10", "L14"])
async def fill_before_cancel(bench: VenueBench) -> None:
    """The order fills before its cancel arrives: the cancel is refused and the fill is heard."""
    order = await resting(bench)
    bench.sim.arm("delay", action="cancel", count=1, params={"before_ms": 300})
    cancelling = asyncio.create_task(bench.adapter.cancel_order(order))
    await bench.sim_saw(order, "cancel")
    assert order.price is not None
    await bench.move(order.price * 99 / 100)
    await bench.filled(order)
    outcome = await cancelling
    assert isinstance(outcome, CancelRefused | Unknown), outcome
    report = await found(bench, order)
    assert (report.status, report.filled_qty) == (OrderStatus.FILLED, order.quantity)
