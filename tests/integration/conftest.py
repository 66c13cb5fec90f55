"""One PostgreSQL for all integration tests; each finds its database empty."""

import asyncio
import secrets
from collections.abc import Iterator

import asyncpg
import pytest

from db.migrate import migrate
from tests.support.engines import embedded_postgres
from workers.stack.embedded_postgres import EmbeddedPostgres

# Emptying is ten times as quick as a new database a test. The audit trail refuses it to everybody
# but a superuser who puts the triggers aside.
_EMPTY = """
SET session_replication_role = replica;
DELETE FROM outbox; DELETE FROM order_events; DELETE FROM fills; DELETE FROM unified_positions;
DELETE FROM unified_orders; DELETE FROM refusals; DELETE FROM venue_leases;
DELETE FROM quotes; DELETE FROM instruments;
UPDATE trading_state SET running = true, reason = 'initial state', by = 'migration', at = now();
"""


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


@pytest.fixture
async def bare_database(postgres_server: EmbeddedPostgres) -> str:
    """Where to connect to a new database without any schema."""
    name = f"bare_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(postgres_server.dsn)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{postgres_server.dsn.rpartition('/')[0]}/{name}"
