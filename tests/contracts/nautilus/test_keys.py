"""The other type of key than that of all other tests here: Ed25519."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.outcomes import CancelTaken
from tests.contracts.venues.binance_futures import BENCH as FUTURES
from tests.contracts.venues.binance_spot import BENCH as SPOT
from tests.support.bench_spec import BenchSpec
from tests.support.binance_client import ED25519_KEY, ED25519_PEM
from tests.support.venue_bench import VenueBench
from venues.nautilus.live_engine import LiveEngine

pytestmark = pytest.mark.asyncio(loop_scope="session")

_CREDENTIALS = {"api_key": ED25519_KEY, "api_secret": ED25519_PEM}


@pytest.mark.parametrize("spec", [SPOT, FUTURES])
async def test_an_account_with_an_ed25519_key_trades_and_hears_of_it(
    engine: LiveEngine, tmp_path: Path, spec: BenchSpec
) -> None:
    await engine.stop()
    bench = VenueBench(replace(spec, credentials=_CREDENTIALS), tmp_path)
    try:
        await bench.start()
        order = (await bench.ticket()).limit()
        await bench.accepted(order)
        assert await bench.adapter.cancel_order(order) == CancelTaken()
        await bench.end_of(order)
    finally:
        await bench.stop()
        await engine.start()
