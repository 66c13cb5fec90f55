"""Refused requests leave a trail that shows every change and every gap."""

from db.refusals import RefusalLog
from domain.audit import Link, first_break
from tests.support.books import Books, at_once


async def broken_at(books: Books) -> int | None:
    rows = await books.pool.fetch(
        "SELECT principal, seq, code, detail, at, hash FROM refusals ORDER BY seq"
    )
    return first_break(
        (Link(r["principal"], r["seq"], r["code"], r["detail"], r["at"]), r["hash"]) for r in rows
    )


async def test_refusals_recorded_at_once_make_one_chain(books: Books) -> None:
    log = RefusalLog(books.pool)
    await at_once(*(log.record(f"key-{n}", "invalid_order", {"n": n}) for n in range(20)))

    assert await books.count("refusals") == 20
    assert await broken_at(books) is None


async def test_a_changed_refusal_shows(books: Books) -> None:
    log = RefusalLog(books.pool)
    for n in range(3):
        await log.record("desk", "invalid_order", {"asked": {"quantity": str(n)}})
    async with books.pool.acquire() as superuser:
        await superuser.execute("SET session_replication_role = replica")
        await superuser.execute("UPDATE refusals SET detail = '{}' WHERE seq = 2")
        await superuser.execute("RESET session_replication_role")

    assert await broken_at(books) == 2


async def test_text_in_any_language_keeps_the_chain_whole(books: Books) -> None:
    await RefusalLog(books.pool).record("desk", "invalid_order", {"said": 'ü "✓" 訂單 \\ \n'})

    assert await broken_at(books) is None
