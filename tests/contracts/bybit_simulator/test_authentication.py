"""Who may do what, and for how long."""

import pytest

from tests.contracts.bybit_simulator.bybit_client import KEY, now_ms, sign
from tests.contracts.bybit_simulator.worlds import World

WALLET = "/v5/account/wallet-balance"
QUERY = "accountType=UNIFIED"


async def _asked(world: World, key: str, stamp: int, secret: str = "") -> int:
    origin = f"{stamp}{key}5000{QUERY}"
    headers = {
        "X-BAPI-API-KEY": key,
        "X-BAPI-TIMESTAMP": str(stamp),
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": sign(origin, secret) if secret else sign(origin),
    }
    return (await world.client.request("GET", f"{WALLET}?{QUERY}", headers)).code


async def test_a_request_must_be_signed_by_a_known_key_just_now(world: World) -> None:
    assert await _asked(world, KEY, now_ms()) == 0
    assert await _asked(world, "unknown", now_ms()) == 10003
    assert await _asked(world, KEY, now_ms(), "wrong") == 10004
    assert await _asked(world, KEY, now_ms() - 6000) == 10002
    assert await _asked(world, KEY, now_ms() + 2000) == 10002


async def test_public_questions_need_no_key(world: World) -> None:
    assert (await world.client.request("GET", "/v5/market/time", {})).code == 0


async def test_a_private_socket_must_log_in_first(world: World) -> None:
    socket = await world.client.socket("/v5/private")
    refused = await socket.subscribe("order")
    assert (refused["success"], refused["ret_msg"]) == (False, "Request not authorized")
    assert (await socket.log_in())["success"] is True
    assert (await socket.subscribe("order"))["success"] is True


@pytest.mark.parametrize("path", ["/v5/private", "/v5/trade"])
async def test_a_login_with_a_wrong_secret_or_out_of_time_fails(world: World, path: str) -> None:
    socket = await world.client.socket(path)
    for refused in (await socket.log_in(secret="wrong"), await socket.log_in(ahead_ms=-1)):
        assert refused.get("success") is False or refused.get("retCode") == 10004


async def test_an_expired_login_ends_the_sockets(world: World) -> None:
    private, trade = await world.client.private("order"), await world.client.trade()
    world.venue.venue.expire_listen_keys()
    for socket in (private, trade):
        message = await socket.socket.receive()
        assert message.data is None or socket.socket.closed


async def test_a_trade_socket_serves_one_login_and_known_operations(world: World) -> None:
    socket = await world.client.socket("/v5/trade")
    order = world.order("first")
    assert (await socket.call("order.create", order, request_id="a"))["retCode"] == 10005
    assert (await socket.log_in())["retCode"] == 0
    assert (await socket.log_in())["retCode"] == 20001
    assert (await socket.call("order.dance", order, request_id="b"))["retCode"] == 10404
    stale = {"X-BAPI-TIMESTAMP": str(now_ms() - 6000)}
    assert (await socket.call("order.create", order, request_id="c", **stale))["retCode"] == 10002
    assert (await socket.call("order.create", order, request_id="d"))["retCode"] == 0
    assert (await socket.call("order.create", order, request_id="d"))["retCode"] == 20006
