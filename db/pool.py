"""The connection pool, and the one way to say a transaction."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

type Pool = asyncpg.Pool[asyncpg.Record]
type Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

COMMAND_TIMEOUT_S = 5.0

# A process that vanishes with its host in the middle of a transaction holds its locks until the
# server notices: nobody else could admit an order meanwhile. So the server is told to notice soon.
SESSION = {
    "application_name": "odum",
    "timezone": "UTC",
    # No statement of ours is planned better for knowing its values, and planning anew for each of
    # the first five calls on each connection took longer than the calls.
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "5s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}


class LostUpdate(Exception):
    """Somebody else changed what this writer has read: read again."""


# What a statement raises while the database is down, restarting, out of reach, or gave way to
# another transaction: the same statement may succeed a moment later.
DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,  # too many connections, no disk, no memory
    asyncpg.ReadOnlySQLTransactionError,  # a former primary after a failover
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InterfaceError,
    LostUpdate,
    asyncpg.InternalClientError,  # in the moment between the server's goodbye and the hang-up
)


async def open_pool(dsn: str, *, size: int) -> Pool:
    """A pool with all its connections open already, so that no order pays for opening one.

    Raises OSError or asyncpg.PostgresError if the database cannot be reached.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=size,
        max_size=size,
        command_timeout=COMMAND_TIMEOUT_S,
        max_inactive_connection_lifetime=0,
        server_settings=SESSION,
        init=_speak_json,
        reset=_nothing_to_reset,
    )


# One of two writers always wins, so a writer that loses so often has met something else.
_ATTEMPTS_MAX = 30
_PAUSE_S = 0.002


async def until_written[T](attempt: Callable[[], Awaitable[T]]) -> T:
    """Do `attempt` (read, decide, write) again as long as somebody else was quicker.

    Raises LostUpdate when that does not end.
    """
    for again in range(1, _ATTEMPTS_MAX):
        try:
            return await attempt()
        except (LostUpdate, asyncpg.SerializationError):
            await asyncio.sleep(random.random() * _PAUSE_S * again)  # noqa: S311 - to fall out of step
    return await attempt()


async def fetch_row(pool: Pool, query: str, *args: object) -> asyncpg.Record | None:
    """One statement, all or nothing; its first row. Raises TimeoutError, also where every
    connection of the pool is at work or dead."""
    async with pool.acquire(timeout=COMMAND_TIMEOUT_S) as connection:
        return await connection.fetchrow(query, *args)


@asynccontextmanager
async def transaction(pool: Pool, begin: str = "BEGIN") -> AsyncIterator[Connection]:
    """One transaction on one connection; rolls back unless the block ends normally.

    `begin` may carry further statements without arguments (a lock, say), which then cost no round
    trip of their own.
    """
    async with pool.acquire(timeout=COMMAND_TIMEOUT_S) as connection:
        try:
            await connection.execute(begin)  # may fail after BEGIN, while it waits for a lock
            yield connection
        except BaseException:
            # A lost connection is rolled back by the server; its own error is the one to raise.
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")


async def _nothing_to_reset(_connection: object) -> None:
    """Our statements leave nothing behind in a session, so returning it costs no round trip.

    asyncpg itself still ends a transaction that was left open.
    """


async def _speak_json(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    def encode(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"))

    await connection.set_type_codec(
        "jsonb", encoder=encode, decoder=json.loads, schema="pg_catalog"
    )
