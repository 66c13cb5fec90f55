"""One bench per venue, for all its cards: one process can serve one trading node at a time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

pytest.register_assert_rewrite(
    "tests.contracts.cards.needs", "tests.contracts.cards.suites", "tests.support.venue_bench"
)

from tests.contracts.venues import known_benches  # noqa: E402
from tests.support.venue_bench import VenueBench  # noqa: E402


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=sorted(known_benches()))
async def running_bench(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[VenueBench]:
    """The venue of the parameter, up and trading; pytest plays all its cards before the next."""
    folder: Path = tmp_path_factory.mktemp("ledger")
    bench = VenueBench(known_benches()[request.param], folder)
    try:
        await bench.start()
        yield bench
    finally:
        await bench.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running_bench: VenueBench) -> AsyncIterator[VenueBench]:
    """The same; what an earlier card left behind is gone, also where it failed."""
    await running_bench.mend()
    yield running_bench
