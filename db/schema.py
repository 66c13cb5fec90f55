"""Whether the schema is the one that this code was written for, without alembic.

Alembic and SQLAlchemy cost each process more than a second of CPU time to import, and most starts
have nothing to apply.
"""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path

import asyncpg

MIGRATIONS = Path(__file__).parent / "migrations"
# Files of migrations are named by their revision, and revisions are numbers in a row.
HEAD = max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
_POLL_S = 0.1

_NOT_THERE_YET = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it starts or shuts down
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
)


async def ensure_schema(dsn: str, mode: str) -> None:
    """Apply what is missing, unless the database belongs to another mode than `mode`: WrongMode.

    Raises OSError or asyncpg.PostgresError if the database is away.
    """
    if await _revision(dsn) != HEAD:
        await importlib.import_module("db.migrate").migrate(dsn, mode)


async def wait_for_schema(dsn: str) -> None:
    """Return once the schema is the one this code was written for."""
    while await _revision(dsn) != HEAD:
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
