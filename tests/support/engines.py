"""Real PostgreSQL and real Temporal for tests, on free ports and in throw-away folders.

Both are plain context managers, to be used in session fixtures:

    @pytest.fixture(scope="session")
    def postgres_dsn() -> Iterator[str]:
        with embedded_postgres() as server:
            yield server.dsn

    @pytest.fixture(scope="session")
    def temporal_address() -> Iterator[str]:
        with embedded_temporal() as server:
            yield server.address
"""

import asyncio
import fcntl
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal
from workers.stack.plan import postgres_process, temporal_process
from workers.stack.processes import ProcessSpec, last_lines

_START_TIMEOUT_S = 30.0

# Below those that the system gives to connections, so that none of another test is in the way.
_PORTS = range(20_000, 32_000)
_CLAIMS_FOLDER = Path(tempfile.gettempdir()) / f"odum-test-ports-{os.getuid()}"
_claims: deque[IO[str]] = deque(maxlen=500)
"""A locked file for each port that this process was given lately; the locks end with it."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on. A server that starts on it later
    still finds it free: no other test is given it, of this or of another process."""
    _CLAIMS_FOLDER.mkdir(exist_ok=True)
    for port in random.sample(_PORTS, len(_PORTS)):
        claim = (_CLAIMS_FOLDER / str(port)).open("w")
        if _is_locked(claim) and _is_free(port):
            _claims.append(claim)
            return port
        claim.close()
    raise RuntimeError("every port for tests is taken")


def _is_locked(claim: IO[str]) -> bool:
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def embedded_postgres(database: str = "odum") -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL with an empty database of that name; its `dsn` is where to connect."""
    with throw_away_folder() as home:
        server = EmbeddedPostgres(home / "postgres", free_port(), database, "odum", "odum")
        with running(postgres_process(server, home)):
            yield server


@contextmanager
def embedded_temporal() -> Iterator[EmbeddedTemporal]:
    """A Temporal server with the product's own flags; its `address` is where to connect."""
    with throw_away_folder() as home:
        server = EmbeddedTemporal(home / "temporal", free_port(), free_port())
        with running(temporal_process(server, home)):
            yield server


@contextmanager
def running(spec: ProcessSpec) -> Iterator["subprocess.Popen[bytes]"]:
    """The process of an engine, ready to serve; stopped in its own way afterwards."""
    _in_own_loop(spec.prepare())
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    with spec.log.open("ab") as log:
        process = subprocess.Popen(
            spec.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=spec.cwd,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _in_own_loop(spec.probe()):
            lines = "\n".join(last_lines(spec.log))
            assert process.poll() is None, f"{spec.name} ended while starting:\n{lines}"
            assert time.monotonic() < deadline, f"{spec.name} is not ready:\n{lines}"
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(spec.stop_signal)
        try:
            process.wait(spec.stop_timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A folder for the state of an engine, removed afterwards."""
    # Not pytest's tmp_path: another session closes its parents for PostgreSQL's system user.
    folder = Path(tempfile.mkdtemp(prefix="odum-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_own_loop[T](work: Coroutine[Any, Any, T]) -> T:
    """Run `work` in a loop of another thread, so that a test with a running loop may call this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
