"""One venue per test, in this process: its own ledger, prices that stand still."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.contracts.deribit_simulator.rpc import CREDENTIALS, Rpc
from tests.support.simulated_venue import VenueOnLoop


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[VenueOnLoop]:
    venue = VenueOnLoop("DERIBIT", CREDENTIALS, tmp_path)
    await venue.start()
    try:
        yield venue
    finally:
        await venue.stop()


@pytest.fixture
async def rpc(venue: VenueOnLoop) -> AsyncIterator[Rpc]:
    # A connection each: a dropped one must not be met again.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        session._retry_connection = False
        yield Rpc(session, venue.port)
