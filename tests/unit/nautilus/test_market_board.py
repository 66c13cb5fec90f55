"""A slow reader of quotes gets the latest ones, and never too many."""

import asyncio
import time
from datetime import timedelta
from decimal import Decimal

from nautilus_trader.model.data import QuoteTick
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.model.objects import Price, Quantity

from domain.market import Quote
from venues.nautilus.market_board import MarketBoard


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
