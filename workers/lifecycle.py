"""The life of one process: settings, logs, signals, the ready file, and a clean way out.

Every entry point is three lines:

    async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None: ...

    if __name__ == "__main__":
        run_process("gateway", main)
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import uvloop

from config import ConfigError, Settings
from db.installation import WrongMode
from workers.home import config_path, odum_home, ready_file
from workers.log_records import configure_logging, secret_values
from workers.profile import load_profile
from workers.stack.errors import StackError

EXIT_OK = 0
EXIT_CRASHED = 1
EXIT_BAD_CONFIG = 2

# Interpreter shutdown right after the last call of the Temporal client aborts now and then
# (its native threads still run); this pause before `os._exit` removed it in every measured run.
NATIVE_THREADS_PAUSE_S = 0.05

_GC_YOUNG_OBJECTS = 20_000
_GC_MIDDLE_EVERY = 20
_GC_FULL_EVERY = 50

type Main = Callable[[Settings, asyncio.Event, Callable[[], None]], Awaitable[None]]

logger = logging.getLogger(__name__)


class StoppedBefore(Exception):
    """We were asked to stop while we waited for somebody: a clean end."""


def run_process(name: str, main: Main) -> NoReturn:
    """Run `main(settings, stop, ready)` as the process `name`, then end the process.

    `stop` is set on SIGTERM and SIGINT; `main` then winds down and returns. `main` calls `ready`
    once, when it can serve. Exit codes: 0 stopped, 1 crashed, 2 the configuration is wrong.
    """
    configure_logging(name)
    try:
        settings = load_profile(config_path(), os.environ)
    except ConfigError as error:
        logger.critical("configuration refused: %s", error)
        leave(EXIT_BAD_CONFIG)
    configure_logging(name, secret_values(settings))
    leave(_run(name, main, settings))


async def unless_stopped[T](stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """The result of the work, unless we are asked to stop before it is done.

    What waits for somebody else (an engine, a lease, a venue that is away) must not keep a process
    from ending. Raises StoppedBefore, and what the work raises.
    """
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
    if working.cancelled():
        raise StoppedBefore
    return working.result()


async def stand_by(reason: str, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Have nothing to do until stopped: a container whose part this profile leaves out must neither
    fail nor be started again and again."""
    logger.info("nothing to do: %s", reason)
    ready()
    await stop.wait()


def leave(code: int) -> NoReturn:
    """End this process now: the one way out for every entry point that may have used Temporal."""
    time.sleep(NATIVE_THREADS_PAUSE_S)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(name: str, main: Main, settings: Settings) -> int:
    ready_path = ready_file(odum_home(), name)
    # A ready file of an earlier, killed run would claim what is not yet true.
    ready_path.unlink(missing_ok=True)
    # Not closed on purpose: closing waits for every executor thread, and `leave` follows anyway.
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    try:
        runner.run(_until_stopped(name, main, settings, ready_path))
    except (StackError, WrongMode) as error:
        # Its one sentence says what to do.
        logger.critical("%s cannot go on: %s", name, error)
        return EXIT_CRASHED
    except Exception:
        logger.exception("%s crashed", name)
        return EXIT_CRASHED
    finally:
        ready_path.unlink(missing_ok=True)
    logger.info("%s stopped", name)
    return EXIT_OK


async def _until_stopped(name: str, main: Main, settings: Settings, ready_path: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def ready() -> None:
        _settle_garbage_collection()
        _write_ready_file(ready_path)
        logger.info("%s is ready", name)

    logger.info("%s starting, mode %s, pid %d", name, settings.mode, os.getpid())
    with suppress(StoppedBefore):
        await main(settings, stop, ready)


def _settle_garbage_collection() -> None:
    """Stop looking again and again at what was loaded at start and lives as long as the process.

    Half a million objects of libraries made each full collection a pause of 50 ms and more, and the
    collections together half of the hot road's CPU time (measured with py-spy).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_YOUNG_OBJECTS, _GC_MIDDLE_EVERY, _GC_FULL_EVERY)


def _write_ready_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place, so that a reader never sees it empty.
    draft = path.with_suffix(".draft")
    draft.write_text(f"{os.getpid()}\n")
    draft.replace(path)
