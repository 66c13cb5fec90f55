"""What happened stays written: the database itself refuses to change it."""

import asyncpg
import pytest

from db.refusals import RefusalLog
from tests.support.books import SPOT, Books
from tests.support.orders import a_fill


@pytest.mark.parametrize("table", ["order_events", "fills", "refusals"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"]
)
async def test_a_written_line_cannot_be_changed(books: Books, table: str, statement: str) -> None:
    order = await books.accepted()
    await books.oms.book_fill(a_fill(order), SPOT)
    await RefusalLog(books.pool).record("desk", "invalid_order", {})
    column = "code" if table == "refusals" else "order_id"
    before = await books.count(table)

    with pytest.raises(asyncpg.RaiseError, match=f"{table} is append-only"):
        await books.pool.execute(statement.format(table, column, column))

    assert await books.count(table) == before > 0


async def test_an_order_with_an_audit_trail_cannot_be_removed(books: Books) -> None:
    await books.admit()

    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await books.pool.execute("DELETE FROM unified_orders")
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await books.pool.execute("TRUNCATE unified_orders CASCADE")
