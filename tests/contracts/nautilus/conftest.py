"""One simulator and one node for all cards: NautilusTrader allows one node per process."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.nautilus_venue import FUTURES, SPOT, VenueOnTest, tasks_of, venue_configs
from tests.support.simulator_binance import SimulatedBinance, simulated_binance
from venues.nautilus.live_engine import LiveEngine


@pytest.fixture(scope="session")
def simulator() -> Iterator[SimulatedBinance]:
    with simulated_binance() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(simulator: SimulatedBinance) -> AsyncIterator[LiveEngine]:
    engine = LiveEngine(venue_configs(simulator))
    await simulator.pause_market()
    await engine.start()
    yield engine
    await engine.stop()
    await simulator.close_admin()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def venues(
    engine: LiveEngine, simulator: SimulatedBinance
) -> AsyncIterator[dict[str, VenueOnTest]]:
    on_test = {name: VenueOnTest(adapter, simulator) for name, adapter in engine.adapters.items()}
    with tasks_of(*on_test.values()):
        yield on_test


@pytest_asyncio.fixture(loop_scope="session", params=[SPOT, FUTURES])
async def venue(
    request: pytest.FixtureRequest, venues: dict[str, VenueOnTest], simulator: SimulatedBinance
) -> AsyncIterator[VenueOnTest]:
    """Each card runs at both products; no fault outlives its card."""
    yield venues[request.param]
    await simulator.disarm()
