"""stack.json says what runs; a stale one must never lead to the wrong process being stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workers.home import ready_file
from workers.stack.stack_file import (
    RunningProcess,
    Stack,
    forget_stack,
    read_stack,
    stack_path,
    start_time,
    stop_leftovers,
    write_stack,
)


def entry_of(pid: int, name: str = "gateway") -> RunningProcess:
    return RunningProcess(name, pid, start_time(pid), int(signal.SIGTERM))


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    me = entry_of(os.getpid(), "supervisor")
    stack = Stack("paper", me, {"api": "http://x"}, {"ODUM_API_PORT": 1}, {"gateway": me})
    write_stack(tmp_path, stack)
    assert read_stack(tmp_path) == stack


@pytest.mark.parametrize("content", ["", "{", "[]", '{"mode": "paper"}', '{"supervisor": {}}'])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: str) -> None:
    stack_path(tmp_path).parent.mkdir(parents=True)
    stack_path(tmp_path).write_text(content)
    assert read_stack(tmp_path) is None


def test_forgetting_removes_the_ready_files_too(tmp_path: Path) -> None:
    write_stack(tmp_path, Stack("paper", entry_of(os.getpid())))
    ready_file(tmp_path, "gateway").write_text("1")
    forget_stack(tmp_path)
    assert read_stack(tmp_path) is None
    assert not ready_file(tmp_path, "gateway").exists()


def test_leftovers_are_stopped(sleeper: subprocess.Popen[bytes]) -> None:
    entry = entry_of(sleeper.pid)
    assert entry.find() is not None
    assert stop_leftovers([entry]) == ["gateway"]
    assert entry.find() is None


def test_a_leftover_that_ignores_its_signal_is_killed() -> None:
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    command = [sys.executable, "-c", f"{script}; time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        entry = entry_of(process.pid)
        assert stop_leftovers([entry], timeout_s=0.2) == ["gateway"]
        assert entry.find() is None


def test_a_pid_that_somebody_else_has_now_is_left_alone(
    sleeper: subprocess.Popen[bytes],
) -> None:
    entry = entry_of(sleeper.pid)
    stale = replace(entry, started_at=entry.started_at - 3600)
    assert stale.find() is None
    assert stop_leftovers([stale]) == []
    assert sleeper.poll() is None
