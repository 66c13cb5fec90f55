"""Armed faults as OKX shows them, and what the ledger says really happened."""

import asyncio

import aiohttp
import pytest

from tests.contracts.okx_simulator.worlds import MARKET, World, order


@pytest.mark.parametrize(
    ("kind", "params", "status", "code", "executed"),
    [
        ("execute_then_503", {}, 400, "50004", True),
        ("status_unknown", {}, 400, "50004", False),
        ("error_503_not_executed", {}, 503, "50001", False),
        ("rate_limit", {}, 429, "50011", False),
    ],
)
async def test_answers_that_leave_the_order_open(
    world: World, kind: str, params: dict[str, object], status: int, code: str, executed: bool
) -> None:
    world.venue.arm(kind, count=1, params=params)
    reply = await world.place("doubt")
    assert (reply.status, reply.code) == (status, code)
    assert ("doubt" in world.venue.summary().orders) is executed


@pytest.mark.parametrize("fin", [False, True])
async def test_executed_then_dropped(world: World, fin: bool) -> None:
    world.venue.arm("execute_then_drop", count=1, params={"fin": fin})
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.place("dropped")
    assert (await world.found("dropped"))["state"] == "live"


async def test_a_gateways_page_is_no_json(world: World) -> None:
    world.venue.arm("gateway_error", count=1, params={"execute": True, "status": 502})
    with pytest.raises(aiohttp.ContentTypeError):
        await world.place("page")
    assert "page" in world.venue.summary().orders


async def test_a_reject_is_told_of_the_order(world: World) -> None:
    params = {"code": 51149, "msg": "Order timed out. Please try again later.", "status": 200}
    world.venue.arm("reject", count=1, params=params)
    assert (await world.place("late")).refusal == (
        "51149",
        "Order timed out. Please try again later.",
    )


async def test_the_same_faults_strike_websocket_orders(world: World) -> None:
    socket = await world.orders()
    world.venue.arm("execute_then_503", count=1)
    reply = await socket.call("order", order("doubt"))
    assert (reply["code"], reply["data"]) == ("50004", [])
    assert "doubt" in world.venue.summary().orders
    world.venue.arm("black_hole", count=1, params={"execute": True})
    await socket.send(id="2", op="order", args=[order("silent")])
    assert (await socket.row("orders", clOrdId="silent"))["state"] == "live"
    reply = await socket.call("order", order("next"), call_id="3")
    assert reply["code"] == "0"
    assert "2" not in [message.get("id") for message in socket.heard]
    world.venue.arm("execute_then_drop", count=1)
    await socket.send(id="4", op="order", args=[order("dropped")])
    assert await socket.dies()
    assert "dropped" in world.venue.summary().orders


async def test_streams_die_and_are_refused_for_a_while(world: World) -> None:
    socket = await world.orders()
    assert world.venue.drop_streams(refuse_s=0.5) == 1
    assert await socket.dies()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.client.socket("private")
    await world.client.socket("public")
    await asyncio.sleep(0.6)
    await world.orders()


async def test_fills_are_doubled_and_lost_on_the_stream_only(world: World) -> None:
    socket = await world.orders()
    world.venue.arm("duplicate_fills", client_order_id="twice")
    world.venue.arm("lose_fills", client_order_id="never")
    await world.place("twice", **MARKET)
    await world.place("never", **MARKET)
    rows = await socket.rows_during("orders", 0.5)
    filled = [row["clOrdId"] for row in rows if row["state"] == "filled"]
    assert filled == ["twice", "twice"]
    assert len((await world.client.get("/api/v5/trade/fills")).rows) == 2


async def test_maintenance_refuses_everybody(world: World) -> None:
    world.venue.arm("maintenance")
    reply = await world.place("closed")
    assert (reply.status, reply.code) == (503, "50001")
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.client.socket("public")
    assert not world.venue.summary().orders


async def test_half_open_sockets_say_nothing_more(world: World) -> None:
    socket = await world.orders()
    world.venue.arm("half_open")
    await socket.socket.send_str("ping")
    await world.place("unheard")
    assert await socket.rows_during("orders", 0.5) == []
    fresh = await world.orders()
    await world.place("heard")
    assert (await fresh.row("orders"))["clOrdId"] == "heard"


async def test_one_update_of_a_book_is_left_out(world: World) -> None:
    socket = await world.client.socket("public")
    await socket.send(op="subscribe", args=[{"channel": "books", "instId": "BTC-USDT"}])
    snapshot = (await socket.next(action="snapshot"))["data"][0]
    world.venue.arm("book_gap", count=1)
    await world.place("hidden", px="99980")
    await asyncio.sleep(0.3)
    await world.place("shown", px="99970")
    update = (await socket.next(action="update"))["data"][0]
    assert update["prevSeqId"] > snapshot["seqId"]


async def test_a_clock_that_is_off_makes_requests_stale(world: World) -> None:
    world.venue.arm("clock_skew", params={"ms": 31_000})
    reply = await world.place("early")
    assert (reply.status, reply.code) == (401, "50102")
