"""One world per test: its own ledger, a market that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.contracts.okx_simulator.okx_client import KEY, PASSPHRASE, SECRET, OkxClient
from tests.contracts.okx_simulator.worlds import World
from tests.support.simulated_venue import VenueOnLoop

CREDENTIALS = {"api_key": KEY, "api_secret": SECRET, "passphrase": PASSPHRASE}


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Parametrised indirectly with "limited" it has the venue's true rate limits."""
    venue = VenueOnLoop("OKX", CREDENTIALS, tmp_path)
    await venue.start(roomy=getattr(request, "param", "roomy") == "roomy")
    try:
        async with aiohttp.ClientSession() as session:
            yield World(venue, OkxClient(session, venue.port))
    finally:
        await venue.stop()
