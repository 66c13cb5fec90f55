"""A slow reader of the market gets the latest of it, and never too much."""

import asyncio
import time
from datetime import timedelta
from decimal import Decimal

from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.data import BookOrder, QuoteTick, TradeTick
from nautilus_trader.model.enums import AggressorSide, BookType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, TradeId
from nautilus_trader.model.objects import Price, Quantity

from domain.market import Depth, MarketTrade, Quote
from domain.sides import Side
from venues.nautilus.market_board import MarketBoard
from venues.port import MarketEvent


def _tick(symbol: str, bid: str) -> QuoteTick:
    now_ns = time.time_ns()
    return QuoteTick(
        InstrumentId.from_str(f"{symbol}.BINANCE_SPOT"),
        Price.from_str(bid),
        Price.from_str("100.50"),
        Quantity.from_str("1.000"),
        Quantity.from_str("2.000"),
        now_ns,
        now_ns,
    )


async def test_the_latest_quote_of_each_instrument_is_read() -> None:
    board = MarketBoard()
    for bid in ("99.10", "99.20"):
        board.put_quote(_tick("BTCUSDT", bid))
    board.put_quote(_tick("ETHUSDT", "3.10"))
    stream = board.stream()
    events = [await anext(stream), await anext(stream)]
    quotes = [event for event in events if isinstance(event, Quote)]
    assert [(quote.instrument_id, quote.bid) for quote in quotes] == [
        ("BTCUSDT.BINANCE_SPOT", Decimal("99.2")),
        ("ETHUSDT.BINANCE_SPOT", Decimal("3.1")),
    ]
    assert (quotes[0].ask, quotes[0].ask_size) == (Decimal("100.5"), Decimal(2))


async def test_a_busy_instrument_is_read_at_a_bounded_rate() -> None:
    board = MarketBoard(interval=timedelta(milliseconds=50))
    read: asyncio.Queue[Quote] = asyncio.Queue()

    async def reader() -> None:
        async for quote in board.stream():
            assert isinstance(quote, Quote)
            read.put_nowait(quote)

    task = asyncio.create_task(reader())
    for number in range(200):
        board.put_quote(_tick("BTCUSDT", f"{10 + number}.00"))
        await asyncio.sleep(0.001)
    await asyncio.sleep(0.1)
    task.cancel()
    quotes = [read.get_nowait() for _ in range(read.qsize())]
    assert 2 <= len(quotes) <= 12
    assert quotes[-1].bid == Decimal(209)


def _book(bid: str, levels: int = 12) -> OrderBook:
    book = OrderBook(InstrumentId.from_str("BTCUSDT.BINANCE_SPOT"), BookType.L2_MBP)
    _fill(book, bid, levels)
    return book


def _fill(book: OrderBook, bid: str, levels: int) -> None:
    book.clear(time.time_ns(), 0)
    for number in range(levels):
        for side, step in ((OrderSide.BUY, -number), (OrderSide.SELL, number + 1)):
            price = Price.from_str(f"{Decimal(bid) + step:.2f}")
            order = BookOrder(side, price, Quantity.from_str("1.500"), 0)
            book.add(order, time.time_ns(), 0, number)


def _trade(number: int) -> TradeTick:
    now_ns = time.time_ns()
    return TradeTick(
        InstrumentId.from_str("BTCUSDT.BINANCE_SPOT"),
        Price.from_str("100.10"),
        Quantity.from_str("0.20"),
        AggressorSide.SELLER,
        TradeId(str(number)),
        now_ns,
        now_ns,
    )


async def test_ten_levels_of_a_book_are_read_best_first() -> None:
    board = MarketBoard()
    board.put_book(_book("100.00"), time.time_ns())
    depth = await anext(board.stream())
    assert isinstance(depth, Depth)
    assert [price for price, _ in depth.bids] == [Decimal(100 - step) for step in range(10)]
    assert [price for price, _ in depth.asks] == [Decimal(101 + step) for step in range(10)]
    assert depth.bids[0][1] == Decimal("1.5")


async def test_a_book_is_read_at_most_once_per_interval_and_its_last_state_is_not_missed() -> None:
    board = MarketBoard(
        interval=timedelta(milliseconds=5), depth_interval=timedelta(milliseconds=200)
    )
    book, read = _book("100.00"), list[MarketEvent]()

    async def reader() -> None:
        stream = board.stream()
        while True:
            read.append(await anext(stream))

    task = asyncio.create_task(reader())
    for bid in range(100, 130):
        _fill(book, f"{bid}.00", 12)
        board.put_book(book, time.time_ns())
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    task.cancel()
    assert 2 <= len(read) <= 4
    last = read[-1]
    assert isinstance(last, Depth)
    assert last.bids[0][0] == Decimal(129)


async def test_of_too_many_trades_the_oldest_go() -> None:
    board = MarketBoard()
    for number in range(1500):
        board.put_trade(_trade(number))
    stream = board.stream()
    trades = [await anext(stream) for _ in range(1000)]
    assert isinstance(trades[0], MarketTrade)
    assert trades[0] == MarketTrade(
        "BTCUSDT.BINANCE_SPOT",
        "500",
        Decimal("100.1"),
        Decimal("0.2"),
        Side.SELL,
        trades[0].ts_event,
    )
    assert isinstance(trades[-1], MarketTrade)
    assert trades[-1].trade_id == "1499"
