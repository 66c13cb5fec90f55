"""Who is let in: signatures, passwords, tokens and their ends."""

import pytest

from tests.contracts.deribit_simulator.rpc import CLIENT_ID, SECRET, Rpc
from tests.support.simulated_venue import VenueOnLoop

CREDENTIALS = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}


async def test_a_signed_get_is_let_in_and_a_wrong_signature_is_not(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    assert (await rpc.get("private/get_positions", currency="any")).result == []
    stranger = Rpc(rpc.session, venue.port, secret="wrong")
    assert (await stranger.get("private/get_positions", currency="any")).code == 13004


async def test_private_methods_need_authentication(rpc: Rpc) -> None:
    assert (await rpc.post("private/get_positions")).code == 13009
    assert (await rpc.post("private/get_positions", token="made up")).code == 13009


async def test_a_login_gives_a_token_for_posts(rpc: Rpc) -> None:
    token = (await rpc.post("public/auth", **CREDENTIALS, state="mine")).result
    assert (token["token_type"], token["state"]) == ("bearer", "mine")
    found = await rpc.post(
        "private/get_position", token["access_token"], instrument_name="BTC-PERPETUAL"
    )
    assert found.result["direction"] == "zero"
    assert found.body["id"] == 7


async def test_wrong_credentials_are_refused_in_each_way(rpc: Rpc) -> None:
    assert (await rpc.post("public/auth", **CREDENTIALS | {"client_secret": "no"})).code == 13004
    async with rpc.socket(logged_in=False) as socket:
        assert (await socket.log_in("wrong")).code == 13004
        assert (await socket.call("private/get_open_orders")).code == 13009


async def test_a_refresh_token_serves_once(rpc: Rpc) -> None:
    first = (await rpc.post("public/auth", **CREDENTIALS)).result
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = (await rpc.post("public/auth", **refresh)).result
    assert (await rpc.post("private/get_open_orders", second["access_token"])).result == []
    assert (await rpc.post("private/get_open_orders", first["access_token"])).code == 13009
    assert (await rpc.post("public/auth", **refresh)).code == 13004


async def test_a_token_ends_with_its_life(rpc: Rpc, venue: VenueOnLoop) -> None:
    token = (await rpc.post("public/auth", **CREDENTIALS, scope="expires:30")).result
    assert token["expires_in"] == 30
    venue.arm("clock_skew", params={"ms": 31_000})
    assert (await rpc.post("private/get_open_orders", token["access_token"])).code == 13009


@pytest.mark.parametrize("method", ["public/subscribe", "public/set_heartbeat", "private/logout"])
async def test_sessions_need_a_websocket(rpc: Rpc, method: str) -> None:
    assert (await rpc.get(method, interval=10)).code == 10030


async def test_what_is_no_method_or_no_json_says_so(rpc: Rpc) -> None:
    assert (await rpc.get("public/get_nothing")).code == -32601
    async with rpc.session.post(f"{rpc.base}/api/v2", data="{not json") as answer:
        assert (await answer.json())["error"]["code"] == 11050
