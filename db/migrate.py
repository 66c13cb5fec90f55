"""Bring the schema up to date: one applier at a time, everybody else waits and finds it done."""

from __future__ import annotations

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from db.schema import MIGRATIONS

_LOCK = 0x0D0_5C3  # any number, the same for all appliers


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


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
