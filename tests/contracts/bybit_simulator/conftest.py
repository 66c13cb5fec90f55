"""One world per test: its own ledger, a market that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.contracts.bybit_simulator.bybit_client import KEY, SECRET, BybitClient
from tests.contracts.bybit_simulator.worlds import World
from tests.support.simulated_venue import VenueOnLoop


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The rate limits are out of the way."""
    async with _served(tmp_path, roomy=True) as made:
        yield made


@pytest.fixture
async def narrow_world(tmp_path: Path) -> AsyncIterator[World]:
    """The rate limits are the venue's own."""
    async with _served(tmp_path, roomy=False) as made:
        yield made


@asynccontextmanager
async def _served(folder: Path, *, roomy: bool) -> AsyncIterator[World]:
    venue = VenueOnLoop("BYBIT", {"api_key": KEY, "api_secret": SECRET}, folder)
    await venue.start(roomy=roomy)
    try:
        async with aiohttp.ClientSession() as session:
            yield World(venue, BybitClient(session, venue.port))
    finally:
        await venue.stop()
