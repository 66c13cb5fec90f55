"""The process of a venue that is away when it starts: it says why, and trades once the venue is
there; or ends when asked."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from db.leases import VenueLeases
from db.pool import open_pool
from domain.venue_health import VenueHealth
from tests.support.stack import PaperStack
from venues.registry import known_venues
from workers.home import PROJECT_ROOT, ready_file
from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal

_WITHIN_S = 30.0

# The worker as it is, but soon out of patience.
_WORKER = """
import sys
from functools import partial
from workers import venue
from workers.lifecycle import run_process
venue._VENUES_START_S = 0.5
run_process(sys.argv[1], partial(venue.main, sys.argv[1]))
"""


class Machine:
    """One venue, its worker and its simulator over engines of the session, each started when a test
    says so."""

    def __init__(
        self, home: Path, venue: str, postgres: EmbeddedPostgres, temporal: EmbeddedTemporal
    ) -> None:
        self._home = home
        self._env = PaperStack(home, [venue]).env | {
            "ODUM_POSTGRES_EMBEDDED": "false",
            "ODUM_POSTGRES_PORT": str(postgres.port),
            "ODUM_POSTGRES_PASSWORD": postgres.password,
            "ODUM_TEMPORAL_EMBEDDED": "false",
            "ODUM_TEMPORAL_PORT": str(temporal.port),
        }
        self._process = known_venues()[venue].process
        self.port = self._env[f"ODUM_SIM_{venue}_PORT"]

    @property
    def is_ready(self) -> bool:
        return ready_file(self._home, self._process).exists()

    def worker(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return self._running("-c", _WORKER, self._process)

    def simulator(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return self._running("-m", "workers.simulators")

    @contextmanager
    def _running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self._home / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=PROJECT_ROOT,
                env=self._env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_WITHIN_S)


@pytest.fixture
async def leases(database: str) -> AsyncIterator[VenueLeases]:
    pool = await open_pool(database, size=1)
    try:
        yield VenueLeases(pool)
    finally:
        await pool.close()


async def until_it_is(leases: VenueLeases, holds: Callable[[VenueHealth], bool]) -> VenueHealth:
    """How the account is, once this holds of it."""
    health: VenueHealth | None = None
    try:
        async with asyncio.timeout(_WITHIN_S):
            while True:
                health = next((account.health for account in await leases.all()), None)
                if health is not None and holds(health):
                    return health
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {_WITHIN_S} s: {health}") from None


@pytest.mark.parametrize(
    ("venue", "why"),
    [
        ("IB", "TWS at 127.0.0.1:{port} is not connected"),
        ("DERIBIT", "DERIBIT is not connected: public/get_time"),
    ],
)
async def test_it_says_why_its_venue_is_away_and_trades_it_once_it_is_there(
    venue: str,
    why: str,
    leases: VenueLeases,
    postgres_server: EmbeddedPostgres,
    temporal_server: EmbeddedTemporal,
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path, venue, postgres_server, temporal_server)
    with machine.worker() as worker:
        away = await until_it_is(leases, lambda health: any(health.problems))
        assert away.problems[0].startswith(why.format(port=machine.port))
        assert not away.connected
        with machine.simulator():
            there = await until_it_is(leases, lambda health: health.connected)
            assert there.problems == ()
            async with asyncio.timeout(_WITHIN_S):
                while not machine.is_ready:
                    assert worker.poll() is None
                    await asyncio.sleep(0.05)


async def test_it_stops_when_asked_while_its_venue_is_still_away(
    leases: VenueLeases,
    postgres_server: EmbeddedPostgres,
    temporal_server: EmbeddedTemporal,
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path, "IB", postgres_server, temporal_server)
    with machine.worker() as worker:
        await until_it_is(leases, lambda health: any(health.problems))
        await asyncio.sleep(1)  # it serves by now
        assert not machine.is_ready
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, _WITHIN_S) == 0
