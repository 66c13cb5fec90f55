"""Ticks put together to quotes and books."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.market import Quote
from domain.sides import Side
from venues.interactive_brokers.market_board import MarketBoard
from venues.interactive_brokers.messages import DepthSaid, TickSaid


async def read(board: MarketBoard, count: int) -> list[object]:
    events: list[object] = []
    async for event in board.stream():
        events.append(event)
        if len(events) == count:
            return events
    raise AssertionError("the stream ended")


async def test_prices_and_sizes_make_a_quote_once_both_sides_are_known() -> None:
    board = MarketBoard()
    for kind, price, size in ((1, "189.99", "300"), (2, "190.01", "400")):
        board.tick(
            "AAPL.IB", TickSaid(request_id=1, kind=kind, price=Decimal(price), size=Decimal(size))
        )
    board.tick("AAPL.IB", TickSaid(request_id=1, kind=0, size=Decimal(310)))
    async with asyncio.timeout(2):
        (quote,) = await read(board, 1)
    assert (quote.bid, quote.bid_size) == (Decimal("189.99"), 310)  # type: ignore[attr-defined]
    assert (quote.ask, quote.ask_size) == (Decimal("190.01"), 400)  # type: ignore[attr-defined]


async def test_rows_are_inserted_updated_and_deleted() -> None:
    board = MarketBoard()
    for position, operation, price in ((0, 0, 10), (1, 0, 8), (0, 0, 11), (2, 1, 7), (1, 2, 0)):
        row = DepthSaid(
            request_id=1,
            position=position,
            operation=operation,
            is_bid=True,
            price=Decimal(price),
            size=Decimal(1),
        )
        board.row("AAPL.IB", row)
    async with asyncio.timeout(2):
        (depth,) = await read(board, 1)
    assert [price for price, _ in depth.bids] == [11, 7]  # type: ignore[attr-defined]


async def test_a_trade_is_read_from_rt_volume() -> None:
    board = MarketBoard()
    for kind, price in ((1, "189.99"), (2, "190.01")):
        tick = TickSaid(request_id=1, kind=kind, price=Decimal(price), size=Decimal(1))
        board.tick("AAPL.IB", tick)
    text = "189.99;25;1795490000123;5000;190;true"
    board.tick("AAPL.IB", TickSaid(request_id=1, kind=48, text=text))
    async with asyncio.timeout(2):
        _, trade = await read(board, 2)
    assert (trade.trade_id, trade.aggressor) == ("1795490000123-5000", Side.SELL)  # type: ignore[attr-defined]
    assert trade.quantity == 25  # type: ignore[attr-defined]


def tick(board: MarketBoard, kind: int, price: str) -> None:
    said = TickSaid(request_id=1, kind=kind, price=Decimal(price), size=Decimal(1))
    board.tick("AAPL.IB", said)


async def test_an_unchanged_quote_that_holds_is_told_again_as_of_now() -> None:
    board = MarketBoard()
    tick(board, 1, "189.99")
    tick(board, 2, "190.01")
    async with asyncio.timeout(2):
        (first,) = await read(board, 1)
        board.confirm()
        (again,) = await read(board, 1)
    assert isinstance(first, Quote)
    assert isinstance(again, Quote)
    assert again.received_at > first.received_at
    assert again == replace(first, received_at=again.received_at)


async def test_a_quote_that_was_emptied_is_not_told_again_until_the_market_speaks() -> None:
    board = MarketBoard()
    tick(board, 1, "189.99")
    tick(board, 2, "190.01")
    board.empty("MSFT.IB")
    board.empty("AAPL.IB")
    async with asyncio.timeout(2):
        (emptied,) = await read(board, 1)
    assert isinstance(emptied, Quote)
    assert {emptied.bid, emptied.ask} == {Decimal(0)}
    board.confirm()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await read(board, 1)
    tick(board, 1, "189.98")
    async with asyncio.timeout(2):
        (spoken,) = await read(board, 1)
    assert isinstance(spoken, Quote)
    assert (spoken.bid, spoken.ask) == (Decimal("189.98"), Decimal(0))
