"""Cards TC-E40 to TC-E44 and TC-E75: cancels, in time, too late, and without an answer."""

import asyncio
import time

import pytest

from domain.order_events import VenueCanceled
from domain.orders import OrderStatus
from domain.outcomes import Accepted, CancelRefused, CancelTaken, Unknown
from domain.sides import Side
from tests.support.nautilus_venue import VenueOnTest
from venues.port import OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_tc_e40_a_cancel_is_taken_and_the_end_arrives_as_an_event(
    venue: VenueOnTest,
) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)
    assert len(await venue.ledger_of(order, "canceled")) == 1


async def test_tc_e44_a_second_cancel_is_refused_by_the_venue_itself(venue: VenueOnTest) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    await venue.end_of(order)
    refused = await venue.adapter.cancel_order(order)
    assert isinstance(refused, CancelRefused)
    assert refused.reason.startswith("-2011")


async def test_a_cancel_of_a_filled_order_is_refused_and_the_venue_says_what_became_of_it(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.SELL)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.fills_of(order)
    assert isinstance(await venue.adapter.cancel_order(order), CancelRefused)
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.FILLED


async def test_a_cancel_of_an_order_that_the_venue_never_saw_is_refused(
    venue: VenueOnTest,
) -> None:
    assert isinstance(await venue.adapter.cancel_order(await venue.resting()), CancelRefused)


async def test_a_cancel_overtakes_the_answer_to_its_submit(venue: VenueOnTest) -> None:
    """The order is cancelled while its submit still waits: both are answered, nothing is left."""
    order = await venue.resting()
    await venue.simulator.arm(
        "delay", venue=venue.name, action="submit", count=1, params={"after_ms": 300}
    )
    submit = asyncio.create_task(venue.adapter.submit_order(order))
    await asyncio.sleep(0.1)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)
    assert isinstance(await submit, Accepted)
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.CANCELED


async def test_a_cancel_does_not_wait_behind_a_burst_of_orders(venue: VenueOnTest) -> None:
    resting = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(resting), Accepted)
    burst = [await venue.resting() for _ in range(50)]
    submits = [asyncio.create_task(venue.adapter.submit_order(order)) for order in burst]
    await asyncio.sleep(0)
    assert await venue.adapter.cancel_order(resting) == CancelTaken()
    await asyncio.gather(*submits)
    wanted = {order.venue_client_id for order in (resting, *burst)}
    arrived = [
        (record["client_order_id"], record["action"])
        for record in await venue.simulator.wire()
        if record["client_order_id"] in wanted
    ]
    place = arrived.index((resting.venue_client_id, "cancel"))
    assert place < len(burst) // 2, f"the cancel was command {place} of {len(arrived)}"
    await asyncio.gather(*(venue.adapter.cancel_order(order) for order in burst))


@pytest.mark.parametrize("fault", ["execute_then_503", "execute_then_drop"])
async def test_tc_e75_a_cancel_without_an_answer_is_unknown_and_its_event_still_comes(
    venue: VenueOnTest, fault: str
) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.simulator.arm(fault, venue=venue.name, action="cancel", count=1)
    assert isinstance(await venue.adapter.cancel_order(order), Unknown)
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def test_a_cancel_that_was_not_executed_is_unknown_and_can_be_sent_again(
    venue: VenueOnTest,
) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.simulator.arm("error_503_not_executed", venue=venue.name, action="cancel", count=1)
    assert isinstance(await venue.adapter.cancel_order(order), Unknown)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    await venue.end_of(order)


async def test_a_cancel_into_a_black_hole_is_unknown_within_its_time(venue: VenueOnTest) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.simulator.arm("black_hole", venue=venue.name, action="cancel", count=1)
    started = time.monotonic()
    assert isinstance(await venue.adapter.cancel_order(order), Unknown)
    assert time.monotonic() - started < 3
    assert await venue.adapter.cancel_order(order) == CancelTaken()
