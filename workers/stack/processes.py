"""One supervised process: what to run, how to know that it is ready, how to stop it."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TETHER = Path(__file__).with_name("tether.py")
_LOG_SIZE_MAX = 10_000_000


async def nothing() -> None:
    """The preparation of a process that needs none."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How one process is run.

    `needs` names the processes that it uses: it waits for them by itself when it starts, so that
    all can start at once, and they are stopped after it. One that `serves_venues` waits for them,
    too, and they may be away: the others do not end for want of it.
    """

    name: str
    argv: tuple[str, ...]
    log: Path
    probe: Callable[[], Coroutine[Any, Any, bool]]
    prepare: Callable[[], Coroutine[Any, Any, None]] = nothing
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    user: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    needs: tuple[str, ...] = ()
    serves_venues: bool = False

    @property
    def command(self) -> tuple[str, ...]:
        """The command line that ties the process to its parent, this process, and runs `argv`."""
        # -I -S: the tether needs the standard library only, and starts in 10 ms without the rest.
        python = (sys.executable, "-I", "-S", str(_TETHER))
        return (*python, str(os.getpid()), str(int(self.stop_signal)), self.user, *self.argv)


async def spawn(spec: ProcessSpec) -> asyncio.subprocess.Process:
    """Start the process in a session of its own, output to its log file.

    Ctrl-C in the terminal then reaches the supervisor alone, which stops everything in order.
    """
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    _rotate(spec.log)
    with spec.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *spec.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **spec.env},
            cwd=spec.cwd,
            start_new_session=True,
        )


async def stop(spec: ProcessSpec, process: asyncio.subprocess.Process) -> bool:
    """Ask the process to end, kill it after its time; False if it had to be killed."""
    if process.returncode is not None:
        return True
    process.send_signal(spec.stop_signal)
    try:
        async with asyncio.timeout(spec.stop_timeout_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return True


def last_lines(log: Path, count: int = 5) -> list[str]:
    """The end of a log file, for a message about the process that wrote it."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 16_384))
        lines = file.read().decode(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-count:]


def _rotate(log: Path) -> None:
    """Keep one old log when the current one is large; only between runs of its process."""
    if log.exists() and log.stat().st_size > _LOG_SIZE_MAX:
        log.replace(log.with_name(log.name + ".1"))
