"""The venue begins with a command in time or never: only so is its "no such order" final."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from tests.support.venue_bench import VenueBench
from venues.deribit.clock import VenueClock
from venues.deribit.rest import RestClient
from venues.deribit.settings import Settings, Timeouts
from venues.port import Amendment, NotFound, OrderReport


def submits(bench: VenueBench, client_id: str) -> int:
    return sum(command["action"] == "submit" for command in bench.sim.commands(client_id))


def sent_ago(order: UnifiedOrder, seconds: float) -> UnifiedOrder:
    """The order, as it was recorded as sent so long ago."""
    return replace(order, submitted_at=datetime.now(UTC) - timedelta(seconds=seconds))


async def test_a_late_order_is_refused_by_the_venue_itself(bench: VenueBench) -> None:
    """It arrives after its `valid_until`: the venue does not begin with it."""
    order = (await bench.ticket()).limit()
    bench.sim.arm("delay", action="submit", count=1, params={"before_ms": 3_200})
    assert isinstance(await bench.adapter.submit_order(order), Unknown)
    await asyncio.sleep(0.5)
    assert submits(bench, order.venue_client_id) == 1
    assert bench.ledger_of(order, "accepted") == []


async def test_the_time_of_an_order_runs_from_when_it_was_recorded_as_sent(
    bench: VenueBench,
) -> None:
    """As the horizon does, behind which its absence is final: however long it was on its way here,
    it is not begun with after that."""
    order = sent_ago((await bench.ticket()).limit(), 2)
    bench.sim.arm("delay", action="submit", count=1, params={"before_ms": 1_300})
    assert isinstance(await bench.adapter.submit_order(order), Unknown)
    assert submits(bench, order.venue_client_id) == 1
    assert bench.ledger_of(order, "accepted") == []
    assert isinstance(await bench.adapter.find_by_client_id(order), NotFound)


async def test_what_was_recorded_as_sent_too_long_ago_is_not_sent(bench: VenueBench) -> None:
    ticket = await bench.ticket()
    order = sent_ago(ticket.limit(), 3.1)
    assert isinstance(await bench.adapter.submit_order(order), Unknown)
    assert bench.sim.commands(order.venue_client_id) == []

    resting = ticket.limit()
    await bench.accepted(resting)
    amended = replace(resting, amend_sent_at=datetime.now(UTC) - timedelta(seconds=3.1))
    terms = Amendment(quantity=resting.quantity * 2)
    assert isinstance(await bench.adapter.amend_order(amended, terms), Unknown)
    found = await bench.adapter.find_by_client_id(resting)
    assert isinstance(found, OrderReport)
    assert found.quantity == resting.quantity


async def test_an_order_is_not_begun_after_its_send_deadline(bench: VenueBench) -> None:
    """Neither sent here after it, nor begun there: the order says by when to the venue."""
    ticket = await bench.ticket()
    stale = replace(ticket.limit(), send_deadline=datetime.now(UTC))
    refused = await bench.adapter.submit_order(stale)
    assert isinstance(refused, Rejected)
    assert "deadline" in refused.reason
    assert submits(bench, stale.venue_client_id) == 0
    bench.sim.arm("delay", action="submit", count=1, params={"before_ms": 600})
    late = replace(ticket.limit(), send_deadline=datetime.now(UTC) + timedelta(milliseconds=400))
    assert isinstance(await bench.adapter.submit_order(late), Unknown)
    assert submits(bench, late.venue_client_id) == 1
    assert bench.ledger_of(late, "accepted") == []


@pytest.mark.parametrize("skew_ms", [20_000, -20_000])
async def test_the_venues_clock_decides_what_is_late(bench: VenueBench, skew_ms: int) -> None:
    """A venue whose clock jumps gets orders that are valid by its clock, within two seconds."""
    bench.sim.arm("clock_skew", params={"ms": skew_ms})
    await asyncio.sleep(2.0)
    offset_ms = bench.adapter.health().clock_offset_ms
    assert offset_ms is not None
    assert abs(offset_ms - skew_ms) < 500
    order = (await bench.ticket()).limit()
    await bench.accepted(order)


def test_the_venues_clock_is_rather_taken_for_too_early_than_too_late() -> None:
    """Its answer took 200 ms, 40 of them there: it may have shown 80 ms less than it seems."""
    clock = VenueClock(RestClient(Settings("a", (), "id", "secret")))
    moment = datetime.fromtimestamp(1_000, UTC)
    assert clock.at_ms(moment) == 1_000_000  # nothing is known yet
    clock.observe(1_000_000, 1_000_200, 1_002_080_000, 1_002_120_000)
    assert clock.offset_ms == 2_000
    assert clock.at_ms(moment) == 1_002_000 - 80


def test_an_answer_that_took_long_says_nothing_beside_one_that_did_not() -> None:
    clock = VenueClock(RestClient(Settings("a", (), "id", "secret")))
    clock.observe(1_000_000, 1_003_000, 1_009_000_000, 1_009_000_000)
    assert clock.offset_ms == 7_500  # better than nothing
    clock.observe(1_000_000, 1_000_100, 1_001_050_000, 1_001_050_000)
    clock.observe(1_000_000, 1_003_000, 1_009_000_000, 1_009_000_000)
    assert clock.offset_ms == 1_000


def test_absence_is_final_a_second_after_nothing_can_begin_any_more() -> None:
    times = Timeouts()
    assert times.visibility_horizon >= times.valid_for + timedelta(seconds=1)
