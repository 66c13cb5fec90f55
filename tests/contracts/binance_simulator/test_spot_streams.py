"""Spot user events, the WebSocket API and market streams."""

import asyncio
from decimal import Decimal
from typing import Any

from tests.contracts.binance_simulator.worlds import MARKET, World, spot_user
from tests.support.binance_client import KEY

D = Decimal


async def depth(world: World) -> dict[str, Any]:
    """A snapshot of the spot book, its sides as sizes by price."""
    snapshot: dict[str, Any] = (
        await world.spot.public("/api/v3/depth", symbol="BTCUSDT", limit=1000)
    ).body
    return snapshot | {side: dict(snapshot[side]) for side in ("bids", "asks")}


def apply(book: dict[str, Any], update: dict[str, Any]) -> None:
    """Apply a diff: sizes are absolute, zero removes a level."""
    for side, name in (("bids", "b"), ("asks", "a")):
        book[side].update(update[name])
        book[side] = {price: size for price, size in book[side].items() if D(size)}


async def test_an_order_is_reported_step_by_step(world: World) -> None:
    user = await spot_user(world)
    await world.buy("fill", price="110000.00")
    events = [(await user.next())["event"] for _ in range(3)]
    new, trade, funds = events
    assert (new["x"], new["X"], new["z"]) == ("NEW", "NEW", "0.00000000")
    assert (trade["x"], trade["X"], trade["l"]) == ("TRADE", "FILLED", "0.01000000")
    assert (trade["c"], trade["N"], trade["m"]) == ("fill", "BTC", False)
    assert funds["e"] == "outboundAccountPosition"
    assert [balance["a"] for balance in funds["B"]] == ["BTC", "USDT"]


async def test_a_cancel_names_the_order_in_its_own_field(world: World) -> None:
    user = await spot_user(world)
    await world.buy("gone")
    await world.spot.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    event = await user.next(lambda each: each["event"].get("x") == "CANCELED")
    assert event["event"]["C"] == "gone"
    assert event["event"]["c"] != "gone"


async def test_a_resting_order_fills_when_the_price_comes(world: World) -> None:
    user = await spot_user(world)
    await world.buy("rest", price="99000.00")
    await world.admin("POST", "/market", symbol="BTCUSDT", mid="98000")
    event = await user.next(lambda each: each["event"].get("x") == "TRADE")
    trade = event["event"]
    assert (trade["X"], trade["L"], trade["m"]) == ("FILLED", "99000.00000000", True)


async def test_orders_go_through_the_websocket_api_too(world: World) -> None:
    session = await world.spot.logged_on("/ws-api/v3")
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
    reply = await session.call("order.place", **order)
    assert (reply["status"], reply["result"]["status"]) == (200, "FILLED")
    refused = await session.call("order.place", **(order | {"symbol": "NOPE"}))
    assert (refused["status"], refused["error"]["code"]) == (400, -1121)


async def test_a_session_must_log_on(world: World) -> None:
    socket = await world.spot.socket("/ws-api/v3")
    refused = await socket.call("userDataStream.subscribe")
    assert refused["status"] == 401
    wrong = await socket.call("session.logon", apiKey=KEY, timestamp=1, signature="x")
    assert wrong["error"]["code"] == -1021


async def test_market_streams_are_wrapped_on_stream_and_bare_on_ws(world: World) -> None:
    wrapped = await world.spot.socket("/stream?streams=btcusdt@bookTicker")
    message = await wrapped.next()
    assert message["stream"] == "btcusdt@bookTicker"
    assert D(message["data"]["b"]) < D(message["data"]["a"])
    bare = await world.spot.socket("/ws/btcusdt@bookTicker")
    assert set(await bare.next()) == {"u", "s", "b", "B", "a", "A"}


async def test_streams_can_be_added_listed_and_removed(world: World) -> None:
    socket = await world.spot.socket("/ws")
    await socket.raw.send_json({"id": 1, "method": "SUBSCRIBE", "params": ["btcusdt@trade"]})
    assert await socket.next() == {"result": None, "id": 1}
    await socket.raw.send_json({"id": 2, "method": "LIST_SUBSCRIPTIONS"})
    assert (await socket.next())["result"] == ["btcusdt@trade"]
    await world.buy("seen", **MARKET)
    trade = await socket.next(lambda message: message.get("e") == "trade")
    assert (trade["q"], trade["m"]) == ("0.01000000", False)
    await socket.raw.send_json({"id": 3, "method": "UNSUBSCRIBE", "params": ["btcusdt@trade"]})
    await socket.next(lambda message: message.get("id") == 3)
    await socket.raw.send_json({"id": 4, "method": "LIST_SUBSCRIPTIONS"})
    assert (await socket.next())["result"] == []


async def test_depth_diffs_continue_a_snapshot(world: World) -> None:
    """The documented way to keep a book: buffer, snapshot, apply. It stays the venue's."""
    socket = await world.spot.socket("/ws/btcusdt@depth@100ms")
    await world.buy("one", price="98000.00")
    previous = (await socket.next())["u"]
    book = await depth(world)
    applied = book["lastUpdateId"]
    await world.buy("two", price="97000.00")
    await world.spot.signed("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="one")
    async with asyncio.timeout(10):
        while True:
            for update in await socket.seen_during(0.3):
                assert update["U"] == previous + 1
                previous = update["u"]
                if previous > applied:
                    apply(book, update)
            venue = await depth(world)
            if venue["lastUpdateId"] == previous:
                break
    assert (book["bids"], book["asks"]) == (venue["bids"], venue["asks"])
    assert "97000.00000000" in book["bids"]


async def test_partial_depth_has_the_depth_asked_for(world: World) -> None:
    socket = await world.spot.socket("/ws/btcusdt@depth5@100ms")
    message = await socket.next()
    assert (len(message["bids"]), len(message["asks"])) == (5, 5)


async def test_a_top_that_does_not_change_is_told_once_a_second(world: World) -> None:
    await world.admin("POST", "/market/pause")
    top = (await world.spot.public("/api/v3/ticker/bookTicker", symbol="BTCUSDT")).body
    bid, ask = D(top["bidPrice"]) + D("0.01"), D(top["askPrice"]) - D("0.01")
    await world.buy("best-bid", price=str(bid))
    await world.buy("best-ask", side="SELL", price=str(ask))
    socket = await world.spot.socket("/ws/btcusdt@bookTicker")
    for number in range(10):
        await world.buy(f"deep{number}")
    seen = await socket.seen_during(2.5)
    assert 2 <= len(seen) <= 4
    assert {(D(each["b"]), D(each["a"])) for each in seen} == {(bid, ask)}
