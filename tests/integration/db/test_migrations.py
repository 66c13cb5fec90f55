"""The schema: applied once by whoever comes first, and the one that the code was written for."""

import asyncio
import secrets
from datetime import UTC, datetime
from importlib import import_module

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import db.tables  # noqa: F401  (fills SQLModel.metadata)
from db.installation import WrongMode
from db.migrate import migrate
from db.schema import HEAD, MIGRATIONS, ensure_schema, wait_for_schema

# The migrations are files of numbers, not modules with names.
NUMBER_THE_ORDERS = import_module(
    "db.migrations.versions.0003_amends_and_order_lists"
).NUMBER_THE_ORDERS
_BARE_ORDER = """
INSERT INTO unified_orders (
    order_id, strategy_id, client_order_id, fingerprint, instrument_id, venue, account_id, side,
    order_type, quantity, time_in_force, post_only, reduce_only, reference_price, status, leg,
    venue_client_id, send_deadline, created_at, updated_at, version, last_hash, filled_qty,
    cum_quote, amend_replace, earlier_filled_qty
) VALUES ($1, $2, $1, '', '', '', '', 'BUY', 'MARKET', 1, 'GTC', false, false, 1, 'FILLED', 1,
          $1, now(), $3, now(), 1, '', 1, 1, false, 0)
"""


async def test_appliers_at_the_same_time_apply_each_migration_once(bare_database: str) -> None:
    await asyncio.gather(*(migrate(bare_database) for _ in range(3)))

    connection = await asyncpg.connect(bare_database)
    assert await connection.fetchval("SELECT count(*) FROM alembic_version") == 1
    assert await connection.fetchval("SELECT count(*) FROM trading_state") == 1
    await connection.close()


async def test_migrating_again_keeps_what_is_there(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("UPDATE trading_state SET reason = 'set by a person'")

    await migrate(database)

    assert await connection.fetchval("SELECT reason FROM trading_state") == "set by a person"
    await connection.close()


async def test_the_migrated_schema_is_the_one_of_the_models(database: str) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, SQLModel.metadata))

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database)
    )
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_market_data_that_nothing_is_decided_by_costs_no_write_ahead_log(
    database: str,
) -> None:
    connection = await asyncpg.connect(database)
    unlogged = await connection.fetch("SELECT relname FROM pg_class WHERE relpersistence = 'u'")
    await connection.close()

    assert {"depths", "market_trades"} <= {row["relname"] for row in unlogged}
    assert "quotes" not in {row["relname"] for row in unlogged}


async def test_waiting_for_the_schema_ends_when_it_is_applied(bare_database: str) -> None:
    waiting = asyncio.create_task(wait_for_schema(bare_database))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.3)

    await migrate(bare_database)

    await asyncio.wait_for(waiting, 5)


async def test_a_database_that_does_not_exist_yet_is_waited_for(database: str) -> None:
    later = f"later_{secrets.token_hex(6)}"
    dsn = f"{database.rpartition('/')[0]}/{later}"
    waiting = asyncio.create_task(wait_for_schema(dsn))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.2)

    connection = await asyncpg.connect(database)
    await connection.execute(f"CREATE DATABASE {later}")
    await connection.close()
    await migrate(dsn)

    await asyncio.wait_for(waiting, 5)


async def test_the_schema_is_ensured_whether_it_is_there_or_not(bare_database: str) -> None:
    await ensure_schema(bare_database, "paper")
    await ensure_schema(bare_database, "paper")
    await asyncio.wait_for(wait_for_schema(bare_database), 5)


async def test_the_schema_of_another_mode_is_left_as_it_is(bare_database: str) -> None:
    await migrate(bare_database)
    connection = await asyncpg.connect(bare_database)
    try:
        await connection.execute("INSERT INTO installation (id, mode) VALUES (1, 'live')")
        await connection.execute("UPDATE alembic_version SET version_num = '0005'")

        with pytest.raises(WrongMode, match="orders of mode 'live', and this process runs in mode"):
            await ensure_schema(bare_database, "paper")
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == "0005"

        await ensure_schema(bare_database, "live")
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == HEAD
    finally:
        await connection.close()


def test_the_newest_file_is_the_head_that_alembic_sees() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


async def test_a_wrong_password_is_not_waited_for(database: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncio.wait_for(wait_for_schema(database.replace(":odum@", ":wrong@")), 5)


async def test_the_orders_of_before_are_numbered(bare_database: str) -> None:
    await migrate(bare_database)
    connection = await asyncpg.connect(bare_database)
    try:
        # Back to how it was before the orders had numbers, with two strategies' orders.
        await connection.execute("ALTER TABLE unified_orders ALTER strategy_seq DROP NOT NULL")
        for strategy, n in (("a", 2), ("a", 1), ("b", 1)):
            await connection.execute(
                _BARE_ORDER, f"{strategy}{n}", strategy, datetime(2026, 1, 1, 0, n, tzinfo=UTC)
            )
        await connection.execute(NUMBER_THE_ORDERS)
        rows = await connection.fetch("SELECT order_id, strategy_seq FROM unified_orders")
    finally:
        await connection.close()

    assert {row["order_id"]: row["strategy_seq"] for row in rows} == {"a1": 1, "a2": 2, "b1": 1}
