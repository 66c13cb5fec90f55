"""The admin port."""

import time
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World


async def test_the_ledger_is_searched_by_client_id(world: World) -> None:
    await world.buy("wanted", **MARKET)
    await world.buy("other", **MARKET)
    async with world.session.get(
        f"{world.admin_url}/ledger", params={"client_order_id": "wanted"}
    ) as answer:
        records = await answer.json()
    assert [record["event"] for record in records] == ["accepted", "filled"]


async def test_the_wire_log_knows_when_commands_came(world: World) -> None:
    before = time.time_ns()
    placed = await world.buy("o1")
    await world.spot.signed(
        "DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed.body["orderId"]
    )
    received = await world.admin("GET", "/wire")
    assert [(each["action"], each["client_order_id"]) for each in received] == [
        ("submit", "o1"),
        ("cancel", "o1"),
    ]
    assert before < received[0]["t_ns"] < received[1]["t_ns"] < time.time_ns()


async def test_the_state_shows_positions_and_open_orders(world: World) -> None:
    await world.long("held", **MARKET)
    await world.long("open")
    state = (await world.admin("GET", "/state?open=true"))["BINANCE_FUTURES"]
    assert state["accounts"]["main"]["positions"]["BTCUSDT"]["amount"] == "0.010"
    assert [order["client_order_id"] for order in state["orders"]] == ["open"]


async def test_a_silenced_market_says_nothing_until_it_is_resumed(world: World) -> None:
    socket = await world.spot.socket("/ws/btcusdt@bookTicker")
    await socket.next()
    await world.admin("POST", "/market/silence")
    await socket.seen_during(0.2)
    assert await socket.seen_during(1.3) == []
    await world.admin("POST", "/market/resume")
    assert await socket.next()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/market", {"symbol": "NOPE", "mid": "1"}),
        ("/market", {"symbol": "BTCUSDT"}),
        ("/market", {"symbol": "BTCUSDT", "mid": "-1"}),
        ("/market", {"symbol": "BTCUSDT", "mid": "NaN"}),
        ("/faults", {"kind": "earthquake"}),
        ("/drop-user-streams", {"venue": "NYSE"}),
    ],
)
async def test_nonsense_is_refused_with_a_reason(
    world: World, path: str, body: dict[str, Any]
) -> None:
    async with world.session.post(world.admin_url + path, json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]
