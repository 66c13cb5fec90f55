"""Before it can trade the adapter says why, and answers no question: it would not see all of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contracts.venues.deribit import BENCH
from tests.support.engines import free_port
from tests.support.simulated_venue import VenueOnLoop
from tests.support.venue_bench import VenueBench
from venues.port import ExternalAdapter, VenueUnreachable
from venues.registry import VenueAccountConfig, make_host


@asynccontextmanager
async def starting(config: VenueAccountConfig) -> AsyncIterator[ExternalAdapter]:
    """The adapter of a host that does not come up."""
    host = make_host([config])
    task = asyncio.create_task(host.start())
    try:
        yield host.adapters["DERIBIT"]
    finally:
        task.cancel()
        await asyncio.wait({task})
        await host.stop()


async def until_said(adapter: ExternalAdapter, words: str) -> None:
    async with asyncio.timeout(10):
        while not any(words in problem for problem in adapter.health().problems):
            await asyncio.sleep(0.02)


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[VenueOnLoop]:
    sim = VenueOnLoop(BENCH.venue, BENCH.credentials, tmp_path)
    await sim.start()
    try:
        yield sim
    finally:
        await sim.stop()


async def test_a_venue_that_is_away_and_a_wrong_key_are_told_apart(sim: VenueOnLoop) -> None:
    async with starting(BENCH.config(free_port())) as adapter:
        await until_said(adapter, "DERIBIT is not connected: public/get_time")
    wrong = {**BENCH.credentials, "client_secret": "not-the-secret"}
    async with starting(replace(BENCH.config(sim.port), credentials=wrong)) as adapter:
        await until_said(adapter, "13004")
        assert not adapter.health().connected


async def test_without_its_stream_it_proves_no_order_absent(bench: VenueBench) -> None:
    order = (await bench.ticket()).limit()
    await bench.stop_adapter()
    config = BENCH.config(bench.sim.port)
    deaf = {**config.urls, "ws": f"ws://127.0.0.1:{free_port()}/ws/api/v2"}
    async with starting(replace(config, urls=deaf)) as adapter:
        await until_said(adapter, "private stream is not up")
        for question in (
            adapter.find_by_client_id(order),
            adapter.open_orders(),
            adapter.fills_since(order.created_at),
            adapter.positions(),
            adapter.balances(),
        ):
            with pytest.raises(VenueUnreachable, match="private stream is not up"):
                await question
    await bench.start_adapter()
    assert bench.adapter.health().problems == ()
