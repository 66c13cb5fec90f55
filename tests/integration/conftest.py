"""A database without a schema, for the tests of how it gets one."""

import secrets

import asyncpg
import pytest

from workers.stack.embedded_postgres import EmbeddedPostgres


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
