"""What a connection to TWS goes through: lost lines, taken client ids, ids that were set back."""

import asyncio
import time
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled
from domain.orders import OrderStatus
from domain.outcomes import Accepted, CancelRefused, CancelTaken, Unknown
from domain.sides import Side
from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.venue_bench import VenueBench
from venues.port import NotFound, OrderReport, StreamRestored, VenueUnreachable
from venues.simulators.ib.listings import CORN
from venues.simulators.ib.venue import IbVenue

CLIENT_ID = 7  # of the bench


def tws(bench: VenueBench) -> IbVenue:
    assert isinstance(bench.sim.venue, IbVenue)
    return bench.sim.venue


async def report(bench: VenueBench, order: object) -> OrderReport:
    found = await bench.adapter.find_by_client_id(order)  # type: ignore[arg-type]
    assert isinstance(found, OrderReport), found
    return found


@pytest.mark.parametrize("data_lost", [False, True])
async def test_fills_while_tws_had_lost_ib_are_pulled_when_it_is_back(
    bench: VenueBench, data_lost: bool
) -> None:
    order = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(order)
    before = len(bench.heard)
    tws(bench).lose_connectivity(0.5, data_lost=data_lost)
    await bench.disconnected()
    assert isinstance(await bench.adapter.submit_order((await bench.ticket()).limit()), Unknown)
    with pytest.raises(VenueUnreachable):
        await bench.adapter.open_orders()
    assert order.price is not None
    bench.sim.move(bench.symbol(), order.price * 99 / 100)
    await bench.restored(before)
    fills = await bench.pulled(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    assert (await report(bench, order)).status is OrderStatus.FILLED
    await bench.move(Decimal(191))  # market data flows again


async def test_a_client_id_that_lingers_is_waited_for(bench: VenueBench) -> None:
    """After a drop TWS may hold the id for some seconds: error 326 is no reason to give up."""
    tws(bench).clients.linger_s = 1.0
    before, begun = len(bench.heard), time.monotonic()
    bench.sim.drop_streams()
    await bench.disconnected()
    await bench.restored(before)
    assert 0.9 < time.monotonic() - begun < 5
    await bench.accepted((await bench.ticket()).limit())


async def test_order_ids_that_were_set_back_are_stepped_over(bench: VenueBench) -> None:
    """A reset sequence would repeat the ids of working orders, which IB takes for changes."""
    first = (await bench.ticket()).limit()
    await bench.accepted(first)
    tws(bench).reset_order_ids()
    await bench.restart_adapter()
    second = (await bench.ticket()).limit()
    assert await bench.accepted(second) != await bench.adapter.submit_order(first)
    assert bench.sim.ledger(event="amended") == []
    reports = await bench.adapter.open_orders()
    assert {one.venue_client_id for one in reports} == {
        first.venue_client_id,
        second.venue_client_id,
    }


async def test_working_orders_of_an_earlier_process_can_be_canceled(bench: VenueBench) -> None:
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    await bench.restart_adapter()
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)


async def test_what_filled_before_the_process_began_is_not_told_again(bench: VenueBench) -> None:
    order = (await bench.ticket()).market()
    await bench.accepted(order)
    await bench.filled(order)
    bench.heard.clear()
    await bench.restart_adapter()
    assert len(await bench.pulled(order)) == len(bench.ledger_of(order, "filled"))
    assert bench.fills_heard(order) == []


async def test_an_order_of_another_api_client_is_refused_with_its_number(
    bench: VenueBench,
) -> None:
    order = (await bench.ticket()).limit()
    other = await RawClient.connect(bench.sim.port, 8)
    other.place(1, "BUY", 1, "LMT", limit="150", ref=order.venue_client_id)
    await other.status(1, "Submitted")
    assert (await report(bench, order)).status is OrderStatus.ACCEPTED
    await bench.restart_adapter()
    refused = await bench.adapter.cancel_order(order)
    assert isinstance(refused, CancelRefused)
    assert "API client 8" in refused.reason
    assert await bench.adapter.cancel_all() == CancelTaken()
    await other.status(1, "Cancelled")
    await other.close()


async def test_order_ids_step_over_those_of_other_api_clients(bench: VenueBench) -> None:
    """Who has asked for the orders of all clients must number its own above them (103 else)."""
    other = await RawClient.connect(bench.sim.port, 8)
    other.place(5000, "BUY", 1, "LMT", limit="150", ref="theirs")
    await other.status(5000, "Submitted")
    await bench.adapter.open_orders()
    order = (await bench.ticket()).limit()
    await bench.accepted(order)
    (sent,) = bench.sim.commands(order.venue_client_id)
    assert int(sent["order_id"]) > 5000
    await other.close()


async def test_what_was_traded_in_a_contract_that_is_not_known_here_is_pulled_all_the_same(
    bench: VenueBench,
) -> None:
    """It is not in the profile any more, or IB did not describe it when the process began."""
    first, *_, other = bench.spec.instruments
    ticket = await bench.ticket(other)
    order, resting = ticket.limit(), ticket.limit(price=ticket.away(Side.BUY, 600))
    await bench.accepted(order)
    await bench.accepted(resting)
    await bench.stop_adapter()
    bench.spec = replace(bench.spec, instruments=(first,))
    await bench.start_adapter()
    assert [one.instrument_id for one in await bench.adapter.open_orders()] == [other, other]
    assert order.price is not None
    bench.sim.move("EURUSD", order.price * 999 / 1000)
    (fill,) = await bench.filled(order)
    assert (fill.instrument_id, fill.quantity) == (other, order.quantity)
    assert await bench.pulled(order) == [fill]
    assert await bench.adapter.cancel_order(resting) == CancelTaken()
    await bench.end_of(resting)


async def test_what_is_priced_in_cents_is_worth_here_what_it_is_at_ib(bench: VenueBench) -> None:
    await bench.stop_adapter()
    bench.spec = replace(bench.spec, instruments=(f"{CORN}.IB",))
    await bench.start_adapter()
    order = (await bench.ticket()).market(quantity=Decimal(2))
    await bench.accepted(order)
    fills = await bench.filled(order)
    corn = bench.instrument()
    assert corn.tick == Decimal("0.25")
    held = tws(bench).accounts.account.positions[CORN]
    value = sum(corn.notional(fill.quantity, fill.price) for fill in fills)
    assert value == held.value(held.entry_price) > 40_000


async def test_the_process_waits_while_another_has_its_client_id(bench: VenueBench) -> None:
    await bench.stop_adapter()
    other = await RawClient.connect(bench.sim.port, CLIENT_ID)
    await other.next_id()
    starting = bench.in_background(bench.start_adapter())
    await asyncio.sleep(1.0)
    assert not starting.done()
    await other.close()
    await asyncio.wait_for(starting, 10)


async def test_an_order_outside_trading_hours_is_accepted_and_waits(bench: VenueBench) -> None:
    tws(bench).close_market()
    order = (await bench.ticket()).market()
    assert isinstance(await bench.adapter.submit_order(order), Accepted)
    assert (await report(bench, order)).status is OrderStatus.ACCEPTED
    tws(bench).open_market(time.time_ns())
    await bench.filled(order)


async def test_a_gap_is_told_once_for_each_reconnection(bench: VenueBench) -> None:
    before = len(bench.heard)
    bench.sim.drop_streams()
    await bench.restored(before)
    await asyncio.sleep(0.3)
    gaps = [event for event in bench.heard[before:] if isinstance(event, StreamRestored)]
    assert len(gaps) == 1


async def test_an_order_that_tws_dropped_for_being_too_fast_is_in_doubt(bench: VenueBench) -> None:
    bench.sim.arm("rate_limit", action="submit", count=1)
    order = (await bench.ticket()).limit()
    assert isinstance(await bench.adapter.submit_order(order), Unknown)
    assert isinstance(await bench.adapter.find_by_client_id(order), NotFound)
    assert bench.adapter.health().errors == 1


async def test_two_callers_of_one_order_send_it_once_even_while_they_must_wait(
    bench: VenueBench,
) -> None:
    """The limit of messages makes both wait; each has then seen that nothing was sent yet."""
    ticket = await bench.ticket()
    burst = [bench.in_background(bench.submit(ticket.limit())) for _ in range(40)]
    await asyncio.sleep(0)
    order = ticket.limit()
    outcomes = await asyncio.gather(bench.submit(order), bench.submit(order))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Accepted", "Unknown"]
    assert len(bench.sim.commands(order.venue_client_id)) == 1
    await asyncio.gather(*burst)
