"""One world per test: its own ledgers, its own market."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.contracts.binance_simulator.worlds import World
from tests.support.binance_client import (
    ED25519_KEY,
    ED25519_PEM,
    KEY,
    SECRET,
    BinanceClient,
)
from venues.simulators.app import Served, Simulators
from venues.simulators.binance.limits import FUTURES_LIMITS, SPOT_LIMITS
from venues.simulators.binance.products import futures_venue, spot_venue
from venues.simulators.binance.signing import ApiKey
from venues.simulators.faults import Faults
from venues.simulators.venue import Setup
from venues.simulators.wire import WireLog


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    faults, wire, now_ns = Faults(seed=1), WireLog(), time.time_ns()
    keys = [
        ApiKey.create(KEY, SECRET, "main"),
        ApiKey.create(ED25519_KEY, ED25519_PEM, "main"),
    ]
    spot = Setup({}, tmp_path / "spot.jsonl", faults, wire, now_ns)
    futures = Setup({}, tmp_path / "futures.jsonl", faults, wire, now_ns)
    served = [
        Served(spot_venue(spot, keys, SPOT_LIMITS), 0),
        Served(futures_venue(futures, keys, FUTURES_LIMITS), 0),
    ]
    simulators = Simulators(served, faults, wire, 1, "127.0.0.1")
    await simulators.start(0)
    ports = simulators.ports
    try:
        async with aiohttp.ClientSession() as session:
            yield World(
                session,
                BinanceClient(session, ports["BINANCE_SPOT"]),
                BinanceClient(session, ports["BINANCE_FUTURES"]),
                f"http://127.0.0.1:{ports['admin']}",
                tmp_path,
                ports,
            )
    finally:
        await simulators.close()
