"""A process that waits ends when asked: one that the profile leaves out (in a container, failing
would be for ever), and one whose engines are away."""

import json
import os
import signal
import socket
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


def started(home: Path, *words: str, **env: str) -> subprocess.Popen[str]:
    profile = {"ODUM_HOME": str(home), "ODUM_CONFIG": str(TESTNET)}
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=PROJECT_ROOT,
        env={**os.environ, **TESTNET_ENV, **profile, **env},
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


@pytest.mark.parametrize("words", [("workers.gateway",), ("workers.venue", "nautilus")])
def test_one_that_waits_for_its_database_stops_when_asked(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    with socket.socket() as nobody:  # bound, and nobody listens: every connection is refused
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        with started(tmp_path, *words, ODUM_POSTGRES_PORT=port) as process:
            assert process.stdout is not None
            assert "starting" in json.loads(process.stdout.readline())["message"]
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            last = process.communicate(timeout=20)[0].splitlines()[-1]
    assert process.returncode == 0
    assert json.loads(last)["message"].endswith("stopped")
