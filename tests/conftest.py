"""What every test may use, and how a test session ends."""

import asyncio
import atexit
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from db.migrate import migrate
from tests.support.engines import embedded_postgres, embedded_temporal
from tests.support.stack import PaperStack, paper_stack
from tests.support.told_secrets import assert_no_secret_is_told
from workers.lifecycle import leave
from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal

PROJECT = Path(__file__).resolve().parent.parent

# How long an example takes says how busy the machine is, and nothing of what it tries.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Emptying is ten times as quick as a new database a test. The audit trail refuses it to everybody
# but a superuser who puts the triggers aside.
_EMPTY = """
SET session_replication_role = replica;
DELETE FROM outbox; DELETE FROM order_events; DELETE FROM fills; DELETE FROM unified_positions;
DELETE FROM unified_orders; DELETE FROM refusals; DELETE FROM venue_leases;
DELETE FROM quotes; DELETE FROM instruments; DELETE FROM venue_capabilities;
DELETE FROM order_lists;
UPDATE trading_state SET running = true, reason = 'initial state', by = 'migration', at = now();
"""


@pytest.fixture(scope="session")
def recorded_market() -> Path:
    """The folder of recorded market data, which stands beside the project, not in it."""
    folder = PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs recorded market data in {folder}")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[EmbeddedPostgres]:
    """A server whose database has the schema."""
    with embedded_postgres() as server:
        asyncio.run(migrate(server.dsn))
        yield server


@pytest.fixture
async def database(postgres_server: EmbeddedPostgres) -> str:
    """Where to connect to a database with the schema and nothing in it."""
    connection = await asyncpg.connect(postgres_server.dsn)
    try:
        await connection.execute(_EMPTY)
    finally:
        await connection.close()
    return postgres_server.dsn


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[EmbeddedTemporal]:
    """A server with the product's own flags."""
    with embedded_temporal() as server:
        yield server


@pytest.fixture(scope="session")
def stack() -> Iterator[PaperStack]:
    """The whole paper stack, one for all who need it: each test leaves it healthy, or fails. After
    all of them it has told nobody a secret."""
    with paper_stack() as running:
        yield running
        asyncio.run(assert_no_secret_is_told(running))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who needs the whole stack comes last, so that it does not run beside everybody else."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End as every process of ours that has used Temporal does; at exit, when all is printed."""
    atexit.register(leave, int(exitstatus))
