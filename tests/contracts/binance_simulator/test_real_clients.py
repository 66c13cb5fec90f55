"""Clients that know nothing of simulators use it by URL alone: NautilusTrader and ccxt."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
import pytest

from tests.contracts.binance_simulator.worlds import ED25519_KEY, World
from tests.support.binance_client import KEY, SECRET

SESSION = "tests.contracts.binance_simulator.nautilus_session"
PROJECT = Path(__file__).resolve().parents[3]
KINDS = {
    "fill": ["OrderInitialized", "OrderSubmitted", "OrderAccepted", "OrderFilled"],
    "rest": [
        "OrderInitialized",
        "OrderSubmitted",
        "OrderAccepted",
        "OrderPendingCancel",
        "OrderCanceled",
    ],
    "post": ["OrderInitialized", "OrderSubmitted", "OrderRejected"],
}


@pytest.mark.parametrize("key", [KEY, ED25519_KEY])
async def test_nautilus_trades_both_products(world: World, key: str) -> None:
    """With HMAC keys futures opens its stream by REST, with Ed25519 by the WebSocket API."""
    secret = SECRET if key == KEY else world.ed25519_pem
    ports = [str(world.ports[name]) for name in ("BINANCE_SPOT", "BINANCE_FUTURES")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SESSION,
        *ports,
        key,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    output, _ = await asyncio.wait_for(process.communicate(secret.encode()), 60)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in output.decode().splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            events.setdefault(event["order"], []).append(event)
    for product, asset in (("SPOT", "BTC"), ("PERP", "USDT")):
        told = {name: [e["event"] for e in events[f"{product}{name}"]] for name in KINDS}
        assert told == KINDS
        assert events[f"{product}fill"][-1]["commission"].endswith(asset)
    for product, refusal in (("SPOT", "-2010"), ("PERP", "-5022")):
        assert refusal in events[f"{product}post"][-1]["reason"]


@pytest.mark.parametrize(
    ("venue", "kind", "symbol", "too_much"),
    [
        ("BINANCE_SPOT", "spot", "BTC/USDT", 9_000),
        ("BINANCE_FUTURES", "linear", "BTC/USDT:USDT", 10_000),
    ],
)
async def test_ccxt_trades(world: World, venue: str, kind: str, symbol: str, too_much: int) -> None:
    options = {
        "fetchCurrencies": False,
        "fetchMargins": False,
        "fetchMarkets": {"types": [kind]},
        "defaultType": "spot" if kind == "spot" else "future",
    }
    exchange = ccxt.binance({"apiKey": KEY, "secret": SECRET, "options": options})
    base = f"http://127.0.0.1:{world.ports[venue]}"
    for name, url in exchange.urls["api"].items():
        if isinstance(url, str):
            exchange.urls["api"][name] = base + url.partition(".com")[2]
    try:
        await exchange.load_markets()
        resting = await exchange.create_order(symbol, "limit", "buy", 0.01, 98_000)
        assert len(await exchange.fetch_open_orders(symbol)) == 1
        canceled = await exchange.cancel_order(resting["id"], symbol)
        assert canceled["status"] == "canceled"
        bought = await exchange.create_order(symbol, "market", "buy", 0.01)
        found = await exchange.fetch_order(bought["id"], symbol)
        assert (found["status"], found["filled"]) == ("closed", 0.01)
        (trade,) = await exchange.fetch_my_trades(symbol)
        assert trade["order"] == bought["id"]
        with pytest.raises(ccxt.BadSymbol):
            await exchange.fetch_ticker("DOGE/USDT")
        with pytest.raises(ccxt.ExchangeError, match="insufficient"):
            await exchange.create_order(symbol, "limit", "buy", too_much, 101_000)
    finally:
        await exchange.close()
