"""Who may ask: signatures, passphrases, timestamps, logins."""

import json
import time
from typing import Any

import pytest

from tests.contracts.okx_simulator.okx_client import headers_for, stamp
from tests.contracts.okx_simulator.worlds import ORDER, World, order

BALANCE = "/api/v5/account/balance"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"key": "nobody"}, "50111"),
        ({"passphrase": "wrong"}, "50105"),
        ({"secret": "wrong"}, "50113"),
        ({"ahead_s": -31}, "50102"),
        ({"ahead_s": 33}, "50102"),
        ({"at": "yesterday"}, "50112"),
    ],
)
async def test_a_request_must_be_signed_by_the_book(
    world: World, wrong: dict[str, Any], code: str
) -> None:
    given = {name: value for name, value in wrong.items() if name != "ahead_s"}
    given.setdefault("at", stamp(wrong.get("ahead_s", 0)))
    headers = headers_for("GET", BALANCE, "", **given)
    reply = await world.client.request("GET", BALANCE, "", headers)
    assert (reply.status, reply.code) == (401, code)


async def test_every_header_is_needed(world: World) -> None:
    whole = headers_for("GET", BALANCE, "")
    codes = []
    for name in whole:
        rest = {key: value for key, value in whole.items() if key != name}
        codes.append((await world.client.request("GET", BALANCE, "", rest)).code)
    assert codes == ["50103", "50104", "50107", "50106"]


async def test_the_signature_covers_query_and_body(world: World) -> None:
    headers = headers_for("GET", BALANCE, "")
    reply = await world.client.request("GET", f"{BALANCE}?ccy=BTC", "", headers)
    assert reply.code == "50113"
    text = json.dumps(order("signed"))
    headers = headers_for("POST", ORDER, text)
    reply = await world.client.request("POST", ORDER, text.replace("97000", "96000"), headers)
    assert reply.code == "50113"
    assert not world.venue.summary().orders


async def test_a_live_key_does_not_trade_the_demo(world: World) -> None:
    headers = headers_for("GET", BALANCE, "") | {"x-simulated-trading": "1"}
    reply = await world.client.request("GET", BALANCE, "", headers)
    assert (reply.status, reply.code) == (401, "50101")


async def test_public_paths_need_no_key_and_unknown_ones_are_told(world: World) -> None:
    reply = await world.client.request("GET", "/api/v5/public/time", "", {})
    assert abs(int(reply.row["ts"]) - time.time() * 1000) < 1000
    assert (await world.client.request("GET", "/api/v5/nowhere", "", {})).status == 404


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"secret": "wrong"}, "60007"),
        ({"apiKey": "nobody"}, "60005"),
        ({"passphrase": "wrong"}, "60024"),
        ({"timestamp": "1700000000"}, "60006"),
        ({"timestamp": "soon"}, "60004"),
    ],
)
async def test_a_login_is_checked_and_the_socket_ends(
    world: World, wrong: dict[str, str], code: str
) -> None:
    socket = await world.client.socket("private")
    answer = await socket.log_in(**wrong)
    assert (answer["event"], answer["code"]) == ("error", code)
    assert await socket.dies()


async def test_private_channels_and_orders_need_the_login(world: World) -> None:
    socket = await world.client.socket("private")
    await socket.send(op="subscribe", args=[{"channel": "orders", "instType": "ANY"}])
    assert (await socket.next(event="error"))["code"] == "60011"
    await socket.send(id="1", op="order", args=[order("early")])
    assert (await socket.next(event="error"))["code"] == "60011"
    assert not world.venue.summary().orders
