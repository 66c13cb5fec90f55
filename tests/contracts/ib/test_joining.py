"""Executions joined with what they cost, and ticks put together to quotes and books."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.sides import Side
from tests.contracts.ib.samples import OURS, details
from venues.interactive_brokers.contracts import Traded, traded
from venues.interactive_brokers.fills import Fills
from venues.interactive_brokers.market_board import MarketBoard
from venues.interactive_brokers.messages import CommissionSaid, DepthSaid, ExecutionSaid, TickSaid
from venues.port import FillNews


def execution(exec_id: str = "a.b.01.01", **terms: object) -> ExecutionSaid:
    known = ExecutionSaid(
        request_id=-1,
        order_id=1,
        client_id=1,
        perm_id=9,
        order_ref=OURS,
        con_id=1,
        exec_id=exec_id,
        at=datetime.now(UTC),
        account="DU1",
        bought=True,
        quantity=Decimal(10),
        price=Decimal(190),
        cumulative=Decimal(10),
        is_maker=False,
    )
    return replace(known, **terms)  # type: ignore[arg-type]


# --- executions ---


class Told:
    """What the fills handed on."""

    def __init__(self) -> None:
        self.news: list[FillNews] = []
        self.fills = Fills("IB-main", self.news.append)
        self.traded: Traded = traded("ESM7.IB", details())

    def add(self, one: ExecutionSaid) -> None:
        self.fills.add(one, self.traded)

    def charge(self, exec_id: str, commission: str = "1.5") -> None:
        self.fills.add_commission(
            CommissionSaid(exec_id=exec_id, commission=Decimal(commission), currency="USD")
        )


def test_a_fill_is_held_until_its_commission_is_known() -> None:
    told = Told()
    told.add(execution())
    assert (told.news, told.fills.is_waiting) == ([], True)
    told.charge("a.b.01.01")
    (news,) = told.news
    assert (news.fill.fee, news.fill.fee_currency, news.fill.side) == (
        Decimal("1.5"),
        "USD",
        Side.BUY,
    )
    assert news.fill.trade_id == "a.b.01"


def test_a_commission_that_came_first_is_joined() -> None:
    told = Told()
    told.charge("a.b.01.01")
    told.add(execution())
    assert len(told.news) == 1


def test_an_unset_commission_is_none() -> None:
    told = Told()
    told.add(execution())
    told.charge("a.b.01.01", "1.7976931348623157E308")
    assert told.news == []


def test_a_fill_whose_commission_never_comes_is_told_in_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = Told()
    told.add(execution())
    told.fills.tell_without_commission()
    (news,) = told.news
    assert news.fill.fee == 0
    assert "booked without" in caplog.text
    told.charge("a.b.01.01")
    assert len(told.news) == 1


def test_a_correction_before_the_fill_is_told_replaces_it() -> None:
    told = Told()
    told.add(execution())
    told.add(execution("a.b.01.02", price=Decimal(191)))
    told.add(execution())  # the first again, as in a list of executions
    told.charge("a.b.01.01")
    told.charge("a.b.01.02")
    (news,) = told.news
    assert news.fill.price == 191


def test_a_correction_afterwards_is_said_aloud_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    told = Told()
    told.add(execution())
    told.charge("a.b.01.01")
    told.add(execution("a.b.01.02", price=Decimal(191)))
    told.charge("a.b.01.02")
    assert len(told.news) == 1
    assert "from 10@190 to 10@191" in caplog.text


# --- books ---


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
