"""Armed faults on the wire, and what the ledger says really happened."""

import asyncio

import aiohttp
import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World, spot_user


async def test_executed_then_dropped(world: World) -> None:
    await world.admin("POST", "/faults", kind="execute_then_drop", count=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.buy("dropped")
    found = await world.spot.signed(
        "GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="dropped"
    )
    assert found.body["status"] == "NEW"


async def test_executed_then_503(world: World) -> None:
    await world.admin("POST", "/faults", kind="execute_then_503", count=1)
    reply = await world.buy("unknown")
    assert (reply.status, reply.code) == (503, -1007)
    assert "execution status unknown" in reply.body["msg"]
    assert "unknown" in world.ledger().orders


async def test_a_503_that_did_nothing(world: World) -> None:
    await world.admin("POST", "/faults", kind="error_503_not_executed", count=1)
    reply = await world.buy("nothing")
    assert (reply.status, reply.code) == (503, -1001)
    assert world.ledger().orders == {}


async def test_a_reject_says_what_it_was_told_to(world: World) -> None:
    params = {"code": -2015, "msg": "Invalid API-key.", "status": 401}
    await world.admin("POST", "/faults", kind="reject", params=params, action="cancel")
    await world.buy("safe")
    reply = await world.spot.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert (reply.status, reply.body) == (401, {"code": -2015, "msg": "Invalid API-key."})


async def test_a_black_hole_never_answers(world: World) -> None:
    params = {"execute": True}
    await world.admin("POST", "/faults", kind="black_hole", count=1, params=params)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await world.buy("silent")
    assert "silent" in world.ledger().orders


async def test_throttled_then_banned(world: World) -> None:
    params = {"ban_after": 1}
    await world.admin("POST", "/faults", kind="rate_limit", params=params)
    replies = [await world.buy(f"r{number}") for number in range(2)]
    assert [(reply.status, reply.code) for reply in replies] == [(429, -1003), (418, -1003)]
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in replies)


async def test_a_delay_before_processing_delays_the_order_itself(world: World) -> None:
    await world.admin("POST", "/faults", kind="delay", count=1, params={"before_ms": 300})
    sending = asyncio.create_task(world.buy("late"))
    await asyncio.sleep(0.1)
    assert world.ledger().orders == {}
    assert (await sending).status == 200


async def test_fills_are_doubled_and_lost_on_the_stream_only(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="duplicate_fills", client_order_id="twice")
    await world.admin("POST", "/faults", kind="lose_fills", client_order_id="never")
    await world.buy("twice", **MARKET)
    await world.buy("never", **MARKET)
    events = [each["event"] for each in await user.seen_during(0.5)]
    trades = [each["t"] for each in events if each.get("x") == "TRADE"]
    assert len(trades) == 2
    assert len(set(trades)) == 1
    booked = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    assert len(booked.body) == 2


@pytest.mark.parametrize("product", ["spot", "futures"])
async def test_user_streams_die_and_are_refused_for_a_while(world: World, product: str) -> None:
    user = await world.user(product)
    dropped = await world.admin("POST", "/drop-user-streams", refuse_s=0.5)
    assert dropped == {"dropped": 1}
    assert await user.dies()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.user(product)
    await asyncio.sleep(0.6)
    await world.user(product)


async def test_a_stream_can_die_just_before_an_order_is_processed(world: World) -> None:
    user = await spot_user(world)
    await world.admin("POST", "/faults", kind="drop_user_stream", count=1)
    assert (await world.buy("unheard", **MARKET)).body["status"] == "FILLED"
    assert await user.dies()


async def test_a_clock_that_is_off_makes_requests_stale(world: World) -> None:
    await world.admin("POST", "/faults", kind="clock_skew", params={"ms": 60_000})
    assert (await world.buy("early")).code == -1021
    await world.admin("DELETE", "/faults")
    assert (await world.buy("on-time")).status == 200
