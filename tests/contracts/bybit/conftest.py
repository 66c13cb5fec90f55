"""Bybit's adapter in a node of this process, all three categories. What the cards ask of every
venue is not asked again here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contracts.venues.bybit import BENCH
from tests.support.venue_bench import VenueBench


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_bench(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[VenueBench]:
    folder: Path = tmp_path_factory.mktemp("ledger")
    bench = VenueBench(BENCH, folder)
    try:
        await bench.start()
        yield bench
    finally:
        await bench.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def bench(running_bench: VenueBench) -> AsyncIterator[VenueBench]:
    """The same; what an earlier test left behind is gone."""
    await running_bench.mend()
    yield running_bench
