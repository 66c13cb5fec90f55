"""Bring the schema up to date: one applier at a time, everybody else waits and finds it done."""

from __future__ import annotations

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from db.installation import refuse_other_mode
from db.schema import MIGRATIONS

_LOCK = 0x0D0_5C3  # any number, the same for all appliers


async def migrate(dsn: str, mode: str | None = None) -> None:
    """Apply all pending migrations in one transaction under an advisory lock.

    With a mode: only to a database of that mode, or of none yet. Else raises WrongMode.
    """
    # asyncpg reads the URL itself: SQLAlchemy would not understand its `sslmode`.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            if mode is not None:
                # Before anything is changed: a new checkout that tries paper must not bring real
                # money's schema to a revision that its own processes do not know.
                refuse_other_mode(await _owner(connection), mode)
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def _owner(connection: AsyncConnection) -> str | None:
    """The mode of the database; None before anybody has claimed it."""
    if await connection.scalar(text("SELECT to_regclass('installation')")) is None:
        return None
    owner: str | None = await connection.scalar(text("SELECT mode FROM installation"))
    return owner


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
