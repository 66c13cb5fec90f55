"""`run/stack.json`: what runs now. Read by the CLI, by crash tests, and by a clean-up after a kill.

A process is named by pid and start time together: a pid alone may belong to somebody else by now.
"""

import json
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from workers.home import run_folder

# The clock that start times are derived from may be stepped between two readings.
_START_TIME_TOLERANCE_S = 2.0

_END_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """One entry: enough to show the process, to recognise it later, and to stop it."""

    name: str
    pid: int
    started_at: float
    stop_signal: int
    state: str = "starting"
    restarts: int = 0
    log: str = ""

    def find(self) -> psutil.Process | None:
        """The living process of this entry, None when it has ended."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            age_gap_s = abs(process.create_time() - self.started_at)
        except psutil.NoSuchProcess:
            return None
        return process if age_gap_s <= _START_TIME_TOLERANCE_S else None

    def stop(self, number: int, timeout_s: float) -> bool:
        """Send the signal and wait for the end; False if the process still lives after that time.

        A zombie counts as ended: it is not ours to reap, and perhaps nobody does.
        """
        process = self.find()
        if process is None:
            return True
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        deadline = time.monotonic() + timeout_s
        while self.find() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(_END_POLL_S)
        return True


@dataclass(frozen=True, slots=True)
class Stack:
    """The whole file."""

    mode: str
    supervisor: RunningProcess
    urls: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, RunningProcess] = field(default_factory=dict)


def stack_path(home: Path) -> Path:
    """Where the file of this state folder is."""
    return run_folder(home) / "stack.json"


def write_stack(home: Path, stack: Stack) -> None:
    """Replace the file in one step, so that a reader never sees half of it."""
    path = stack_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(stack), indent=2) + "\n")
    draft.replace(path)


def read_stack(home: Path) -> Stack | None:
    """The file's content; None when there is none, or none that makes sense."""
    try:
        content = json.loads(stack_path(home).read_text())
        return Stack(
            mode=content["mode"],
            supervisor=RunningProcess(**content["supervisor"]),
            urls=content["urls"],
            ports=content["ports"],
            processes={
                name: RunningProcess(**entry) for name, entry in content["processes"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_stack(home: Path) -> None:
    """Remove the file and all ready files: nothing of this stack runs any more."""
    stack_path(home).unlink(missing_ok=True)
    for ready in run_folder(home).glob("*.ready"):
        ready.unlink(missing_ok=True)


def start_time(pid: int) -> float:
    """When a living process was started, as `RunningProcess.started_at` wants it."""
    created: float = psutil.Process(pid).create_time()
    return created


def stop_leftovers(processes: Iterable[RunningProcess], timeout_s: float = 15.0) -> list[str]:
    """Stop what a killed supervisor left behind, last started first; the names of what ran."""
    left = [entry for entry in processes if entry.find()]
    for entry in reversed(left):
        if not entry.stop(entry.stop_signal, timeout_s):
            entry.stop(signal.SIGKILL, timeout_s)
    return [entry.name for entry in left]
