"""`odum up` and `odum down` with the real engines, as a user meets them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.engines import free_port, throw_away_folder
from workers.home import PROJECT_ROOT
from workers.stack.stack_file import Stack, read_stack

ODUM = (sys.executable, "-c", "from workers.cli import main; main()")
OURS = "simulators,gateway,nautilus,deribit,interactive_brokers"
ENGINES_ONLY = ("up", "--json", "--without", OURS)
# The API's too, though it is left out: somebody else's may answer at the usual one.
PORTS = ("ODUM_POSTGRES_PORT", "ODUM_TEMPORAL_PORT", "ODUM_TEMPORAL_UI_PORT", "ODUM_API_PORT")


class Machine:
    """A state folder with ports of its own, and `odum` on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {name: str(free_port()) for name in PORTS}
        self.env = {**os.environ, **self.ports, "ODUM_HOME": str(home)}
        self._started: list[subprocess.Popen[str]] = []

    def up(self) -> subprocess.Popen[str]:
        """`odum up`, running; only what it says when it is ready is read."""
        process = subprocess.Popen(
            [*ODUM, *ENGINES_ONLY],
            cwd=PROJECT_ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        assert process.stdout is not None
        events = (json.loads(line)["event"] for line in process.stdout)
        assert "serving" in events, "odum up ended before it was ready"
        return process

    def odum(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*ODUM, *words],
            cwd=PROJECT_ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def stack(self) -> Stack:
        stack = read_stack(self.home)
        assert stack is not None
        return stack

    @property
    def dsn(self) -> str:
        return f"postgresql://odum:odum@127.0.0.1:{self.ports['ODUM_POSTGRES_PORT']}/odum"

    def stop(self) -> None:
        for process in self._started:
            with process:
                process.send_signal(signal.SIGTERM)


@pytest.fixture
def machine() -> Iterator[Machine]:
    with throw_away_folder() as home:
        machine = Machine(home)
        try:
            yield machine
        finally:
            machine.stop()


async def table_of(machine: Machine, statement: str) -> object:
    connection = await asyncpg.connect(machine.dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_state_survives_a_restart_and_the_second_start_is_quick(machine: Machine) -> None:
    first = machine.up()
    await table_of(machine, "CREATE TABLE t AS SELECT 42 AS n")
    assert set(machine.stack.processes) == {"postgres", "temporal"}
    first.send_signal(signal.SIGINT)
    assert first.wait(30) == 0
    assert read_stack(machine.home) is None

    began = time.monotonic()
    machine.up()
    assert time.monotonic() - began < 15
    assert await table_of(machine, "SELECT n FROM t") == 42


def test_a_second_up_says_who_holds_the_state(machine: Machine) -> None:
    first = machine.up()
    second = machine.odum("up", "--without", OURS)
    assert second.returncode == 7
    assert f"(pid {first.pid})" in second.stderr
    assert "odum down" in second.stderr


def test_down_stops_a_running_stack(machine: Machine) -> None:
    running = machine.up()
    entries = list(machine.stack.processes.values())
    down = machine.odum("down")
    assert down.returncode == 0
    assert "postgres" in down.stdout
    assert running.wait(10) == 0
    assert not any(entry.find() for entry in entries)


async def test_a_killed_supervisor_leaves_nothing_that_blocks_the_next(machine: Machine) -> None:
    killed = machine.up()
    await table_of(machine, "CREATE TABLE t AS SELECT 42 AS n")
    entries = list(machine.stack.processes.values())
    killed.kill()
    killed.wait()
    assert machine.odum("down").returncode == 0
    assert not any(entry.find() for entry in entries)
    machine.up()
    assert await table_of(machine, "SELECT n FROM t") == 42


def test_a_port_in_use_is_one_sentence(machine: Machine) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int(machine.ports["ODUM_TEMPORAL_PORT"])))
        squatter.listen()
        up = machine.odum("up", "--without", OURS)
    assert up.returncode == 7
    sentence = up.stderr.strip()
    assert "\n" not in sentence
    assert "Temporal" in sentence
    assert f"(pid {os.getpid()})" in sentence
    assert "ODUM_TEMPORAL_PORT" in sentence


def test_doctor_finds_a_running_stack_well(machine: Machine) -> None:
    machine.up()
    report = json.loads(machine.odum("doctor", "--json").stdout)
    findings = {finding["subject"]: finding["ok"] for finding in report["findings"]}
    assert findings["database"]
    assert findings["temporal"]
    assert findings["processes"]
    # Left out of this stack, and the doctor says so.
    assert not findings["api"]


def test_doctor_finds_a_taken_port(machine: Machine) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int(machine.ports["ODUM_POSTGRES_PORT"])))
        squatter.listen()
        doctor = machine.odum("doctor")
    assert doctor.returncode == 7
    line = next(line for line in doctor.stdout.splitlines() if line.startswith("PROBLEM"))
    assert "ODUM_POSTGRES_PORT" in line


def test_corrupt_state_is_one_sentence_that_says_what_to_do(machine: Machine) -> None:
    machine.up().send_signal(signal.SIGTERM)
    machine.stop()
    (machine.home / "temporal" / "temporal.db").write_bytes(b"garbage" * 100)
    up = machine.odum("up", "--without", OURS)
    assert up.returncode == 7
    assert "is not a database of Temporal" in up.stderr
    assert "move" in up.stderr
    assert "Traceback" not in up.stderr
