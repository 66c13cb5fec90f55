"""A transaction is all or nothing, and a connection comes back fit for the next one."""

import asyncio

import asyncpg
import pytest

from db.pool import open_pool, transaction
from tests.support.books import Books

HALT = "UPDATE trading_state SET running = false"


class Refused(Exception):
    """Ends a transaction in the middle."""


async def test_an_error_in_the_block_takes_everything_back(books: Books) -> None:
    async def halt_and_refuse() -> None:
        async with transaction(books.pool) as connection:
            await connection.execute(HALT)
            raise Refused

    with pytest.raises(Refused):
        await halt_and_refuse()

    assert (await books.trading.state()).running


async def test_a_cancelled_statement_takes_everything_back(books: Books) -> None:
    pool = await open_pool(books.dsn, size=1)

    async def halt_and_stall() -> None:
        async with transaction(pool) as connection:
            await connection.execute(HALT)
            await connection.execute("SELECT pg_sleep(60)")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(halt_and_stall(), 0.2)

    assert await pool.fetchval("SELECT running FROM trading_state")
    await pool.close()


async def test_a_lock_given_up_while_waiting_frees_the_connection_quietly(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    pool = await open_pool(books.dsn, size=1)
    begin = "BEGIN; SELECT pg_advisory_xact_lock(1)"

    async def wait_for_lock() -> None:
        async with transaction(pool, begin):
            pass

    async with transaction(books.pool, begin):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait_for_lock(), 0.2)
        assert await pool.fetchval("SELECT 1") == 1
    await wait_for_lock()
    await pool.close()

    assert caplog.records == []


async def test_a_server_that_goes_away_in_the_middle_commits_nothing(books: Books) -> None:
    async def halt_and_lose_the_server() -> None:
        async with transaction(books.pool) as connection:
            await connection.execute(HALT)
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    # Its own error is raised, not that of the roll-back, which cannot succeed any more.
    with pytest.raises((asyncpg.AdminShutdownError, asyncpg.ConnectionDoesNotExistError)):
        await halt_and_lose_the_server()

    assert (await books.trading.state()).running
