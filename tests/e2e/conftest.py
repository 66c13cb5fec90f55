"""The whole paper stack over HTTP, on a market that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.agreement import assert_books_agree
from tests.support.faults import SimulatorAdmin
from tests.support.stack import PaperStack
from tests.support.temporal_view import TemporalView
from tests.support.trader import Trader


@pytest.fixture
async def trader(stack: PaperStack) -> AsyncIterator[Trader]:
    async with stack.client() as http:
        yield Trader(http)


@pytest.fixture
async def venues(stack: PaperStack) -> AsyncIterator[SimulatorAdmin]:
    async with stack.admin_client() as http:
        yield SimulatorAdmin(http)


@pytest.fixture
async def temporal(stack: PaperStack) -> TemporalView:
    return await TemporalView.connect(stack.temporal_address)


@pytest.fixture(autouse=True)
async def calm_market(stack: PaperStack, venues: SimulatorAdmin) -> AsyncIterator[None]:
    """Every test starts healthy, without faults, and at the same prices."""
    await stack.until_ready()
    await venues.calm()
    yield
    await venues.calm()


@pytest.fixture(scope="module", autouse=True)
def books_agree(stack: PaperStack) -> Iterator[None]:
    """After each module ledger, fills and positions say the same, to the last digit."""
    yield
    asyncio.run(assert_books_agree(stack))
