from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.faults import SimulatorAdmin
from tests.support.paper_market import PaperMarket
from tests.support.stack import PaperStack, paper_stack
from tests.support.told_secrets import assert_no_secret_is_told


@pytest.fixture(scope="package")
def stack() -> Iterator[PaperStack]:
    with paper_stack(venues=None) as running:
        asyncio.run(_calm(running))
        yield running
        asyncio.run(assert_no_secret_is_told(running))


async def _calm(stack: PaperStack) -> None:
    await stack.until_ready()
    async with stack.admin_client() as http:
        await SimulatorAdmin(http).calm()


@pytest.fixture(autouse=True)
async def calm_market(stack: PaperStack, venues: SimulatorAdmin) -> AsyncIterator[None]:
    """Every test starts healthy and without faults. Prices stand still all the time, and a test
    that moves them puts them back: what is quoted here is never of another moment."""
    await stack.until_ready()
    yield
    await venues.heal()


@pytest.fixture
async def market(stack: PaperStack, venues: SimulatorAdmin) -> AsyncIterator[PaperMarket]:
    """Prices that a test moves, and that are again what they were when it ends."""
    async with PaperMarket.opened(stack.postgres_dsn, venues) as opened:
        yield opened
