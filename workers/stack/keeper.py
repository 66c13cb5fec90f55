"""Keeps one process running: starts it, waits until it is ready, starts it again when it dies."""

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import replace

import psutil

from workers.stack.errors import StackError
from workers.stack.processes import ProcessSpec, last_lines, spawn, stop
from workers.stack.restarts import RestartPolicy
from workers.stack.stack_file import RunningProcess, start_time
from workers.stack.voice import Voice

# A process that has never been ready and dies this often in a row fails the start of the stack,
# unless it serves venues: what goes wrong with one of those is no reason to leave all others alone.
FIRST_STARTS_MAX = 3

_PROBE_INTERVAL_S = 0.02
_PROBE_INTERVAL_SLOW_S = 1.0
_PROBE_FAST_FOR_S = 60.0


class Keeper:
    """One process of the stack over all its lives. `changed` is called when `entry` has changed."""

    def __init__(self, spec: ProcessSpec, voice: Voice, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self.entry: RunningProcess | None = None
        self._voice = voice
        self._changed = changed
        self._policy = RestartPolicy()
        self._process: asyncio.subprocess.Process | None = None
        self._restarts = 0

    async def run(self) -> None:
        """Keep the process running until this task is cancelled.

        Raises StackError when the process cannot be brought up for the first time; never for one
        that serves venues.
        """
        while True:
            began = time.monotonic()
            try:
                ending = await self._live()
            except (StackError, OSError) as error:
                # A full disk or an engine's state gone bad: once the stack has run, the others
                # go on, and this one is tried again.
                if not self.ready.is_set() and not self.spec.serves_venues:
                    raise _cannot_start(self.spec, error) from error
                ending = f"cannot run: {error}"
            await self._pause(ending, time.monotonic() - began)

    async def stop(self) -> None:
        """Stop the process gracefully, kill it when it takes too long. `run` has ended before."""
        process = self._process
        if process is None:
            return
        self._update("stopping")
        if not await stop(self.spec, process):
            self._voice.say(
                "killed",
                f"{self.spec.name} did not stop within {self.spec.stop_timeout_s:.0f} s and was "
                "killed",
                process=self.spec.name,
            )
        self._update("stopped")

    def kill(self) -> None:
        """Kill the process at once."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _live(self) -> str:
        """One life of the process; how it ended."""
        await self.spec.prepare()
        process = self._process = await spawn(self.spec)
        self._record(process.pid)
        ended = asyncio.create_task(process.wait())
        try:
            if await self._becomes_ready(ended):
                self._update("ready")
                if self.ready.is_set():
                    text = f"{self.spec.name} is ready again"
                    self._voice.say("recovered", text, process=self.spec.name)
                self.ready.set()
            return _describe(await ended)
        except (StackError, OSError):
            # It still runs, but is of no use; the next life must not meet it.
            await stop(self.spec, process)
            raise
        finally:
            ended.cancel()

    async def _becomes_ready(self, ended: asyncio.Task[int]) -> bool:
        began = time.monotonic()
        while not ended.done():
            if await self.spec.probe():
                return True
            waited_s = time.monotonic() - began
            fast = waited_s < _PROBE_FAST_FOR_S
            interval_s = _PROBE_INTERVAL_S if fast else _PROBE_INTERVAL_SLOW_S
            await asyncio.wait({ended}, timeout=interval_s)
        return False

    async def _pause(self, ending: str, life_s: float) -> None:
        delay_s = self._policy.delay_s(life_s)
        never_starts = not self.ready.is_set() and self._policy.short_lives >= FIRST_STARTS_MAX
        if never_starts and not self.spec.serves_venues:
            raise StackError(
                f"{self.spec.name} does not start: {ending} {FIRST_STARTS_MAX} times. "
                f"{self.last_words()}"
            )
        self._restarts += 1
        self._update("restarting")
        text = f"{self.spec.name} {ending}; starting it again in {delay_s:.1f} s"
        if never_starts or self._policy.hopeless:
            text += f" ({self._policy.short_lives} short lives in a row). {self.last_words()}"
        self._voice.say("restarting", text, process=self.spec.name, delay_s=delay_s)
        await asyncio.sleep(delay_s)

    def last_words(self) -> str:
        """Where the log is and how it ends."""
        lines = "\n".join(f"    {line}" for line in last_lines(self.spec.log))
        return f"Its log {self.spec.log} ends with:\n{lines}" if lines else "Its log is empty."

    def _record(self, pid: int) -> None:
        try:
            started_at = start_time(pid)
        except psutil.NoSuchProcess:
            # It died within the first milliseconds; `_live` is about to say so.
            return
        self.entry = RunningProcess(
            name=self.spec.name,
            pid=pid,
            started_at=started_at,
            stop_signal=int(self.spec.stop_signal),
            restarts=self._restarts,
            log=str(self.spec.log),
        )
        self._changed()

    def _update(self, state: str) -> None:
        if self.entry is not None:
            self.entry = replace(self.entry, state=state, restarts=self._restarts)
            self._changed()


def _cannot_start(spec: ProcessSpec, error: StackError | OSError) -> StackError:
    if isinstance(error, StackError):
        return error
    return StackError(
        f"{spec.name} cannot start: {error}; mend the state folder's permissions or free some "
        "space, or set ODUM_HOME to another folder."
    )


def _describe(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
