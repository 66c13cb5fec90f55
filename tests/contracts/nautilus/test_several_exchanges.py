"""All venues that NautilusTrader serves, in one node: each trades, and none suffers for another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from domain.market import Quote
from domain.order_events import VenueCanceled
from domain.outcomes import Accepted, CancelTaken, Unknown
from tests.contracts.venues import known_benches
from tests.support.bench_orders import Ticket
from tests.support.simulated_venue import VenueOnLoop
from venues.nautilus import roll_call
from venues.nautilus.live_engine import LiveEngine
from venues.port import ExternalAdapter, OrderNews, VenueHost
from venues.registry import VenueAccountConfig, known_venues, make_host

pytestmark = pytest.mark.asyncio(loop_scope="session")

BENCHES = {
    name: bench
    for name, bench in known_benches().items()
    if known_venues()[name].process == "nautilus"
}
_THERE = "BINANCE_SPOT"
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


@asynccontextmanager
async def two_venues(
    other: str,
    folder: Path,
    but: Callable[[VenueAccountConfig], VenueAccountConfig],
    there: str = _THERE,
) -> AsyncIterator[tuple[VenueHost, dict[str, VenueOnLoop]]]:
    """One, and another whose configuration is `but` for something as it must be."""
    names = (there, other)
    simulators = {name: VenueOnLoop(name, BENCHES[name].credentials, folder) for name in names}
    try:
        for simulator in simulators.values():
            await simulator.start()
        good, bad = (BENCHES[name].config(simulators[name].port) for name in names)
        host = make_host([good, but(bad)])
        try:
            yield host, simulators
        finally:
            await host.stop()
    finally:
        for simulator in simulators.values():
            if simulator.is_up:
                await simulator.stop()


@pytest.mark.parametrize("away", sorted(BENCHES.keys() - {_THERE}))
async def test_a_venue_that_is_away_at_the_start_is_taken_in_when_it_is_back(
    engine: LiveEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    monkeypatch.setattr(roll_call, "_PAUSE_S", 1.0)
    await engine.stop()
    try:
        async with two_venues(away, tmp_path, lambda config: config) as (host, simulators):
            await simulators[away].stop()
            await asyncio.wait_for(host.start(), _START_S)
            await trades(host.adapters[_THERE])
            assert host.adapters[_THERE].health().connected
            health = host.adapters[away].health()
            assert not health.connected
            assert health.problems, "nobody is told why"
            await simulators[away].start()
            async with asyncio.timeout(_START_S):
                while not host.adapters[away].health().connected:
                    await asyncio.sleep(0.1)
            await asyncio.gather(*(trades(adapter) for adapter in host.adapters.values()))
            assert host.adapters[away].health().problems == ()
    finally:
        await engine.start()


async def test_a_venue_of_which_the_node_cannot_be_used_names_itself_and_the_others_trade(
    engine: LiveEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would know whom to leave out, and all of them would stay down."""
    other = "BINANCE_FUTURES"

    def cannot_be_read(_: object) -> None:
        raise AttributeError("no such thing as a base currency")

    await engine.stop()
    try:
        async with two_venues(other, tmp_path, lambda config: config) as (host, _):
            offer = host.adapters[other].offer  # type: ignore[attr-defined]
            monkeypatch.setattr(offer, "renew", cannot_be_read)
            await asyncio.wait_for(host.start(), _START_S)
            await trades(host.adapters[_THERE])
            assert "base currency" in host.adapters[other].health().problems[0]
    finally:
        await engine.start()


def with_a_wrong_secret(config: VenueAccountConfig) -> VenueAccountConfig:
    return replace(config, credentials={**config.credentials, "api_secret": "expired"})


def without_a_user_stream(config: VenueAccountConfig) -> VenueAccountConfig:
    """Its address answers no WebSocket."""
    dead = config.urls["http"].replace("http", "ws") + "/nothing/here"
    name = next(one for one in ("ws_stream", "ws_private", "ws") if one in config.urls)
    return replace(config, urls={**config.urls, name: dead})


def with_a_refused_sign_in(config: VenueAccountConfig) -> VenueAccountConfig:
    """Its address opens a WebSocket, which refuses what it is asked."""
    return replace(config, urls={**config.urls, "ws_api": f"{config.urls['ws']}/ws"})


@pytest.mark.parametrize(
    ("there", "other", "but"),
    [
        *(
            (_THERE, other, but)
            for other in sorted(BENCHES.keys() - {_THERE})
            for but in (with_a_wrong_secret, without_a_user_stream)
        ),
        ("BINANCE_FUTURES", "BINANCE_SPOT", with_a_refused_sign_in),
    ],
)
async def test_a_venue_that_cannot_be_had_interrupts_nobody(
    engine: LiveEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    there: str,
    other: str,
    but: Callable[[VenueAccountConfig], VenueAccountConfig],
) -> None:
    """It must prove that it can be had before the node of the others is given up for it."""
    monkeypatch.setattr(roll_call, "_PAUSE_S", 0.1)
    await engine.stop()
    try:
        async with two_venues(other, tmp_path, but, there) as (host, _):
            survey, surveys = host.adapters[other].exchange.survey, 0  # type: ignore[attr-defined]

            async def counted() -> roll_call.Offered:
                nonlocal surveys
                surveys += 1
                offered: roll_call.Offered = await survey()
                return offered

            host._roll_call._surveys = {  # type: ignore[attr-defined]
                **host._roll_call._surveys,  # type: ignore[attr-defined]
                other: counted,
            }
            await asyncio.wait_for(host.start(), _START_S)
            node = host.adapters[there]._session  # type: ignore[attr-defined]
            before = surveys
            async with asyncio.timeout(_START_S):
                while surveys < before + 2:
                    await asyncio.sleep(0.05)
            assert host.adapters[there]._session is node  # type: ignore[attr-defined]
            assert not host.adapters[other].health().connected
            assert host.adapters[other].health().problems
            await trades(host.adapters[there])
    finally:
        await engine.start()
