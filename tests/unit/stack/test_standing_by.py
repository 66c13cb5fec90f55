"""A process whose part the profile leaves out waits; in a container, failing would be for ever."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.config.profiles import TESTNET, TESTNET_ENV
from tests.unit.house.compose import ours
from workers.home import PROJECT_ROOT, ready_file

# What config/testnet.json, with Binance alone, has no use for.
LEFT_OUT = ("simulators", "deribit", "interactive_brokers")


def started(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, **TESTNET_ENV, "ODUM_HOME": str(home), "ODUM_CONFIG": str(TESTNET)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("service", LEFT_OUT)
def test_it_is_ready_says_why_it_is_idle_and_stops_when_asked(service: str, tmp_path: Path) -> None:
    python, _, *words = ours()[service]["command"]
    assert python == "python"
    with started(tmp_path, *words) as process:
        deadline = time.monotonic() + 60
        while not ready_file(tmp_path, service).exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        said = [
            json.loads(line)["message"] for line in process.communicate(timeout=20)[0].splitlines()
        ]
    assert process.returncode == 0
    assert any(line.startswith("nothing to do: ") for line in said)


def test_a_process_that_no_profile_can_have_is_an_error(tmp_path: Path) -> None:
    with started(tmp_path, "workers.venue", "nautilos") as process:
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "there is no process 'nautilos' of a venue; start one of deribit" in said
