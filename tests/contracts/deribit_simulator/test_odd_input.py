"""What makes no sense is refused in the venue's words; it costs neither a session nor an order."""

import json
from typing import Any

import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop

BTC = {"instrument_name": "BTC-PERPETUAL"}
RESTING = {**BTC, "amount": 100, "price": 98_000, "label": "rests"}
HUGE = ("1e40", 10**30, -(10**30), "9" * 500, "NaN", "Infinity")


@pytest.mark.parametrize("name", ["amount", "price", "contracts", "display_amount", "valid_until"])
@pytest.mark.parametrize("number", HUGE)
async def test_no_number_is_too_odd(rpc: Rpc, name: str, number: Any) -> None:
    answer = await rpc.buy(**{name: number})
    assert (answer.status, answer.code) == (400, -32602)
    assert answer.body["error"]["data"]["param"] == name


async def test_an_order_is_named_by_its_whole_id(rpc: Rpc, venue: VenueOnLoop) -> None:
    order_id = (await rpc.buy()).result["order"]["order_id"]
    stop = {"type": "stop_market", "price": None, "trigger": "last_price", "trigger_price": 95_000}
    stop_id = (await rpc.sell(**stop)).result["order"]["order_id"]
    wrong = [
        f"ETH-{order_id}",
        f"SLTS-{order_id}",
        stop_id.replace("SLTS", "TPTS"),
        "-",
        "٣",
        "9" * 99,
    ]
    for method in ("private/get_order_state", "private/cancel"):
        for each in wrong:
            assert (await rpc.get(method, order_id=each)).code == 10004
    assert len((await rpc.get("private/get_open_orders")).result) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", 11050),
        (
            '{"jsonrpc":"2.0","id":1,"method":"public/test","params":{"x":' + "9" * 5000 + "}}",
            11050,
        ),
        ("[" * 100_000, 11050),
        ('{"jsonrpc":"2.0","id":1}', -32600),
        ('{"jsonrpc":"2.0","id":' + "9" * 30 + ',"method":"public/test"}', -32600),
        ('{"jsonrpc":"2.0","id":"\\ud800","method":"public/test"}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"public/test","params":7}', -32600),
    ],
)
async def test_a_session_outlives_what_is_no_request(rpc: Rpc, text: str, code: int) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        await socket.call("private/buy", **RESTING)
        await socket.raw.send_str(text)
        await socket.until(lambda: bool(socket.strays), "an answer without an id")
        assert socket.strays[0]["error"]["code"] == code
        assert len((await socket.call("private/get_open_orders")).result) == 1


async def test_text_that_is_no_json_is_refused_as_the_venue_does(rpc: Rpc) -> None:
    async with rpc.session.post(f"{rpc.base}/api/v2", data="{not json") as answer:
        error = json.loads(await answer.text())["error"]
        assert (answer.status, error) == (
            400,
            {"code": 11050, "message": "bad_request", "data": "invalid json"},
        )


async def test_half_a_character_is_no_text(rpc: Rpc) -> None:
    async with rpc.socket() as socket:
        refused = await socket.call("private/buy", **RESTING | {"label": "\ud800"})
        assert refused.code == -32602
        assert (await socket.call("public/subscribe", channels=["\ud800"])).code == -32602


async def test_a_mistake_of_ours_costs_one_request_and_no_session(
    rpc: Rpc, venue: VenueOnLoop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        await socket.call("private/buy", **RESTING)
        monkeypatch.setattr(venue.venue.exchange, "submit", mistaken)
        assert (await socket.call("private/buy", **RESTING)).code == 11094
        assert len((await socket.call("private/get_open_orders")).result) == 1
    monkeypatch.undo()
    monkeypatch.setattr(venue.venue.exchange, "submit", mistaken)
    answer = await rpc.buy()
    assert (answer.status, answer.body["error"]["message"]) == (500, "internal_server_error")
    assert "private/buy failed" in caplog.text
