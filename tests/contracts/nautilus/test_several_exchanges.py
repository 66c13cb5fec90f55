"""All venues that NautilusTrader serves, in one node: each trades, and none suffers for another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.market import Quote
from domain.order_events import VenueCanceled
from domain.outcomes import Accepted, CancelTaken, Unknown
from tests.contracts.venues import known_benches
from tests.support.bench_orders import Ticket
from tests.support.simulated_venue import VenueOnLoop
from venues.nautilus.live_engine import LiveEngine
from venues.port import ExternalAdapter, OrderNews, VenueHost
from venues.registry import known_venues, make_host

pytestmark = pytest.mark.asyncio(loop_scope="session")

BENCHES = {
    name: bench
    for name, bench in known_benches().items()
    if known_venues()[name].process == "nautilus"
}
_START_S = 30.0
_NEWS_S = 10.0


@asynccontextmanager
async def one_node(folder: Path) -> AsyncIterator[tuple[VenueHost, dict[str, VenueOnLoop]]]:
    """A simulator per venue, and one host for all of them."""
    simulators = {
        name: VenueOnLoop(name, bench.credentials, folder) for name, bench in BENCHES.items()
    }
    try:
        for simulator in simulators.values():
            await simulator.start()
        host = make_host([BENCHES[name].config(one.port) for name, one in simulators.items()])
        try:
            await asyncio.wait_for(host.start(), _START_S)
            yield host, simulators
        finally:
            await host.stop()
    finally:
        for simulator in simulators.values():
            if simulator.is_up:
                await simulator.stop()


async def ticket(adapter: ExternalAdapter) -> Ticket:
    """Orders in the venue's first instrument, at its quote."""
    wanted = BENCHES[adapter.venue].instruments[0]
    instrument = next(one for one in adapter.instruments() if one.instrument_id == wanted)
    async with asyncio.timeout(_NEWS_S):
        async for event in adapter.market_data():
            if isinstance(event, Quote) and event.instrument_id == wanted:
                return Ticket(adapter.account_id, instrument, event)
    raise AssertionError("market data ended")


async def trades(adapter: ExternalAdapter) -> None:
    """An order is taken, cancelled and heard of."""
    order = (await ticket(adapter)).limit()
    outcome = await adapter.submit_order(order)
    assert isinstance(outcome, Accepted), f"{adapter.venue}: {outcome}"
    assert await adapter.cancel_order(order) == CancelTaken()
    async with asyncio.timeout(_NEWS_S):
        async for event in adapter.events():
            if isinstance(event, OrderNews) and event.venue_client_id == order.venue_client_id:
                assert isinstance(event.event, VenueCanceled), f"{adapter.venue}: {event}"
                return


async def test_every_venue_trades_in_one_node_and_outlives_another_that_goes_away(
    engine: LiveEngine, tmp_path: Path
) -> None:
    await engine.stop()
    try:
        async with one_node(tmp_path) as (host, simulators):
            assert set(host.adapters) == set(BENCHES)
            await asyncio.gather(*(trades(adapter) for adapter in host.adapters.values()))
            away = max(host.adapters)
            lost = await ticket(host.adapters[away])
            await simulators[away].stop()
            others = [adapter for name, adapter in host.adapters.items() if name != away]
            await asyncio.gather(*(trades(adapter) for adapter in others))
            assert isinstance(await host.adapters[away].submit_order(lost.limit()), Unknown)
            assert all(adapter.health().connected for adapter in others)
    finally:
        await engine.start()


async def test_a_venue_that_is_away_at_the_start_is_taken_in_when_it_is_back(
    engine: LiveEngine, tmp_path: Path
) -> None:
    await engine.stop()
    names = sorted(BENCHES)[:2]
    simulators = {name: VenueOnLoop(name, BENCHES[name].credentials, tmp_path) for name in names}
    there, away = names
    try:
        for simulator in simulators.values():
            await simulator.start()
        configs = [BENCHES[name].config(simulators[name].port) for name in names]
        await simulators[away].stop()
        host = make_host(configs)
        try:
            await asyncio.wait_for(host.start(), _START_S)
            await trades(host.adapters[there])
            assert host.adapters[there].health().connected
            assert not host.adapters[away].health().connected
            await simulators[away].start()
            async with asyncio.timeout(_START_S):
                while not host.adapters[away].health().connected:
                    await asyncio.sleep(0.1)
            await asyncio.gather(*(trades(host.adapters[name]) for name in names))
        finally:
            await host.stop()
    finally:
        for simulator in simulators.values():
            if simulator.is_up:
                await simulator.stop()
        await engine.start()
