"""Bring the schema up to date: one applier at a time, everybody else waits and finds it done."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x0D0_5C3  # any number, the same for all appliers
_POLL_S = 0.1

_NOT_THERE_YET = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it starts or shuts down
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
)


async def migrate(dsn: str) -> None:
    """Apply all pending migrations in one transaction under an advisory lock."""
    # asyncpg reads the URL itself: SQLAlchemy would not understand its `sslmode`.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def wait_for_schema(dsn: str) -> None:
    """Return once the schema is the one this code was written for."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    while await _revision(dsn) != head:
        await asyncio.sleep(_POLL_S)


async def _revision(dsn: str) -> str | None:
    """The applied revision; None while the database or its first migration is not there yet."""
    try:
        connection = await asyncpg.connect(dsn)
        try:
            revision: str | None = await connection.fetchval(
                "SELECT version_num FROM alembic_version"
            )
            return revision
        finally:
            await connection.close()
    except _NOT_THERE_YET:
        return None


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
