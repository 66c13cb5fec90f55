"""Clients that know nothing of simulators use it by URL alone: NautilusTrader and ccxt."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ccxt.pro as ccxt
import pytest

from tests.contracts.binance_simulator.worlds import World
from tests.support.binance_client import ED25519_KEY, ED25519_PEM, KEY, SECRET

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
    """With HMAC keys futures opens its stream by REST, with Ed25519 by the WebSocket API. At spot
    the library logs in, which takes an Ed25519 key."""
    secrets = {"SPOT": ED25519_PEM, "PERP": SECRET if key == KEY else ED25519_PEM}
    ports = [str(world.ports[name]) for name in ("BINANCE_SPOT", "BINANCE_FUTURES")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SESSION,
        *ports,
        world.admin_url if key == KEY else "",
        ED25519_KEY,
        key,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    output, _ = await asyncio.wait_for(process.communicate(json.dumps(secrets).encode()), 60)
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


SPOT, PERP = "BTC/USDT", "BTC/USDT:USDT"


@pytest.fixture
async def exchange(world: World) -> AsyncIterator[Any]:
    """ccxt as it comes, but for its addresses."""
    client = ccxt.binance({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    client.urls["api"] = _here(client.urls["api"], world)
    yield client
    await client.close()


def _here(urls: Any, world: World) -> Any:
    """The same addresses on this machine; sockets keep the host's name in the path."""
    if isinstance(urls, dict):
        return {name: _here(url, world) for name, url in urls.items()}
    url = urlsplit(urls)
    of_futures = "fapi" in url.hostname + url.path or "fstream" in url.hostname
    port = world.ports["BINANCE_FUTURES" if of_futures else "BINANCE_SPOT"]
    if url.scheme == "wss":
        return f"ws://127.0.0.1:{port}/{url.hostname}{url.path}"
    return f"http://127.0.0.1:{port}{url.path}"


async def test_ccxt_loads_all_markets(exchange: Any) -> None:
    await exchange.load_markets()
    assert {SPOT, PERP} <= set(exchange.markets)
    assert {"BTC", "ETH", "USDT"} <= set(exchange.currencies)
    assert (await exchange.fetch_status())["status"] == "ok"
    assert not exchange.markets[SPOT]["margin"]


@pytest.mark.parametrize(("symbol", "too_much"), [(SPOT, 9_000), (PERP, 10_000)])
async def test_ccxt_trades(exchange: Any, symbol: str, too_much: int) -> None:
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


async def test_ccxt_places_conditional_orders(exchange: Any) -> None:
    await exchange.load_markets()
    stop = await exchange.create_order(
        SPOT, "limit", "buy", 0.01, 106_000, {"stopLossPrice": 105_000}
    )
    ice = await exchange.create_order(SPOT, "limit", "buy", 0.01, 90_000, {"icebergQty": 0.002})
    assert {order["id"] for order in await exchange.fetch_open_orders(SPOT)} == {
        stop["id"],
        ice["id"],
    }
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        await exchange.create_order(SPOT, "limit", "buy", 0.01, 106_000, {"stopLossPrice": 90_000})
    edited = await exchange.edit_order(ice["id"], SPOT, "limit", "buy", 0.01, 91_000)
    assert (edited["price"], edited["status"]) == (91_000, "open")
    algo = {"triggerPrice": 105_000}
    stop = await exchange.create_order(PERP, "market", "buy", 0.01, None, algo)
    trailing = {"trailingPercent": 1, "reduceOnly": True}
    await exchange.create_order(PERP, "market", "sell", 0.01, None, trailing)
    assert len(await exchange.fetch_open_orders(PERP, params={"trigger": True})) == 2
    canceled = await exchange.cancel_order(stop["id"], PERP, {"trigger": True})
    assert canceled["id"] == stop["id"]
    with pytest.raises(ccxt.ExchangeError, match="-2021"):
        await exchange.create_order(PERP, "market", "buy", 0.01, None, {"stopLossPrice": 90_000})


@pytest.mark.parametrize("symbol", [SPOT, PERP])
async def test_ccxt_reads_the_market(exchange: Any, symbol: str) -> None:
    await exchange.load_markets()
    for interval in ("1m", "5m", "1h", "1d"):
        assert len(await exchange.fetch_ohlcv(symbol, interval, limit=100)) == 100
    ticker = await exchange.fetch_ticker(symbol)
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert symbol in await exchange.fetch_tickers([symbol])
    assert (await exchange.fetch_bids_asks([symbol]))[symbol]["bid"]
    book = await exchange.fetch_order_book(symbol, 100)
    assert book["bids"][0][0] < book["asks"][0][0]
    assert isinstance(await exchange.fetch_trades(symbol), list)


async def test_ccxt_uses_what_only_futures_have(exchange: Any) -> None:
    await exchange.load_markets()
    order = {"symbol": PERP, "type": "limit", "side": "buy", "amount": 0.01}
    placed = await exchange.create_orders([order | {"price": 97_000 - n} for n in range(3)])
    ids = [each["id"] for each in placed]
    edits = [order | {"id": each, "price": 96_000} for each in ids]
    edited = await exchange.edit_orders(edits)
    assert [each["price"] for each in edited] == [96_000] * 3
    await exchange.create_order(PERP, "market", "buy", 0.01)
    (position,) = await exchange.fetch_positions([PERP])
    assert (position["side"], position["contracts"]) == ("long", 0.01)
    assert len(await exchange.fetch_mark_ohlcv(PERP, "1h", limit=50)) == 50
    assert len(await exchange.fetch_index_ohlcv(PERP, "1h", limit=50)) == 50
    assert (await exchange.fetch_funding_rate(PERP))["fundingRate"] == 0
    assert len(await exchange.fetch_funding_rate_history(PERP, limit=5)) == 5
    assert (await exchange.fetch_open_interest(PERP))["openInterestAmount"] == 0.01
    entries = await exchange.fetch_ledger("USDT", params={"type": "future"})
    assert [row["type"] for row in entries] == ["commission"]
    assert await exchange.fetch_my_liquidations(PERP) == []
    assert (await exchange.fetch_leverage(PERP))["longLeverage"] == 20


@pytest.mark.parametrize("symbol", [SPOT, PERP])
async def test_ccxt_pro_hears_the_market(world: World, exchange: Any, symbol: str) -> None:
    """It numbers its sockets in the path, and subscribes to everything afterwards."""
    await exchange.load_markets()
    watching = [
        exchange.watch_ticker(symbol),
        exchange.watch_tickers([symbol]),
        exchange.watch_bids_asks([symbol]),
        exchange.watch_order_book(symbol),
        exchange.watch_ohlcv(symbol, "1m"),
        exchange.watch_ohlcv(symbol, "1h"),
        exchange.watch_trades(symbol),
    ]
    if symbol == PERP:
        watching += [exchange.watch_mark_price(symbol), exchange.watch_mark_prices([symbol])]
    heard = asyncio.gather(*watching)
    venue = "BINANCE_SPOT" if symbol == SPOT else "BINANCE_FUTURES"
    trade = {"venue": venue, "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.001"}
    async with asyncio.timeout(20):
        while not heard.done():
            await world.admin("POST", "/market/trade", **trade)
            await asyncio.sleep(0.2)
    ticker, _, tops, book, *_ = heard.result()
    assert ticker["symbol"] == symbol
    assert tops[symbol]["bid"] < tops[symbol]["ask"]
    assert book["bids"]


@pytest.mark.parametrize("symbol", [SPOT, PERP])
async def test_ccxt_pro_hears_its_orders(world: World, exchange: Any, symbol: str) -> None:
    await exchange.load_markets()
    exchange.options["defaultType"] = "spot" if symbol == SPOT else "future"
    orders = asyncio.create_task(exchange.watch_orders(symbol))
    trades = asyncio.create_task(exchange.watch_my_trades(symbol))
    balance = asyncio.create_task(exchange.watch_balance())
    async with asyncio.timeout(20):
        while not all(task.done() for task in (orders, trades, balance)):
            await exchange.create_order_ws(symbol, "market", "buy", 0.01)
            await asyncio.sleep(0.2)
    assert orders.result()[0]["symbol"] == symbol
    assert trades.result()[0]["amount"] == 0.01
    assert balance.result()["USDT"]["total"] > 0
    resting = await exchange.create_order_ws(symbol, "limit", "buy", 0.01, 97_000)
    edited = await exchange.edit_order_ws(resting["id"], symbol, "limit", "buy", 0.01, 96_990)
    canceled = await exchange.cancel_order_ws(edited["id"], symbol)
    assert canceled["status"] == "canceled"
