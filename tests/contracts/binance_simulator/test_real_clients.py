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
CONDITIONAL = {
    "SPOTstop": ["OrderAccepted", "OrderFilled"],
    "SPOTice": ["OrderAccepted", "OrderPendingCancel", "OrderCanceled"],
    "PERPstop": ["OrderAccepted", "OrderUpdated", "OrderFilled"],
    "PERPtrail": ["OrderAccepted", "OrderPendingCancel", "OrderCanceled"],
    "PERPdate": [
        "OrderAccepted",
        "OrderPendingUpdate",
        "OrderUpdated",
        "OrderPendingCancel",
        "OrderCanceled",
    ],
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
        world.admin_url if key == KEY else "",
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
    if key == KEY:
        _check_conditional(events)


def _check_conditional(events: dict[str, list[dict[str, Any]]]) -> None:
    # NautilusTrader tells of an acceptance again when a triggered order enters the book.
    first = {name: list(dict.fromkeys(e["event"] for e in events[name])) for name in CONDITIONAL}
    assert {name: kinds[2:] for name, kinds in first.items()} == CONDITIONAL


@pytest.mark.parametrize(
    ("venue", "kind", "symbol", "too_much"),
    [
        ("BINANCE_SPOT", "spot", "BTC/USDT", 9_000),
        ("BINANCE_FUTURES", "linear", "BTC/USDT:USDT", 10_000),
    ],
)
async def test_ccxt_trades(world: World, venue: str, kind: str, symbol: str, too_much: int) -> None:
    exchange = _client(world.ports[venue], kind)
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


async def test_ccxt_places_conditional_orders(world: World) -> None:
    spot, perp = "BTC/USDT", "BTC/USDT:USDT"
    exchange = _client(world.ports["BINANCE_SPOT"], "spot")
    try:
        await exchange.load_markets()
        stop = await exchange.create_order(
            spot, "limit", "buy", 0.01, 106_000, {"stopLossPrice": 105_000}
        )
        ice = await exchange.create_order(spot, "limit", "buy", 0.01, 90_000, {"icebergQty": 0.002})
        assert {order["id"] for order in await exchange.fetch_open_orders(spot)} == {
            stop["id"],
            ice["id"],
        }
        with pytest.raises(ccxt.OrderImmediatelyFillable):
            await exchange.create_order(
                spot, "limit", "buy", 0.01, 106_000, {"stopLossPrice": 90_000}
            )
        edited = await exchange.edit_order(ice["id"], spot, "limit", "buy", 0.01, 91_000)
        assert (edited["price"], edited["status"]) == (91_000, "open")
    finally:
        await exchange.close()
    exchange = _client(world.ports["BINANCE_FUTURES"], "linear")
    try:
        await exchange.load_markets()
        algo = {"triggerPrice": 105_000}
        stop = await exchange.create_order(perp, "market", "buy", 0.01, None, algo)
        trailing = {"trailingPercent": 1, "reduceOnly": True}
        await exchange.create_order(perp, "market", "sell", 0.01, None, trailing)
        waiting = await exchange.fetch_open_orders(perp, params={"trigger": True})
        assert len(waiting) == 2
        canceled = await exchange.cancel_order(stop["id"], perp, {"trigger": True})
        assert canceled["id"] == stop["id"]
        algo = {"stopLossPrice": 90_000}
        with pytest.raises(ccxt.ExchangeError, match="-2021"):
            await exchange.create_order(perp, "market", "buy", 0.01, None, algo)
    finally:
        await exchange.close()


def _client(port: int, kind: str) -> Any:
    """A ccxt client of one product at a port."""
    options = {
        "fetchCurrencies": False,
        "fetchMargins": False,
        "fetchMarkets": {"types": [kind]},
        "defaultType": "spot" if kind == "spot" else "future",
    }
    exchange = ccxt.binance({"apiKey": KEY, "secret": SECRET, "options": options})
    for name, url in exchange.urls["api"].items():
        if isinstance(url, str):
            exchange.urls["api"][name] = f"http://127.0.0.1:{port}" + url.partition(".com")[2]
    return exchange
