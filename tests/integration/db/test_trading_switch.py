"""The switch that stops new venue commands."""

from db.trading_switch import TradingSwitch
from tests.support.books import Books, open_books


async def test_trading_runs_at_first(books: Books) -> None:
    assert (await books.trading.state()).running


async def test_a_halt_says_who_when_and_why(books: Books) -> None:
    before = await books.trading.state()
    halted = await books.trading.set(False, by="desk", reason="drill")

    assert (halted.running, halted.by, halted.reason) == (False, "desk", "drill")
    assert halted.at > before.at
    assert await books.trading.state() == halted


async def test_a_halt_survives_the_process_that_called_it(books: Books) -> None:
    halted = await books.trading.set(False, by="desk", reason="drill")

    async with open_books(books.dsn, size=1) as restarted:
        assert await TradingSwitch(restarted.pool).state() == halted
