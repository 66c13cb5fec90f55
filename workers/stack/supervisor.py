"""`odum up`: starts the stack, keeps it running, stops it in order. Idle, it only waits."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping

from workers.operator_key import KEY_FILE, operator_key
from workers.process_names import SUPERVISOR
from workers.stack.errors import StackError
from workers.stack.home_mode import claim_home
from workers.stack.keeper import Keeper
from workers.stack.lock import locked_home
from workers.stack.plan import Plan, Remote
from workers.stack.ports import require_free
from workers.stack.stack_file import (
    RunningProcess,
    Stack,
    forget_stack,
    read_stack,
    start_time,
    stop_leftovers,
    write_stack,
)
from workers.stack.voice import Voice

START_TIMEOUT_S = 120.0
# What serves venues is waited for no longer than that: it goes on trying, and the others serve.
VENUES_TIMEOUT_S = 60.0
STILL_WAITING_EVERY_S = 10.0

_REMOTE_PROBE_INTERVAL_S = 0.25


def run_stack(plan: Plan, voice: Voice, when_ready: Callable[[], Awaitable[None]]) -> None:
    """Run the stack in the foreground until SIGINT, SIGTERM or SIGHUP.

    `when_ready` runs once, when everything is ready, and is cancelled by a stop. Raises StackError
    when the stack cannot start; whatever had been started is stopped first.
    """
    with locked_home(plan.home):
        claim_home(plan.home, plan.mode)
        if plan.generates_key:
            operator_key(plan.home / KEY_FILE)
        clean_up(plan, voice)
        require_free(plan.ports)
        try:
            asyncio.run(_Supervisor(plan, voice).run(when_ready))
        finally:
            forget_stack(plan.home)


def clean_up(plan: Plan, voice: Voice) -> None:
    """Stop what a supervisor that was killed has left running on this state folder."""
    stack = read_stack(plan.home)
    if stack is None:
        return
    if left := stop_leftovers(stack.processes.values()):
        names = ", ".join(left)
        voice.say("cleaned_up", f"stopped what a killed run had left behind: {names}")
    forget_stack(plan.home)


class _Supervisor:
    def __init__(self, plan: Plan, voice: Voice) -> None:
        self._plan = plan
        self._voice = voice
        self._keepers = [Keeper(spec, voice, self._write) for spec in plan.processes]
        self._events = {keeper.spec.name: keeper.ready for keeper in self._keepers}
        self._events |= {remote.name: asyncio.Event() for remote in plan.remotes}
        self._serves_venues = {spec.name for spec in plan.processes if spec.serves_venues}
        self._began = time.monotonic()
        self._stop = asyncio.Event()

    async def run(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
        self._write()
        try:
            async with asyncio.TaskGroup() as tasks:
                lives = [tasks.create_task(self._await_remote(r)) for r in self._plan.remotes]
                lives += [tasks.create_task(keeper.run()) for keeper in self._keepers]
                told = {
                    tasks.create_task(self._tell_ready(name, event)): name
                    for name, event in self._events.items()
                }
                lives += [*told, tasks.create_task(self._until_ready(told, when_ready))]
                await self._stop.wait()
                for life in lives:
                    life.cancel()
        except* StackError as errors:
            raise errors.exceptions[0] from None
        finally:
            await self._stop_all()

    async def _until_ready(
        self, told: Mapping[asyncio.Task[None], str], when_ready: Callable[[], Awaitable[None]]
    ) -> None:
        without = await self._all_ready(told)
        took_s = time.monotonic() - self._began
        text = f"ready in {took_s:.1f} s"
        if without:
            text = (
                f"ready without {', '.join(without)} ({took_s:.0f} s): venues are away, or a "
                "worker does not start. It is tried on; `odum status` and the logs say why"
            )
        self._voice.say("ready", text, seconds=round(took_s, 3), without=without)
        await when_ready()

    async def _all_ready(self, told: Mapping[asyncio.Task[None], str]) -> list[str]:
        """Return when all are ready, or all but some that wait for their venues: which those are.
        Raises StackError when others are not ready in time."""
        pending = set(told)
        while pending:
            done, pending = await asyncio.wait(
                pending, timeout=STILL_WAITING_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                continue
            names = sorted(told[task] for task in pending)
            elapsed_s = time.monotonic() - self._began
            if elapsed_s >= VENUES_TIMEOUT_S and self._serves_venues.issuperset(names):
                return names
            self._still_waiting(names, elapsed_s)
        return []

    async def _tell_ready(self, name: str, event: asyncio.Event) -> None:
        await event.wait()
        elapsed_s = time.monotonic() - self._began
        self._voice.say(
            "process_ready",
            f"  {name:<12} ready after {elapsed_s:5.1f} s",
            process=name,
            seconds=round(elapsed_s, 3),
        )

    def _still_waiting(self, names: list[str], elapsed_s: float) -> None:
        listed = ", ".join(names)
        if elapsed_s < START_TIMEOUT_S:
            text = f"  still waiting for {listed} ({elapsed_s:.0f} s)"
            self._voice.say("waiting", text, processes=names)
            return
        words = [k.last_words() for k in self._keepers if k.spec.name in names]
        raise StackError("\n".join([f"{listed} not ready after {elapsed_s:.0f} s.", *words]))

    async def _await_remote(self, remote: Remote) -> None:
        text = f"  {remote.name:<12} runs elsewhere, waiting for {remote.address}"
        self._voice.say("remote", text, process=remote.name)
        while True:
            if await remote.probe():
                self._events[remote.name].set()
                return
            await asyncio.sleep(_REMOTE_PROBE_INTERVAL_S)

    def _asked_to_stop(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            self._voice.say("stopping", "stopping (again to kill at once)")
            return
        for keeper in self._keepers:
            keeper.kill()

    async def _stop_all(self) -> None:
        """Stop every process after those that need it, all others at the same time."""
        stops: dict[str, asyncio.Task[None]] = {}
        for keeper in reversed(self._keepers):
            name = keeper.spec.name
            users = [stops[k.spec.name] for k in self._keepers if name in k.spec.needs]
            stops[name] = asyncio.create_task(_stop_after(keeper, users))
        if stops:
            await asyncio.wait(stops.values())
        self._voice.say("stopped", "stopped")

    def _write(self) -> None:
        me = RunningProcess(
            name=SUPERVISOR,
            pid=os.getpid(),
            started_at=start_time(os.getpid()),
            stop_signal=int(signal.SIGTERM),
            state="running",
        )
        stack = Stack(
            mode=self._plan.mode,
            supervisor=me,
            urls=self._plan.urls,
            ports={port.variable: port.number for port in self._plan.ports},
            processes={k.entry.name: k.entry for k in self._keepers if k.entry},
        )
        try:
            write_stack(self._plan.home, stack)
        except OSError as error:
            # Worth knowing, but no reason to take the stack down.
            self._voice.say("not_written", f"stack.json is out of date: {error}")


async def _stop_after(keeper: Keeper, users: list[asyncio.Task[None]]) -> None:
    if users:
        await asyncio.wait(users)
    await keeper.stop()
