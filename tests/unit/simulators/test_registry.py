"""Simulated venues are found by themselves, without their client libraries or servers."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.binance_client import KEY, SECRET
from tests.unit.simulators.worlds import OPENED, START_NS
from venues.simulators.faults import Faults
from venues.simulators.registry import build_simulator, known_simulators
from venues.simulators.venue import ACCOUNT, Setup
from venues.simulators.wire import WireLog

HEAVY = "aiohttp", "nautilus_trader", "ccxt", "ib_async"


def setup(folder: Path) -> Setup:
    credentials = {"api_key": KEY, "api_secret": SECRET}
    return Setup(credentials, folder / "x.jsonl", Faults(1), WireLog(), START_NS, roomy=True)


def test_every_declared_venue_is_known() -> None:
    assert {"BINANCE_SPOT", "BINANCE_FUTURES"} <= set(known_simulators())


def test_looking_for_them_loads_nothing_heavy() -> None:
    script = (
        "import sys; from venues.simulators.registry import known_simulators; known_simulators();"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["BINANCE_SPOT", "BINANCE_FUTURES"])
def test_a_venue_is_built_by_name(tmp_path: Path, name: str) -> None:
    venue = build_simulator(name, setup(tmp_path))
    OPENED.append(venue.exchange)
    assert venue.name == name
    assert list(venue.exchange.state.accounts) == [ACCOUNT]


def test_a_venue_that_nobody_simulates_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="MOON_EXCHANGE"):
        build_simulator("MOON_EXCHANGE", setup(tmp_path))
