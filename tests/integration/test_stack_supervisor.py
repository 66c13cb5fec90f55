"""The supervisor over small stand-in programs: order, restarts, bounds, clean-up."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from workers.home import PROJECT_ROOT
from workers.stack.plan import Plan, Remote
from workers.stack.processes import ProcessSpec
from workers.stack.stack_file import RunningProcess, Stack, read_stack

# Ready at once; notes its start and its end, so that a test can see the order of both.
PROGRAM = """
import pathlib, signal, sys, time
home, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def note(what):
    with (home / "diary").open("a") as diary: diary.write(f"{name} {what}\\n")
def end(*_):
    note("ends"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("starts")
(home / f"{name}.up").write_text("up")
while True: time.sleep(60)
"""
# Ready only once its venue is there.
WAITING = PROGRAM.replace(
    'note("starts")',
    'note("starts")\nwhile not (home / "venue.up").exists(): time.sleep(0.05)',
)
STUBBORN = PROGRAM.replace("def end(*_):", "def end(*_):\n    return")
BROKEN = "print('no such table: orders', flush=True); raise SystemExit(3)"

# The supervisor runs as a program of its own, as it does for a user, but is soon out of patience.
SUPERVISOR = """
import asyncio, pathlib, sys
from tests.integration.test_stack_supervisor import PLANS, START_TIMEOUTS_S
from workers.stack import supervisor
from workers.stack.voice import Voice
supervisor.STILL_WAITING_EVERY_S, supervisor.VENUES_TIMEOUT_S = 0.2, 0.5
supervisor.START_TIMEOUT_S = START_TIMEOUTS_S.get(sys.argv[1], supervisor.START_TIMEOUT_S)
async def when_ready(): pass
supervisor.run_stack(PLANS[sys.argv[1]](pathlib.Path(sys.argv[2])), Voice(as_json=True), when_ready)
"""


def program(
    home: Path, name: str, script: str = PROGRAM, needs: tuple[str, ...] = ()
) -> ProcessSpec:
    up = home / f"{name}.up"

    async def prepare() -> None:
        up.unlink(missing_ok=True)

    async def probe() -> bool:
        return up.exists()

    return ProcessSpec(
        name=name,
        argv=(sys.executable, "-c", script, str(home), name),
        log=home / "logs" / f"{name}.log",
        probe=probe,
        prepare=prepare,
        stop_timeout_s=1.0,
        needs=needs,
    )


def plan(home: Path, *processes: ProcessSpec, remotes: tuple[Remote, ...] = ()) -> Plan:
    return Plan("paper", home, processes, remotes, (), {"api": "http://127.0.0.1:1"})


def two(home: Path) -> Plan:
    return plan(home, program(home, "engine"), program(home, "worker", needs=("engine",)))


def stubborn(home: Path) -> Plan:
    return plan(home, program(home, "mule", STUBBORN))


def broken(home: Path) -> Plan:
    return plan(home, program(home, "engine"), program(home, "worker", BROKEN, needs=("engine",)))


def elsewhere(home: Path) -> Plan:
    async def probe() -> bool:
        return (home / "remote.up").exists()

    remote = Remote("engine", "db.example:5432", probe)
    return plan(home, program(home, "worker", needs=("engine",)), remotes=(remote,))


def spoilt(home: Path) -> Plan:
    engine = program(home, "engine")

    async def prepare() -> None:
        await engine.prepare()
        if (home / "spoilt").exists():
            raise OSError("the disk is full")

    return plan(home, replace(engine, prepare=prepare), program(home, "worker"))


def with_venue(home: Path, script: str, engine: str = PROGRAM) -> Plan:
    venue = replace(program(home, "venue", script, needs=("engine",)), serves_venues=True)
    return plan(home, program(home, "engine", engine), venue)


PLANS: dict[str, Callable[[Path], Plan]] = {
    "two": two,
    "stubborn": stubborn,
    "broken": broken,
    "elsewhere": elsewhere,
    "spoilt": spoilt,
    "venue away": lambda home: with_venue(home, WAITING),
    "venue broken": lambda home: with_venue(home, BROKEN),
    "nothing up": lambda home: with_venue(home, WAITING, engine=WAITING),
}
START_TIMEOUTS_S = {"nothing up": 1.5}


class Running:
    """A supervisor that a test talks to."""

    def __init__(self, home: Path, process: asyncio.subprocess.Process) -> None:
        self.home = home
        self.process = process

    async def event(self, name: str, timeout_s: float = 20.0) -> dict[str, Any]:
        assert self.process.stdout is not None
        async with asyncio.timeout(timeout_s):
            async for line in self.process.stdout:
                event: dict[str, Any] = json.loads(line)
                if event["event"] == name:
                    return event
        raise AssertionError(f"the supervisor ended without saying {name!r}")

    async def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        async with asyncio.timeout(20):
            return await self.process.wait()

    @property
    def stack(self) -> Stack:
        stack = read_stack(self.home)
        assert stack is not None
        return stack

    def entry(self, name: str) -> RunningProcess:
        return self.stack.processes[name]

    def diary(self) -> list[str]:
        return (self.home / "diary").read_text().splitlines()


@asynccontextmanager
async def supervisor(home: Path, plan_name: str) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SUPERVISOR,
        plan_name,
        str(home),
        cwd=PROJECT_ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(home, process)
    finally:
        if process.returncode is None:
            await Running(home, process).stop(signal.SIGTERM)


async def eventually(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def test_a_process_is_stopped_before_what_it_needs(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "two") as running:
        await running.event("ready")
        assert {name: e.state for name, e in running.stack.processes.items()} == {
            "engine": "ready",
            "worker": "ready",
        }
        assert await running.stop() == 0
        assert running.diary()[-2:] == ["worker ends", "engine ends"]
        assert read_stack(tmp_path) is None


async def test_a_killed_process_is_back_at_once_and_stack_json_knows(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "two") as running:
        await running.event("ready")
        before = running.entry("worker")
        os.kill(before.pid, signal.SIGKILL)
        restarting = await running.event("restarting")
        assert "SIGKILL" in restarting["text"]
        await running.event("recovered")
        after = running.entry("worker")
        assert after.pid != before.pid
        assert (after.state, after.restarts) == ("ready", 1)
        assert after.find() is not None


async def test_a_process_that_ignores_its_signal_is_killed_in_time(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "stubborn") as running:
        await running.event("ready")
        entry = running.entry("mule")
        began = time.monotonic()
        assert await running.stop() == 0
        assert 0.9 < time.monotonic() - began < 5
        assert entry.find() is None


async def test_a_process_that_never_comes_up_fails_the_start_with_its_own_words(
    tmp_path: Path,
) -> None:
    async with supervisor(tmp_path, "broken") as running:
        async with asyncio.timeout(20):
            _, stderr = await running.process.communicate()
        assert running.process.returncode != 0
        assert b"worker does not start: ended with exit code 3" in stderr
        assert b"no such table: orders" in stderr
        # What had been started is stopped again.
        assert running.diary() == ["engine starts", "engine ends"]


async def test_without_a_venue_the_others_are_ready_and_live_until_it_comes(
    tmp_path: Path,
) -> None:
    async with supervisor(tmp_path, "venue away") as running:
        assert (await running.event("process_ready"))["process"] == "engine"
        ready = await running.event("ready")
        assert ready["text"].startswith("ready without venue (")
        assert ready["without"] == ["venue"]
        states = {name: entry.state for name, entry in running.stack.processes.items()}
        assert states == {"engine": "ready", "venue": "starting"}
        (tmp_path / "venue.up").write_text("up")
        assert (await running.event("process_ready"))["process"] == "venue"
        assert running.entry("venue").state == "ready"


async def test_a_venue_worker_that_does_not_start_ends_nobody_else_and_says_why(
    tmp_path: Path,
) -> None:
    async with supervisor(tmp_path, "venue broken") as running:
        assert (await running.event("ready"))["without"] == ["venue"]
        said = await running.event("restarting")
        while "no such table: orders" not in said["text"]:
            said = await running.event("restarting")
        assert "ended with exit code 3" in said["text"]
        assert running.entry("engine").find() is not None
        assert running.diary() == ["engine starts"]


async def test_what_every_order_needs_is_not_done_without(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "nothing up") as running:
        async with asyncio.timeout(20):
            _, stderr = await running.process.communicate()
        assert running.process.returncode != 0
        assert b"engine, venue not ready after" in stderr


async def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "two") as running:
        await running.event("ready")
        entries = list(running.stack.processes.values())
        await running.stop(signal.SIGKILL)
        await eventually(lambda: not any(entry.find() for entry in entries))
        # The next one starts over what the killed one has left: its lock and its stack.json.
        async with supervisor(tmp_path, "two") as again:
            await again.event("ready")


async def test_an_engine_elsewhere_is_waited_for(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "elsewhere") as running:
        assert "db.example:5432" in (await running.event("remote"))["text"]
        assert (await running.event("process_ready"))["process"] == "worker"
        (tmp_path / "remote.up").write_text("up")
        assert (await running.event("process_ready"))["process"] == "engine"
        await running.event("ready")
        assert set(running.stack.processes) == {"worker"}


async def test_idle_it_uses_no_cpu(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "two") as running:
        await running.event("ready")
        process = running.stack.supervisor.find()
        assert process is not None
        before = process.cpu_times()
        await asyncio.sleep(2)
        after = process.cpu_times()
        assert after.user + after.system - before.user - before.system <= 0.02


async def test_once_it_has_run_trouble_with_one_process_spares_the_others(
    tmp_path: Path,
) -> None:
    async with supervisor(tmp_path, "spoilt") as running:
        await running.event("ready")
        engine, worker = running.entry("engine"), running.entry("worker")
        (tmp_path / "spoilt").write_text("from now on")
        os.kill(engine.pid, signal.SIGKILL)
        await running.event("restarting")
        assert "the disk is full" in (await running.event("restarting"))["text"]
        assert running.entry("worker").find() is not None
        (tmp_path / "spoilt").unlink()
        assert (await running.event("recovered"))["process"] == "engine"
        assert running.entry("worker").pid == worker.pid


async def test_one_supervisor_per_state_folder(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "two") as running:
        await running.event("ready")
        async with supervisor(tmp_path, "two") as second:
            async with asyncio.timeout(20):
                _, stderr = await second.process.communicate()
            assert second.process.returncode != 0
            assert f"(pid {running.process.pid})".encode() in stderr
        assert running.entry("worker").find() is not None
