"""A simulated TWS with the limits of the real one, and clients that reach it by port alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from ib_async.util import getLoop

from tests.contracts.ib_simulator.raw_client import RawClient
from tests.support.simulated_venue import VenueOnLoop

type Dial = Callable[..., Awaitable[RawClient]]


@pytest.fixture
async def tws(tmp_path: Path) -> AsyncIterator[VenueOnLoop]:
    venue = VenueOnLoop("IB", {}, tmp_path)
    await venue.start(roomy=False)
    yield venue
    await venue.stop()


@pytest.fixture
async def dial(tws: VenueOnLoop) -> AsyncIterator[Dial]:
    """Connects a raw client: `await dial(client_id)`."""
    dialled: list[RawClient] = []

    async def connect(client_id: int = 1, versions: str = "v100..226") -> RawClient:
        client = await RawClient.connect(tws.port, client_id, versions)
        dialled.append(client)
        return client

    yield connect
    for client in dialled:
        await client.close()


@pytest.fixture(autouse=True)
def fresh_loop_for_ib_async() -> None:
    """The library remembers the first loop of the process for ever; each test has its own."""
    getLoop.cache_clear()
