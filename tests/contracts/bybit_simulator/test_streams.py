"""What the sockets say: private topics in their order, books that can be followed, heartbeats."""

import asyncio
from decimal import Decimal

import pytest

from tests.contracts.bybit_simulator.worlds import MARKET, World
from venues.simulators.bybit.market_streams import FLUSH_S


async def test_a_trade_is_told_as_order_execution_position_and_wallet(world: World) -> None:
    private = await world.client.private("order", "execution", "position", "wallet")
    await world.create("told", **MARKET)
    await private.next(topic="wallet")
    told = [
        (message["topic"], message["data"][0].get("orderStatus", ""))
        for message in private.heard
        if "topic" in message
    ]
    assert told == [
        ("order", "New"),
        ("execution", ""),
        ("order", "Filled"),
        ("position", ""),
        ("wallet", ""),
    ]


async def test_topics_have_names_by_category_too(world: World) -> None:
    private = await world.client.private("order.spot")
    await world.create("linear")
    await world.create("spot", "spot")
    message = await private.next(topic="order.spot")
    assert [row["orderLinkId"] for row in message["data"]] == ["spot"]
    assert (await private.subscribe("nonsense"))["success"] is False


async def test_a_repeated_subscription_is_confirmed_and_told_once(world: World) -> None:
    private = await world.client.private("order", "wallet")
    assert (await private.subscribe("order"))["success"] is True
    await world.create("once")
    await private.next(topic="wallet")
    assert len([m for m in private.heard if m.get("topic") == "order"]) == 1


async def test_heartbeats_have_a_form_a_socket(world: World) -> None:
    public = await world.client.socket("/v5/public/linear")
    await public.send(op="ping", req_id="1")
    assert (await public.next(op="ping"))["ret_msg"] == "pong"
    for path in ("/v5/private", "/v5/trade"):
        socket = await world.client.socket(path)
        await socket.send(op="ping")
        assert (await socket.next(op="pong"))["args"][0].isdigit()


@pytest.mark.parametrize("category", ["spot", "linear"])
async def test_a_book_can_be_followed_by_its_changes(world: World, category: str) -> None:
    socket = await world.client.socket(f"/v5/public/{category}")
    await socket.subscribe("orderbook.50.BTCUSDT")
    first = await socket.next(topic="orderbook.50.BTCUSDT")
    assert first["type"] == "snapshot"
    book = {side: dict(first["data"][side]) for side in "ba"}
    for number, price in enumerate(("99999", "99998")):
        await world.create(f"level{number}", category, price=price, qty="0.5")
        change = await socket.next(topic="orderbook.50.BTCUSDT")
        assert change["type"] == "delta"
        for side in "ba":
            for level, size in change["data"][side]:
                book[side].pop(level, None)
                if Decimal(size):
                    book[side][level] = size
    params = {"category": category, "symbol": "BTCUSDT", "limit": 50}
    truth = (await world.client.get("/v5/market/orderbook", **params)).result
    assert book == {side: dict(truth[side]) for side in "ba"}


async def test_a_gap_in_the_changes_of_a_book(world: World) -> None:
    socket = await world.client.socket("/v5/public/linear")
    await socket.subscribe("orderbook.50.BTCUSDT")
    number = (await socket.next(topic="orderbook.50.BTCUSDT"))["data"]["u"]
    world.venue.arm("book_gap", count=1)
    await world.create("lost", price="99999")
    await asyncio.sleep(2 * FLUSH_S)
    await world.create("heard", price="99998")
    change = await socket.next(topic="orderbook.50.BTCUSDT")
    assert change["data"]["u"] == number + 2


async def test_tickers_and_trades(world: World) -> None:
    socket = await world.client.socket("/v5/public/linear")
    await socket.subscribe("tickers.BTCUSDT", "publicTrade.BTCUSDT")
    ticker = await socket.next(topic="tickers.BTCUSDT")
    assert ticker["type"] == "snapshot"
    await world.create("taker", **MARKET)
    trade = (await socket.next(topic="publicTrade.BTCUSDT"))["data"][0]
    assert (trade["S"], float(trade["v"])) == ("Buy", 0.01)
    changed = await socket.next(topic="tickers.BTCUSDT", type="delta")
    assert changed["data"]["symbol"] == "BTCUSDT"
    assert (await socket.subscribe("tickers.NOSUCH"))["success"] is False
