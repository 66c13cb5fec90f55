"""Clients that know nothing of simulators use it by URL alone: NautilusTrader, ccxt, ccxt.pro."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ccxt.async_support as ccxt
import ccxt.pro as ccxt_pro
import pytest

from tests.contracts.bybit_simulator.bybit_client import KEY, SECRET
from tests.contracts.bybit_simulator.worlds import World

SESSION = "tests.contracts.bybit_simulator.nautilus_session"
PROJECT = Path(__file__).resolve().parents[3]
KINDS = {
    "fill": ["OrderInitialized", "OrderSubmitted", "OrderFilled"],
    "rest": [
        "OrderInitialized",
        "OrderSubmitted",
        "OrderAccepted",
        "OrderPendingUpdate",
        "OrderUpdated",
        "OrderPendingCancel",
        "OrderCanceled",
    ],
    "post": ["OrderInitialized", "OrderSubmitted", "OrderRejected"],
}
FEES = {"spot": "BTC", "linear": "USDT", "inverse": "BTC"}


async def test_nautilus_trades_all_categories_by_its_trade_socket(world: World) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SESSION,
        str(world.venue.port),
        KEY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    output, _ = await asyncio.wait_for(process.communicate(SECRET.encode()), 60)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in output.decode().splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            events.setdefault(event["order"], []).append(event)
    for category, asset in FEES.items():
        told = {name: [e["event"] for e in events.get(f"{category}{name}", [])] for name in KINDS}
        # Inside of the library the fill of an order may overtake its acceptance.
        told["fill"] = [event for event in told["fill"] if event != "OrderAccepted"]
        assert told == KINDS
        assert events[f"{category}fill"][-1]["commission"].endswith(asset)
        assert "EC_PostOnlyWillTakeLiquidity" in events[f"{category}post"][-1]["reason"]


@pytest.fixture
async def client(world: World) -> AsyncIterator[ccxt.bybit]:
    """With the urls of the simulator and nothing else changed."""
    made = ccxt.bybit({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    made.urls["api"] = dict.fromkeys(made.urls["api"], f"http://127.0.0.1:{world.venue.port}")
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def streams(world: World) -> AsyncIterator[ccxt_pro.bybit]:
    """With the urls of the simulator and nothing else changed."""
    made = ccxt_pro.bybit({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    address = f"127.0.0.1:{world.venue.port}"
    sockets = moved(made.urls["api"].pop("ws"), f"ws://{address}")
    made.urls["api"] = dict.fromkeys(made.urls["api"], f"http://{address}") | {"ws": sockets}
    try:
        yield made
    finally:
        await made.close()


def moved(urls: Any, to: str) -> Any:
    """The addresses of all sockets, with their paths, on another host."""
    if isinstance(urls, dict):
        return {name: moved(url, to) for name, url in urls.items()}
    return to + urlsplit(urls).path


MARKETS = pytest.mark.parametrize(
    ("symbol", "amount", "fee"),
    [("BTC/USDT", 0.01, "BTC"), ("BTC/USDT:USDT", 0.01, "USDT"), ("BTC/USD:BTC", 100, "BTC")],
)


@MARKETS
async def test_ccxt_trades(client: ccxt.bybit, symbol: str, amount: float, fee: str) -> None:
    markets = await client.load_markets()
    assert markets[symbol]["active"] is True
    ticker = await client.fetch_ticker(symbol)
    assert ticker["bid"] < ticker["ask"]
    resting = await client.create_order(symbol, "limit", "buy", amount, 97_000)
    assert [order["id"] for order in await client.fetch_open_orders(symbol)] == [resting["id"]]
    await client.edit_order(resting["id"], symbol, "limit", "buy", amount, 97_500)
    assert (await client.fetch_open_order(resting["id"], symbol))["price"] == 97_500
    await client.cancel_order(resting["id"], symbol)
    known = {"acknowledged": True}
    assert (await client.fetch_order(resting["id"], symbol, known))["status"] == "canceled"
    await client.create_order(symbol, "market", "buy", amount, 100_000)
    trades = await client.fetch_my_trades(symbol)
    assert [trade["fee"]["currency"] for trade in trades] == [fee]


@MARKETS
async def test_ccxt_hears_no_as_its_own_errors(
    client: ccxt.bybit, symbol: str, amount: float, fee: str
) -> None:
    once = {"clientOrderId": "once"}
    await client.create_order(symbol, "limit", "buy", amount, 97_000, once)
    with pytest.raises(ccxt.InvalidOrder, match="uplicate"):
        await client.create_order(symbol, "limit", "buy", amount, 97_000, once)
    await client.cancel_all_orders(symbol)
    with pytest.raises(ccxt.OrderNotFound):
        await client.cancel_order("0", symbol)


async def test_ccxt_places_conditional_orders(world: World, client: ccxt.bybit) -> None:
    symbol = "BTC/USDT:USDT"
    await client.create_order(symbol, "market", "buy", 0.01)
    terms = {"triggerPrice": 95_000, "triggerDirection": "descending", "reduceOnly": True}
    stop = await client.create_order(symbol, "market", "sell", 0.01, None, terms)
    waiting = await client.fetch_open_orders(symbol, params={"trigger": True})
    assert [order["id"] for order in waiting] == [stop["id"]]
    world.venue.move("BTCUSDT-LINEAR", Decimal(94_000))
    assert sum(one["contracts"] for one in await client.fetch_positions([symbol])) == 0


EVERYWHERE: list[tuple[str, list[Any]]] = [
    ("fetch_status", []),
    ("fetch_time", []),
    ("fetch_currencies", []),
    ("fetch_tickers", [["SYMBOL"]]),
    ("fetch_order_book", ["SYMBOL", 50]),
    ("fetch_trades", ["SYMBOL"]),
    ("fetch_balance", []),
    ("fetch_trading_fee", ["SYMBOL"]),
    ("fetch_ledger", []),
    ("fetch_closed_orders", ["SYMBOL"]),
    ("fetch_canceled_orders", ["SYMBOL"]),
    ("fetch_canceled_and_closed_orders", ["SYMBOL"]),
    ("fetch_my_trades", ["SYMBOL"]),
]
OF_CONTRACTS: list[tuple[str, list[Any]]] = [
    ("fetch_funding_rate", ["SYMBOL"]),
    ("fetch_funding_rate_history", ["SYMBOL"]),
    ("fetch_open_interest", ["SYMBOL"]),
    ("fetch_open_interest_history", ["SYMBOL", "5m"]),
    ("fetch_market_leverage_tiers", ["SYMBOL"]),
    ("fetch_leverage", ["SYMBOL"]),
    ("fetch_position", ["SYMBOL"]),
    ("fetch_positions_history", [["SYMBOL"]]),
    ("fetch_index_ohlcv", ["SYMBOL", "5m"]),
    ("fetch_mark_ohlcv", ["SYMBOL", "1h"]),
]


@pytest.mark.parametrize("symbol", ["BTC/USDT", "BTC/USDT:USDT"])
async def test_ccxt_hears_an_answer_to_everything_it_asks(client: ccxt.bybit, symbol: str) -> None:
    await client.load_markets()
    await client.create_order(symbol, "market", "buy", 0.01, 100_000)
    if ":" in symbol:
        await client.create_order(symbol, "market", "sell", 0.01)
    for name, arguments in EVERYWHERE + (OF_CONTRACTS if ":" in symbol else []):
        named = [[symbol] if a == ["SYMBOL"] else symbol if a == "SYMBOL" else a for a in arguments]
        assert await getattr(client, name)(*named) is not None, name
    for timeframe in client.timeframes:
        bars = await client.fetch_ohlcv(symbol, timeframe, limit=5)
        assert len(bars) == 5, timeframe


async def test_ccxt_is_protected_by_the_exits_that_it_asked_for(
    world: World, client: ccxt.bybit
) -> None:
    symbol = "BTC/USDT:USDT"
    exits = {"stopLoss": {"triggerPrice": 95_000}, "takeProfit": {"triggerPrice": 105_000}}
    await client.create_order(symbol, "market", "buy", 0.01, None, exits)
    (position,) = await client.fetch_positions([symbol])
    assert (position["stopLossPrice"], position["takeProfitPrice"]) == (95_000, 105_000)
    world.venue.move("BTCUSDT-LINEAR", Decimal(94_000))
    assert sum(one["contracts"] for one in await client.fetch_positions([symbol])) == 0
    with pytest.raises(ccxt.BadRequest, match="stopLoss"):
        await client.create_order("BTC/USDT", "limit", "buy", 0.01, 97_000, exits)


async def test_ccxt_closes_a_position_by_a_pair(world: World, client: ccxt.bybit) -> None:
    symbol = "BTC/USDT:USDT"
    await client.create_order(symbol, "market", "buy", 0.02)
    either = {"stopLossPrice": 95_000, "takeProfitPrice": 105_000}
    await client.create_order(symbol, "market", "sell", 0.01, None, either)
    world.venue.move("BTCUSDT-LINEAR", Decimal(106_000))
    (position,) = await client.fetch_positions([symbol])
    assert position["contracts"] == 0.01
    assert await client.fetch_open_orders(symbol, params={"trigger": True}) == []


@pytest.mark.parametrize("symbol", ["BTC/USDT", "BTC/USDT:USDT"])
async def test_ccxt_watches_its_orders_trades_and_money(
    streams: ccxt_pro.bybit, symbol: str
) -> None:
    await streams.load_markets()
    watching = [
        asyncio.create_task(watcher)
        for watcher in (
            streams.watch_orders(symbol),
            streams.watch_my_trades(symbol),
            streams.watch_balance(),
        )
    ]
    placed: set[str] = set()
    async with asyncio.timeout(20):
        # Until all have subscribed, and heard of an order after that.
        while not all(task.done() for task in watching):
            order = await streams.create_order(symbol, "market", "buy", 0.001, 100_000)
            placed.add(order["id"])
            await asyncio.wait(watching, timeout=0.3)
    orders, trades, balance = [task.result() for task in watching]
    assert {order["id"] for order in orders} <= placed
    assert {trade["order"] for trade in trades} <= placed
    assert {one["symbol"] for one in [*orders, *trades]} == {symbol}
    assert balance["USDT"]["total"] > 0


async def test_ccxt_watches_the_market(world: World, streams: ccxt_pro.bybit) -> None:
    symbol = "BTC/USDT:USDT"
    await streams.load_markets()
    ticker = await asyncio.wait_for(streams.watch_ticker(symbol), 10)
    book = await asyncio.wait_for(streams.watch_order_book(symbol, 50), 10)
    assert ticker["bid"] == book["bids"][0][0]
    for timeframe in ("1m", "1h", "1d"):
        bars = asyncio.create_task(streams.watch_ohlcv(symbol, timeframe))
        async with asyncio.timeout(10):
            while not bars.done():
                world.venue.print("BTCUSDT-LINEAR", Decimal("0.01"))
                await asyncio.wait([bars], timeout=0.2)
        assert bars.result()[-1][5] > 0, timeframe
