"""Armed faults in Bybit's own words, by REST and by socket, and what the ledger says of them."""

import asyncio

import aiohttp
import pytest

from tests.contracts.bybit_simulator.worlds import MARKET, World


@pytest.mark.parametrize(
    ("kind", "code", "status", "executed"),
    [
        ("execute_then_503", 10000, 200, True),
        ("status_unknown", 10000, 200, False),
        ("error_503_not_executed", 10016, 200, False),
        ("rate_limit", 10006, 200, False),
        ("reject", 110032, 200, False),
    ],
)
async def test_a_command_is_answered_otherwise(
    world: World, kind: str, code: int, status: int, executed: bool
) -> None:
    world.venue.arm(kind, action="submit", count=1)
    reply = await world.create("odd")
    assert (reply.code, reply.status) == (code, status)
    assert bool(world.venue.ledger(event="accepted")) is executed
    world.venue.arm(kind, action="submit", count=1)
    socket = await world.client.trade()
    answer = await socket.call("order.create", world.order("ws"))
    assert answer["retCode"] == code


async def test_spot_says_in_a_code_of_its_own_that_it_does_not_know(world: World) -> None:
    world.venue.arm("execute_then_503", action="submit", count=1)
    assert (await world.create("late", "spot")).code == 170007
    assert (await world.found("late", "spot"))["orderStatus"] == "New"


async def test_a_gateway_answers_in_html(world: World) -> None:
    world.venue.arm("gateway_error", count=1, params={"execute": True, "status": 504})
    with pytest.raises(aiohttp.ContentTypeError):
        await world.create("html")
    assert len(world.venue.ledger(event="accepted")) == 1


async def test_a_connection_ends_without_an_answer(world: World) -> None:
    world.venue.arm("execute_then_drop", count=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.create("dropped")
    assert (await world.found("dropped"))["orderStatus"] == "New"


async def test_a_black_hole_never_answers(world: World) -> None:
    world.venue.arm("black_hole", count=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await world.create("silent")
    assert world.venue.ledger(event="accepted") == []


async def test_maintenance_closes_sockets_and_refuses_requests(world: World) -> None:
    private = await world.client.private("order")
    world.venue.arm("maintenance")
    assert (await world.create("refused")).code == 10016
    message = await asyncio.wait_for(private.socket.receive(), 3)
    assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.client.socket("/v5/private")


async def test_a_half_open_socket_says_nothing_any_more(world: World) -> None:
    dead = await world.client.private("order")
    world.venue.arm("half_open")
    await asyncio.sleep(0.01)
    alive = await world.client.private("order")
    await world.create("told")
    assert (await alive.next(topic="order"))["data"][0]["orderLinkId"] == "told"
    await dead.send(op="ping")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(dead.socket.receive(), 0.3)


async def test_fills_and_steps_are_lost_delayed_and_doubled(world: World) -> None:
    private = await world.client.private("order", "execution")
    world.venue.arm("duplicate_fills", client_order_id="twice", params={"copies": 2})
    world.venue.arm("lose_fills", client_order_id="never")
    world.venue.arm("lose_events", client_order_id="mute", params={"steps": ["NEW"]})
    for name in ("twice", "never", "mute"):
        await world.create(name, **MARKET)
    await world.create("last")
    await private.next(topic="order", data=[await world.found("last") | {"category": "linear"}])
    told = [
        row["orderLinkId"]
        for message in private.heard
        if message.get("topic") == "execution"
        for row in message["data"]
    ]
    assert told == ["twice", "twice", "mute"]
    new = [
        row["orderLinkId"]
        for message in private.heard
        if message.get("topic") == "order"
        for row in message["data"]
        if row["orderStatus"] == "New"
    ]
    assert new == ["twice", "never", "last"]


async def test_a_skewed_clock_refuses_whom_it_finds_stale(world: World) -> None:
    world.venue.arm("clock_skew", params={"ms": 60_000})
    assert (await world.create("late")).code == 10002


async def test_an_error_frame_reaches_open_sockets(world: World) -> None:
    private = await world.client.private("order")
    world.venue.arm("error_frame", count=1, params={"code": 10019, "msg": "restarting"})
    frame = await private.next(success=False)
    assert (frame["code"], frame["ret_msg"]) == (10019, "restarting")
