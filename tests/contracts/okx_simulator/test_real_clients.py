"""Clients that know nothing of simulators use it by URL alone: NautilusTrader, ccxt, ccxt.pro."""

import asyncio
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import ccxt.pro as ccxt_pro
import pytest

from tests.contracts.okx_simulator.okx_client import KEY, PASSPHRASE, SECRET
from tests.contracts.okx_simulator.worlds import World

SESSION = "tests.contracts.okx_simulator.nautilus_session"
PROJECT = Path(__file__).resolve().parents[3]
ENDS = {"fill": "OrderFilled", "rest": "OrderCanceled", "stop": "OrderCanceled"}


async def test_nautilus_trades_both_products(world: World) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SESSION,
        str(world.client.port),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    given = f"{KEY} {SECRET} {PASSPHRASE}".encode()
    output, _ = await asyncio.wait_for(process.communicate(given), 60)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in output.decode().splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            events.setdefault(event["order"], []).append(event)
    for product, asset in (("SPOT", "BTC"), ("SWAP", "USDT")):
        for name, end in ENDS.items():
            told = [event["event"] for event in events[f"{product}{name}"]]
            assert told[:3] == ["OrderInitialized", "OrderSubmitted", "OrderAccepted"], told
            assert told[-1] == end, told
        assert events[f"{product}fill"][-1]["commission"].endswith(asset)
        amended = [e for e in events[f"{product}rest"] if e["event"] == "OrderUpdated"]
        assert [Decimal(event["price"].replace("_", "")) for event in amended] == [97_500]
        assert events[f"{product}post"][-1]["event"] in ("OrderRejected", "OrderCanceled")
    ledger = world.venue.summary()
    assert ledger.doubled == []
    assert {name: order.state for name, (order,) in ledger.orders.items()} == {
        f"{product}{name}": "filled" if name == "fill" else "canceled"
        for product in ("SPOT", "SWAP")
        for name in ("fill", "rest", "post", "stop")
    }


def pointed(exchange: Any, port: int) -> Any:
    """ccxt's client with the urls of the simulator and nothing else changed."""
    exchange.urls["api"] = {
        "rest": f"http://127.0.0.1:{port}",
        "ws": f"ws://127.0.0.1:{port}/ws/v5",
    }
    exchange.hostname = f"127.0.0.1:{port}"
    return exchange


CREDENTIALS = {
    "apiKey": KEY,
    "secret": SECRET,
    "password": PASSPHRASE,
    "enableRateLimit": False,
}


@pytest.mark.parametrize(
    ("symbol", "amount", "too_much"),
    [("BTC/USDT", 0.01, 900), ("BTC/USDT:USDT", 1, 90_000_000)],
)
async def test_ccxt_trades(world: World, symbol: str, amount: float, too_much: float) -> None:
    exchange = pointed(ccxt.okx(CREDENTIALS), world.client.port)
    params = {"tdMode": "cash" if ":" not in symbol else "cross", "tgtCcy": "base_ccy"}
    try:
        await exchange.load_markets()
        market = exchange.market(symbol)
        assert market["contractSize"] == (None if ":" not in symbol else 0.01)
        resting = await exchange.create_order(symbol, "limit", "buy", amount, 98_000, params)
        assert len(await exchange.fetch_open_orders(symbol)) == 1
        await exchange.edit_order(resting["id"], symbol, "limit", "buy", amount, 97_500)
        assert (await exchange.fetch_order(resting["id"], symbol))["price"] == 97_500
        await exchange.cancel_order(resting["id"], symbol)
        with pytest.raises(ccxt.OrderNotFound):
            await exchange.cancel_order(resting["id"], symbol)
        bought = await exchange.create_order(symbol, "market", "buy", amount, None, params)
        found = await exchange.fetch_order(bought["id"], symbol)
        assert (found["status"], found["filled"]) == ("closed", amount)
        (trade,) = await exchange.fetch_my_trades(symbol)
        assert trade["order"] == bought["id"]
        assert trade["fee"]["cost"] > 0
        assert (await exchange.fetch_balance())["USDT"]["free"] > 0
        assert (await exchange.fetch_ticker(symbol))["bid"] > 0
        assert (await exchange.fetch_order_book(symbol, 5))["bids"]
        with pytest.raises(ccxt.InsufficientFunds):
            await exchange.create_order(symbol, "limit", "buy", too_much, 98_000, params)
        stopped = await exchange.create_order(
            symbol, "market", "sell", amount, None, {**params, "stopLossPrice": 97_000}
        )
        waiting = await exchange.fetch_open_orders(
            symbol, params={"trigger": True, "ordType": "conditional"}
        )
        assert [order["id"] for order in waiting] == [stopped["id"]]
        await exchange.cancel_order(stopped["id"], symbol, {"trigger": True})
    finally:
        await exchange.close()


async def test_ccxt_watches_books_and_orders(world: World) -> None:
    """Its book checks the venue's checksum on every update."""
    exchange = pointed(ccxt_pro.okx(CREDENTIALS), world.client.port)
    try:
        await exchange.load_markets()
        book = await asyncio.wait_for(exchange.watch_order_book("BTC/USDT"), 10)
        before = len(book["bids"])
        orders = asyncio.create_task(exchange.watch_orders("BTC/USDT"))
        await asyncio.sleep(0.5)
        await world.place("seen", px="99992.5")
        (order,) = await asyncio.wait_for(orders, 10)
        assert (order["clientOrderId"], order["status"]) == ("seen", "open")
        book = await asyncio.wait_for(exchange.watch_order_book("BTC/USDT"), 10)
        assert len(book["bids"]) == before + 1
    finally:
        await exchange.close()


EVERYWHERE: list[tuple[str, list[Any]]] = [
    ("fetch_status", []),
    ("fetch_time", []),
    ("fetch_currencies", []),
    ("fetch_accounts", []),
    ("fetch_tickers", [["SYMBOL"]]),
    ("fetch_order_book", ["SYMBOL", 50]),
    ("fetch_trades", ["SYMBOL"]),
    ("fetch_balance", []),
    ("fetch_trading_fee", ["SYMBOL"]),
    ("fetch_ledger", []),
    ("fetch_closed_orders", ["SYMBOL"]),
    ("fetch_canceled_orders", ["SYMBOL"]),
    ("fetch_my_trades", ["SYMBOL"]),
]
OF_SWAPS: list[tuple[str, list[Any]]] = [
    ("fetch_funding_rate", ["SYMBOL"]),
    ("fetch_funding_rates", [["SYMBOL"]]),
    ("fetch_funding_rate_history", ["SYMBOL"]),
    ("fetch_funding_history", ["SYMBOL"]),
    ("fetch_open_interest", ["SYMBOL"]),
    ("fetch_market_leverage_tiers", ["SYMBOL"]),
    ("fetch_leverage", ["SYMBOL"]),
    ("fetch_mark_price", ["SYMBOL"]),
    ("fetch_position_mode", ["SYMBOL"]),
    ("fetch_positions", [["SYMBOL"]]),
    ("fetch_positions_history", [["SYMBOL"]]),
    ("fetch_index_ohlcv", ["SYMBOL", "5m"]),
    ("fetch_mark_ohlcv", ["SYMBOL", "1h"]),
]


@pytest.mark.parametrize(("symbol", "amount"), [("BTC/USDT", 0.01), ("BTC/USDT:USDT", 1)])
async def test_ccxt_hears_an_answer_to_everything_it_asks(
    world: World, symbol: str, amount: float
) -> None:
    exchange = pointed(ccxt.okx(CREDENTIALS), world.client.port)
    try:
        await exchange.load_markets()
        await exchange.create_order(symbol, "market", "buy", amount)
        if ":" in symbol:
            await exchange.close_position(symbol)
            with pytest.raises(ccxt.ExchangeError, match="51023"):
                await exchange.close_position(symbol)
        for name, given in EVERYWHERE + (OF_SWAPS if ":" in symbol else []):
            named = [[symbol] if a == ["SYMBOL"] else symbol if a == "SYMBOL" else a for a in given]
            assert await getattr(exchange, name)(*named) is not None, name
        for timeframe in exchange.timeframes:
            bars = await exchange.fetch_ohlcv(symbol, timeframe, limit=5)
            assert len(bars) == 5, timeframe
        await exchange.cancel_all_orders_after(10_000)
    finally:
        await exchange.close()


async def test_ccxt_finds_its_conditional_orders_again(world: World) -> None:
    """By the type under which it placed them."""
    symbol = "BTC/USDT:USDT"
    exchange = pointed(ccxt.okx(CREDENTIALS), world.client.port)
    try:
        await exchange.load_markets()
        trigger = await exchange.create_order(
            symbol, "limit", "buy", 1, 101_500, {"triggerPrice": 101_000}
        )
        waiting = await exchange.fetch_open_orders(symbol, params={"trigger": True})
        assert [(o["id"], o["triggerPrice"]) for o in waiting] == [(trigger["id"], 101_000)]
        either = await exchange.create_order(
            symbol, "market", "sell", 1, None, {"stopLossPrice": 95_000, "takeProfitPrice": 105_000}
        )
        waiting = await exchange.fetch_open_orders(symbol, params={"ordType": "oco"})
        assert [order["id"] for order in waiting] == [either["id"]]
        exits = {"stopLoss": {"triggerPrice": 90_000}}
        with pytest.raises(ccxt.BadRequest, match="attachAlgoOrds"):
            await exchange.create_order(symbol, "limit", "buy", 1, 97_000, exits)
    finally:
        await exchange.close()


async def test_ccxt_watches_bars_and_its_positions(world: World) -> None:
    symbol, name = "BTC/USDT:USDT", "BTC-USDT-SWAP"
    exchange = pointed(ccxt_pro.okx(CREDENTIALS), world.client.port)
    try:
        await exchange.load_markets()
        for timeframe in ("1m", "1h", "1d"):
            bars = asyncio.create_task(exchange.watch_ohlcv(symbol, timeframe))
            async with asyncio.timeout(10):
                while not bars.done():
                    world.venue.print(name, Decimal(1))
                    await asyncio.wait([bars], timeout=0.2)
            assert bars.result()[-1][5] > 0, timeframe
        positions = asyncio.create_task(exchange.watch_positions([symbol]))
        async with asyncio.timeout(10):
            while not positions.done():
                await exchange.create_order(symbol, "market", "sell", 1)
                await asyncio.wait([positions], timeout=0.3)
        (position, *_) = positions.result()
        assert (position["side"], position["symbol"]) == ("short", symbol)
    finally:
        await exchange.close()
