"""One venue and one adapter per test: what is played here breaks the connection itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.venues.ib import BENCH
from tests.support.venue_bench import VenueBench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[VenueBench]:
    running = VenueBench(BENCH, tmp_path)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()
