"""Clients that know nothing of simulators use it by URL alone: NautilusTrader and ccxt."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.contracts.bybit_simulator.bybit_client import KEY, SECRET
from tests.contracts.bybit_simulator.worlds import World

SESSION = "tests.contracts.bybit_simulator.nautilus_session"
PROJECT = Path(__file__).resolve().parents[3]
KINDS = {
    "fill": ["OrderInitialized", "OrderSubmitted", "OrderAccepted", "OrderFilled"],
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
        assert told == KINDS
        assert events[f"{category}fill"][-1]["commission"].endswith(asset)
        assert "EC_PostOnlyWillTakeLiquidity" in events[f"{category}post"][-1]["reason"]


@pytest.fixture
async def client(world: World) -> AsyncIterator[ccxt.bybit]:
    made = ccxt.bybit({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    made.options["fetchMarkets"]["types"] = ["spot", "linear", "inverse"]
    base = f"http://127.0.0.1:{world.venue.port}"
    made.urls["api"] = dict.fromkeys(made.urls["api"], base)
    try:
        yield made
    finally:
        await made.close()


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
