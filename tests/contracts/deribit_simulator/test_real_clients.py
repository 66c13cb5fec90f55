"""Clients that know nothing of simulators use it by URL alone: ccxt, ccxt.pro, NautilusTrader."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt.pro as ccxt
import pytest

from tests.contracts.deribit_simulator.rpc import CLIENT_ID, SECRET
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit.instruments import EXPIRY, FUTURE

SESSION = "tests.contracts.deribit_simulator.nautilus_session"
LISTENING = "tests.contracts.deribit_simulator.nautilus_listening"
KINDS = {"book", "quote", "trade", "mark", "index", "bar", "funding", "greeks"}
PROJECT = Path(__file__).resolve().parents[3]
SYMBOL = "BTC/USD:BTC"
OPTION = f"BTC/USD:BTC-{EXPIRY:%y%m%d}-100000-C"


@pytest.fixture
async def exchange(venue: VenueOnLoop) -> AsyncIterator[Any]:
    made = ccxt.deribit({"apiKey": CLIENT_ID, "secret": SECRET, "enableRateLimit": False})
    made.urls["api"] = {
        "rest": f"http://127.0.0.1:{venue.port}",
        "ws": f"ws://127.0.0.1:{venue.port}/ws/api/v2",
    }
    try:
        yield made
    finally:
        await made.close()


async def test_ccxt_trades(exchange: Any) -> None:
    markets = await exchange.load_markets()
    assert {market["type"] for market in markets.values()} == {"swap", "future", "option"}
    resting = await exchange.create_order(SYMBOL, "limit", "buy", 100, 98_000, {"label": "mine"})
    edited = await exchange.edit_order(resting["id"], SYMBOL, "limit", "buy", 200, 97_000)
    assert (edited["amount"], edited["price"]) == (200, 97_000)
    assert [order["id"] for order in await exchange.fetch_open_orders(SYMBOL)] == [resting["id"]]
    assert (await exchange.cancel_order(resting["id"], SYMBOL))["status"] == "canceled"
    bought = await exchange.create_order(SYMBOL, "market", "buy", 1000)
    assert (bought["status"], bought["filled"], bought["fee"]["currency"]) == (
        "closed",
        1000,
        "BTC",
    )
    [trade] = await exchange.fetch_my_trades(SYMBOL)
    assert (trade["order"], trade["takerOrMaker"]) == (bought["id"], "taker")
    [position] = await exchange.fetch_positions()
    assert (position["side"], position["contracts"]) == ("long", 1000)
    guard = {"stopLossPrice": 95_000, "reduceOnly": True}
    stop = await exchange.create_order(SYMBOL, "stop_market", "sell", 1000, None, guard)
    assert stop["info"]["order_state"] == "untriggered"
    trailing = {"trailingAmount": 500, "trigger": "mark_price"}
    trail = await exchange.create_order(SYMBOL, "market", "sell", 1000, None, trailing)
    assert trail["info"]["order_type"] == "trailing_stop"
    for order in (stop, trail):
        assert (await exchange.cancel_order(order["id"], SYMBOL))["status"] == "canceled"
    assert (await exchange.fetch_balance())["BTC"]["total"] == pytest.approx(1000, abs=0.001)
    assert (await exchange.fetch_ticker(SYMBOL))["markPrice"] == 100_000


async def test_ccxt_reads_the_market(exchange: Any) -> None:
    await exchange.load_markets()
    await exchange.create_order(SYMBOL, "market", "buy", 1000)
    assert (await exchange.fetch_tickers([SYMBOL]))[SYMBOL]["last"] == 100_005
    bars = await exchange.fetch_ohlcv(SYMBOL, "1m")
    assert (len(bars) > 100, bars[-1][4]) == (True, 100_005)
    [trade] = await exchange.fetch_trades(SYMBOL)
    assert (trade["side"], trade["amount"]) == ("buy", 1000)
    book = await exchange.fetch_order_book(SYMBOL, 5)
    assert (len(book["bids"]), book["bids"][0][0] < book["asks"][0][0]) == (5, True)


async def test_ccxt_knows_the_refusals(exchange: Any) -> None:
    await exchange.load_markets()
    with pytest.raises(ccxt.OrderNotFound):
        await exchange.cancel_order("42", SYMBOL)
    with pytest.raises(ccxt.InvalidOrder, match="11054"):
        await exchange.create_order(SYMBOL, "limit", "buy", 100, 101_000, {"postOnly": True})
    exchange.secret = "wrong"
    with pytest.raises(ccxt.AuthenticationError):
        await exchange.fetch_balance()


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("fetch_accounts", ()),
        ("fetch_closed_orders", (SYMBOL,)),
        ("fetch_currencies", ()),
        ("fetch_deposit_withdraw_fees", ()),
        ("fetch_deposits", ("BTC",)),
        ("fetch_funding_rate", (SYMBOL,)),
        ("fetch_funding_rate_history", (SYMBOL,)),
        ("fetch_greeks", (OPTION,)),
        ("fetch_liquidations", (SYMBOL,)),
        ("fetch_my_liquidations", (SYMBOL,)),
        ("fetch_open_interest", (SYMBOL,)),
        ("fetch_option", (OPTION,)),
        ("fetch_option_chain", ("BTC",)),
        ("fetch_position", (SYMBOL,)),
        ("fetch_status", ()),
        ("fetch_time", ()),
        ("fetch_trading_fees", ()),
        ("fetch_transfers", ("BTC",)),
        ("fetch_volatility_history", ("BTC",)),
        ("fetch_withdrawals", ("BTC",)),
    ],
)
async def test_ccxt_asks_all_that_it_can(
    exchange: Any, method: str, arguments: tuple[str, ...]
) -> None:
    """What the other tests do not ask; only about addresses there is nothing to be asked."""
    await exchange.load_markets()
    assert await getattr(exchange, method)(*arguments) is not None


async def test_ccxt_hears_of_an_expiry(exchange: Any, venue: VenueOnLoop) -> None:
    await exchange.load_markets()
    future = f"BTC/USD:BTC-{EXPIRY:%y%m%d}"
    await exchange.create_order(future, "market", "buy", 1000)
    resting = await exchange.create_order(future, "limit", "buy", 1000, 98_000)
    venue.venue.expire_instrument(FUTURE, Decimal(101_000))  # type: ignore[attr-defined]
    assert (await exchange.fetch_order(resting["id"], future))["status"] == "canceled"
    assert await exchange.fetch_positions() == []
    with pytest.raises(ccxt.ExchangeError, match="10012"):
        await exchange.create_order(future, "market", "buy", 1000)
    await exchange.load_markets(reload=True)
    assert future not in exchange.markets


@pytest.mark.parametrize(
    "watch",
    [
        "watch_orders",
        "watch_my_trades",
        "watch_order_book",
        "watch_ticker",
        "watch_trades",
        "watch_ohlcv",
        "watch_bids_asks",
        "watch_balance",
    ],
)
async def test_ccxt_pro_watches(exchange: Any, watch: str) -> None:
    await exchange.load_markets()
    several, none = watch == "watch_bids_asks", watch == "watch_balance"
    arguments = () if none else ([SYMBOL] if several else SYMBOL,)
    watching = asyncio.create_task(getattr(exchange, watch)(*arguments))
    while not watching.done():
        await asyncio.sleep(0.2)
        await exchange.create_order(SYMBOL, "market", "buy", 100)
    told = await watching
    match watch:
        case "watch_balance":
            assert told["info"]["equity"] > 0
        case "watch_ohlcv":
            # Of the beat if that came before the trade.
            assert told[-1][4] in (100_000, 100_005)
        case "watch_bids_asks":
            assert told[SYMBOL]["bid"] < told[SYMBOL]["ask"]
        case _:
            last = told if isinstance(told, dict) else told[-1]
            assert last["symbol"] == SYMBOL


async def test_nautilus_listens(venue: VenueOnLoop) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        LISTENING,
        str(venue.port),
        CLIENT_ID,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{SECRET}\n".encode())
    assert await asyncio.wait_for(process.stdout.readline(), 60) == b"listening\n"
    saying = asyncio.create_task(process.stdout.readline())
    for minute in itertools.count():
        venue.print("BTC-PERPETUAL", Decimal(10))
        done, _ = await asyncio.wait({saying}, timeout=1)
        if done:
            break
        # A bar is over when the next one begins.
        venue.faults.clear()
        venue.arm("clock_skew", params={"ms": 61_000 * (minute + 1)})
    heard = json.loads(await saying)
    assert set(heard) == KINDS
    await process.wait()


async def test_nautilus_trades(venue: VenueOnLoop) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        SESSION,
        str(venue.port),
        CLIENT_ID,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=PROJECT,
    )
    output, _ = await asyncio.wait_for(process.communicate(SECRET.encode()), 90)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in output.decode().splitlines():
        if line.startswith("{"):
            event = json.loads(line)
            events.setdefault(event["order"], []).append(event)
    told = {name: [event["event"] for event in of] for name, of in events.items()}
    begun = ["OrderInitialized", "OrderSubmitted", "OrderAccepted"]
    assert [name for name in told["fill"] if name != "heard fill"] == begun
    [fill, *_] = [event for event in events["fill"] if event["event"] == "heard fill"]
    assert (fill["last_qty"], fill["commission"]) == ("100", "0.00000049 BTC")
    changed = ["OrderPendingUpdate", "OrderUpdated"]
    assert told["rest"] == [*begun, *changed, "OrderPendingCancel", "OrderCanceled"]
    [amended] = venue.ledger(event="amended", client_order_id="rest")
    assert (amended["price"], amended["quantity"]) == ("97000.0", "200.0")
    assert told["stop"] == [*begun, "OrderPendingCancel", "OrderCanceled"]
    assert "10007" in events["post"][-1]["reason"]
    assert events[""][-1]["count"] > 0
