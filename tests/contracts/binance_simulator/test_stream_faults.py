"""Faults of streams and of the venue as a whole, on the wire."""

import asyncio
import itertools
import json
from typing import Any

import aiohttp
import pytest
from aiohttp import WSCloseCode

from tests.contracts.binance_simulator.worlds import MARKET, World, futures_user, spot_user
from tests.support.binance_client import BinanceSocket


async def steps(user: BinanceSocket, seconds: float = 0.5) -> list[tuple[str, str]]:
    """Client id and execution type of the spot order events seen in that time."""
    events = [each["event"] for each in await user.seen_during(seconds)]
    return [(e["c"], e["x"]) for e in events if e["e"] == "executionReport"]


@pytest.mark.parametrize("fin", [False, True])
async def test_dropped_before_it_is_executed(world: World, fin: bool) -> None:
    await world.admin("POST", "/faults", kind="drop", count=1, params={"fin": fin})
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.buy("dropped")
    assert world.ledger().orders == {}
    assert (await world.buy("dropped")).status == 200


@pytest.mark.parametrize(("execute", "accepted"), [(True, ["lost"]), (False, [])])
async def test_a_gateway_answers_for_a_venue_it_lost(
    world: World, execute: bool, accepted: list[str]
) -> None:
    params = {"execute": execute, "status": 504}
    await world.admin("POST", "/faults", kind="gateway_error", count=1, params=params)
    with pytest.raises(aiohttp.ContentTypeError) as caught:
        await world.buy("lost")
    assert caught.value.status == 504
    assert list(world.ledger().orders) == accepted


async def test_status_unknown_without_execution(world: World) -> None:
    await world.admin("POST", "/faults", kind="status_unknown", count=1)
    reply = await world.buy("unknown")
    assert (reply.status, reply.code) == (503, -1007)
    assert world.ledger().orders == {}


async def test_a_fill_can_be_told_before_its_order(world: World) -> None:
    user = await spot_user(world)
    late = {"ms": 200, "steps": ["NEW"]}
    await world.admin("POST", "/faults", kind="delay_events", count=1, params=late)
    await world.buy("o1", **MARKET)
    assert await steps(user) == [("o1", "TRADE"), ("o1", "NEW")]


async def test_a_fill_can_be_told_before_the_answer(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="delay", count=1, params={"after_ms": 300})
    answer = asyncio.create_task(world.buy("o1", **MARKET))
    assert ("o1", "TRADE") in await steps(user, 0.2)
    assert not answer.done()
    assert (await answer).body["status"] == "FILLED"


async def test_steps_can_be_lost_and_doubled(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="lose_events", client_order_id="lost")
    await world.admin("POST", "/faults", kind="duplicate_events", client_order_id="twice")
    await world.buy("lost")
    await world.buy("twice")
    assert await steps(user) == [("twice", "NEW"), ("twice", "NEW")]


@pytest.mark.parametrize("product", ["spot", "futures"])
@pytest.mark.parametrize(("streams", "dead"), [("private", "u"), ("public", "m"), ("all", "um")])
@pytest.mark.parametrize("close", [False, True])
async def test_streams_end_with_a_close_frame_or_without(
    world: World, product: str, streams: str, dead: str, close: bool
) -> None:
    sockets = {
        "u": await world.user(product),
        "m": await getattr(world, product).socket("/ws/btcusdt@bookTicker"),
    }
    await sockets["m"].next()
    params = {"streams": streams, "close": close}
    dropped = await world.admin("POST", "/faults", kind="drop_user_stream", params=params)
    assert dropped == {"dropped": len(dead)}
    for name in dead:
        assert await sockets[name].dies()
        assert (sockets[name].raw.close_code == WSCloseCode.GOING_AWAY) is close
    for name in set("um") - set(dead):
        method = "LIST_SUBSCRIPTIONS" if (name, product) != ("u", "spot") else "ping"
        assert "result" in await sockets[name].call(method)


async def test_a_request_on_a_socket_can_end_it_politely(world: World) -> None:
    socket = await world.spot.logged_on("/ws-api/v3")
    await world.admin("POST", "/faults", kind="drop", count=1, params={"fin": True})
    await socket.raw.send_json({"id": 1, "method": "openOrders.cancelAll", "params": {}})
    assert await socket.dies()
    assert socket.raw.close_code == WSCloseCode.GOING_AWAY


@pytest.mark.parametrize("product", ["spot", "futures"])
async def test_a_half_open_stream_says_nothing_and_a_new_one_works(
    world: World, product: str
) -> None:
    dead = await world.user(product)
    order = world.buy if product == "spot" else world.long
    await world.admin("POST", "/faults", kind="half_open")
    alive = await world.user(product)
    await order("o1")
    assert await alive.seen_during(0.3)
    assert not await dead.seen_during(0.1)
    await world.admin("DELETE", "/faults")
    await order("o2")
    assert await dead.seen_during(0.3)


async def test_a_half_open_socket_answers_no_ping(world: World) -> None:
    url = f"ws://127.0.0.1:{world.ports['BINANCE_FUTURES']}/ws/btcusdt@bookTicker"
    async with world.session.ws_connect(url, autoping=False) as socket:
        await socket.ping(b"alive?")
        assert await _pong(socket, 1.0)
        await world.admin("POST", "/faults", kind="half_open")
        await socket.ping(b"alive?")
        assert not await _pong(socket, 0.5)


async def _pong(socket: aiohttp.ClientWebSocketResponse, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while (await socket.receive()).type is not aiohttp.WSMsgType.PONG:
                pass
    except TimeoutError:
        return False
    return True


async def test_a_futures_user_stream_lists_its_subscription(world: World) -> None:
    user = await futures_user(world)
    assert (await user.call("LIST_SUBSCRIPTIONS"))["result"]


async def test_a_maintenance_window_closes_everything_and_ends_by_itself(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="maintenance", params={"s": 2})
    reply = await world.buy("closed")
    assert (reply.status, reply.code) == (503, -1016)
    assert await user.dies()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await spot_user(world)
    await asyncio.sleep(2)
    assert (await world.buy("open")).status == 200
    assert list(world.ledger().orders) == ["open"]


async def test_finished_orders_are_forgotten_and_their_trades_are_not(world: World) -> None:
    await world.buy("done", **MARKET)
    await world.buy("open")
    await world.admin("POST", "/faults", kind="forget_orders", params={"after_s": 0})
    named = {"symbol": "BTCUSDT", "origClientOrderId": "done"}
    assert (await world.spot.signed("GET", "/api/v3/order", **named)).code == -2013
    history = await world.spot.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT")
    assert [order["clientOrderId"] for order in history.body] == ["open"]
    trades = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    assert len(trades.body) == 1


async def test_an_update_of_the_book_can_be_left_out(world: World) -> None:
    url = f"ws://127.0.0.1:{world.ports['BINANCE_SPOT']}/ws/btcusdt@depth@100ms"
    async with world.session.ws_connect(url) as socket:
        updates: list[Any] = [json.loads(await socket.receive_str())]
        await world.admin("POST", "/faults", kind="book_gap", count=1)
        while len(updates) < 3:
            await world.admin("POST", "/market", symbol="BTCUSDT", move="1")
            updates.append(json.loads(await socket.receive_str(timeout=3)))
    gaps = [b["U"] - a["u"] for a, b in itertools.pairwise(updates)]
    assert max(gaps) > 1
    assert 1 in gaps


async def test_an_error_frame_reaches_every_open_socket(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="error_frame", count=1, params={"code": -1000})
    frame = await user.next(lambda message: "error" in message)
    assert (frame["error"]["code"], frame["status"]) == (-1000, 400)


async def test_an_order_can_be_filled_in_part_and_canceled_by_the_venue(world: World) -> None:
    user = await spot_user(world)
    await world.buy("o1")
    which = {"venue": "BINANCE_SPOT", "client_order_id": "o1"}
    await world.admin("POST", "/orders/fill", **which, quantity="0.004")
    canceled = await world.admin("POST", "/orders/cancel", **which)
    assert (canceled["status"], canceled["executed"]) == ("CANCELED", "0.004")
    assert [step for _, step in await steps(user)] == ["NEW", "TRADE", "CANCELED"]


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "delay", "params": {"befor_ms": 5}},
        {"kind": "black_hole", "params": {"execute": "yes"}},
        {"kind": "lose_fills", "params": {"ms": 5}},
        {"kind": "delay_events", "params": {"steps": "NEW"}},
        {"kind": "drop_user_stream", "params": {"streams": "some"}},
        {"kind": "drop_user_stream", "count": 1, "params": {"close": 1}},
    ],
)
async def test_a_misspelt_parameter_is_refused(world: World, definition: dict[str, Any]) -> None:
    async with world.session.post(f"{world.admin_url}/faults", json=definition) as answer:
        assert answer.status == 400
