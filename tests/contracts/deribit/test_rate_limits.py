"""The venue's true limits: never exceeded, cancels first, shown in the health."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.outcomes import Accepted, CancelTaken
from tests.contracts.venues.deribit import BENCH
from tests.support.venue_bench import VenueBench
from venues.port import NoRoom

BURST = 20


@pytest.fixture
async def tight(tmp_path: Path) -> AsyncIterator[VenueBench]:
    """A venue with the limits of its lowest tier."""
    bench = VenueBench(BENCH, tmp_path)
    await bench.sim.start(roomy=False)
    await bench.start_adapter()
    try:
        yield bench
    finally:
        await bench.stop()


async def test_a_burst_is_held_back_and_a_cancel_is_not(tight: VenueBench) -> None:
    ticket = await tight.ticket()
    first = ticket.limit()
    await tight.accepted(first)
    burst = [ticket.limit() for _ in range(2 * BURST)]
    submits = [asyncio.create_task(tight.submit(order)) for order in burst]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    assert await tight.adapter.cancel_order(first) == CancelTaken()
    assert time.monotonic() - began < 1.0
    outcomes = await asyncio.gather(*submits, return_exceptions=True)
    accepted = sum(isinstance(outcome, Accepted) for outcome in outcomes)
    held_back = [outcome for outcome in outcomes if isinstance(outcome, NoRoom)]
    assert accepted + len(held_back) == len(burst), outcomes
    assert accepted >= BURST - 3
    assert held_back
    arrived = [c for c in tight.sim.commands() if c["action"] == "submit"]
    assert len(arrived) == accepted + 1  # what was held back was not sent


async def test_budgets_are_those_of_the_account(tight: VenueBench) -> None:
    budgets = {budget.name: budget for budget in tight.adapter.health().budgets}
    assert (budgets["orders"].limit, budgets["orders"].per_s) == (BURST, 5)
    assert budgets["questions"].limit == 100
    before = budgets["orders"].used
    await tight.accepted((await tight.ticket()).limit())
    after = {budget.name: budget for budget in tight.adapter.health().budgets}
    assert after["orders"].used == before + 1


async def test_health_counts_commands_and_errors(tight: VenueBench) -> None:
    ticket = await tight.ticket()
    await tight.accepted(ticket.limit())
    tight.sim.arm("error_503_not_executed", action="submit", count=1)
    await tight.adapter.submit_order(ticket.limit())
    health = tight.adapter.health()
    assert (health.commands, health.errors) == (2, 1)
    assert health.last_message_at is not None
    assert abs(health.clock_offset_ms or 0) < 1_000
