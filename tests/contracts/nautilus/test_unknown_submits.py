"""Card TC-E74 and lessons L1 to L3: silence is never a rejection, and nothing is sent twice."""

import asyncio
import time
from decimal import Decimal

import pytest

from domain.order_events import VenueAccepted, VenueCanceled
from domain.orders import OrderStatus
from domain.outcomes import Accepted, CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.support.nautilus_venue import SPOT, VenueOnTest
from venues.port import NotFound, OrderReport, VenueUnreachable

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("fault", ["execute_then_503", "execute_then_drop"])
async def test_tc_e74_an_executed_order_without_an_answer_is_unknown_then_found(
    venue: VenueOnTest, fault: str
) -> None:
    order = await venue.resting()
    await venue.simulator.arm(fault, venue=venue.name, action="submit", count=1)
    assert isinstance(await venue.adapter.submit_order(order), Unknown | Accepted)
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.ACCEPTED
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled | VenueAccepted)
    assert len(await venue.ledger_of(order, "accepted")) == 1


async def test_a_late_acceptance_and_fill_of_an_unknown_order_are_told(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.BUY)
    await venue.simulator.arm("execute_then_503", venue=venue.name, action="submit", count=1)
    await venue.simulator.arm("delay_fills", venue=venue.name, count=3, params={"ms": 300})
    await venue.adapter.submit_order(order)
    fills = await venue.fills_of(order)
    assert sum(fill.quantity for fill in fills) == order.quantity
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.FILLED


async def test_an_order_that_a_503_kept_out_is_unknown_absent_and_can_be_sent_again(
    venue: VenueOnTest,
) -> None:
    order = await venue.resting()
    await venue.simulator.arm("error_503_not_executed", venue=venue.name, action="submit", count=1)
    assert isinstance(await venue.adapter.submit_order(order), Unknown)
    assert isinstance(await venue.adapter.find_by_client_id(order), NotFound)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert len(await venue.ledger_of(order, "accepted")) == 1
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def test_an_order_lost_in_a_black_hole_can_be_sent_again_and_then_fills(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.SELL)
    await venue.simulator.arm("black_hole", venue=venue.name, action="submit", count=1)
    started = time.monotonic()
    assert isinstance(await venue.adapter.submit_order(order), Unknown)
    assert time.monotonic() - started < 3
    assert isinstance(await venue.adapter.find_by_client_id(order), NotFound)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.fills_of(order)
    assert len(await venue.ledger_of(order, "accepted")) == 1


async def test_an_order_swallowed_by_a_black_hole_after_it_traded_is_found(
    venue: VenueOnTest,
) -> None:
    """The stream tells what the request does not: the submit is answered all the same."""
    order = venue.order(Side.BUY)
    await venue.simulator.arm(
        "black_hole", venue=venue.name, action="submit", count=1, params={"execute": True}
    )
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert sum(fill.quantity for fill in await venue.fills_of(order)) == order.quantity


async def test_an_order_that_existed_is_never_sent_a_second_time(venue: VenueOnTest) -> None:
    order = venue.order(Side.SELL)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.fills_of(order)
    assert isinstance(await venue.adapter.submit_order(order), Unknown)
    assert len(await venue.simulator.commands(order.venue_client_id)) == 1


async def test_the_same_order_from_two_callers_at_once_is_sent_once(venue: VenueOnTest) -> None:
    order = await venue.resting()
    outcomes = await asyncio.gather(
        venue.adapter.submit_order(order), venue.adapter.submit_order(order)
    )
    assert [type(outcome) for outcome in outcomes] == [Accepted, Unknown]
    assert len(await venue.simulator.commands(order.venue_client_id)) == 1
    assert await venue.adapter.cancel_order(order) == CancelTaken()


async def test_too_many_requests_is_unknown_not_a_rejection(venue: VenueOnTest) -> None:
    order = await venue.resting()
    await venue.simulator.arm("rate_limit", venue=venue.name, action="submit", count=1)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Unknown)
    assert "-1003" in outcome.reason
    assert isinstance(await venue.adapter.find_by_client_id(order), NotFound)


@pytest.mark.parametrize("fault", ["error_503_not_executed", "rate_limit", "execute_then_drop"])
async def test_a_question_without_an_answer_is_never_not_found(
    venue: VenueOnTest, fault: str
) -> None:
    """Lesson L2: only the venue's own words prove absence."""
    await venue.simulator.arm(fault, venue=venue.name, action="query", count=1)
    with pytest.raises(VenueUnreachable):
        await venue.adapter.find_by_client_id(await venue.resting())


async def test_a_definite_refusal_is_a_rejection_with_the_venues_code(
    venue: VenueOnTest,
) -> None:
    order = venue.order(Side.BUY, await venue.away(Side.BUY, 400), quantity="0.00102")
    if venue.name == SPOT:
        order = venue.order(Side.BUY, await venue.away(Side.BUY), quantity="8000")
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Rejected)
    assert outcome.code == ("-2010" if venue.name == SPOT else "-1111")
    assert isinstance(await venue.adapter.find_by_client_id(order), NotFound)
    assert venue.news_heard(order) == []


@pytest.mark.parametrize(
    ("quantity", "price_offset"), [("0.000001", "0"), ("0.0101", "0.001"), ("0.01", "0.001")]
)
async def test_terms_off_the_venues_steps_are_the_venues_to_refuse_unrounded(
    venue: VenueOnTest, quantity: str, price_offset: str
) -> None:
    price = await venue.away(Side.BUY) + Decimal(price_offset)
    order = venue.order(Side.BUY, price, quantity=quantity)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Rejected)
    assert outcome.code.startswith("-")
    assert await venue.ledger_of(order, "accepted") == []
