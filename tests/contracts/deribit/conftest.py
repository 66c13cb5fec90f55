"""The adapter through the real ccxt, on a simulated venue of its own for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.venues.deribit import BENCH
from tests.support.venue_bench import VenueBench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[VenueBench]:
    bench = VenueBench(BENCH, tmp_path)
    await bench.start()
    try:
        yield bench
    finally:
        await bench.stop()
