"""Getting out: positions closed at market, and orders canceled for who falls silent."""

import time

import pytest

from tests.contracts.okx_simulator.worlds import MARKET, SWAP, World

CLOSE, AFTER = "/api/v5/trade/close-position", "/api/v5/trade/cancel-all-after"
LONG = {"instId": "BTC-USDT-SWAP", "mgnMode": "cross"}
SWAP_MARKET = {**MARKET, "tgtCcy": None}
SECOND_NS = 1_000_000_000


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_a_position_is_closed_at_market(world: World, side: str) -> None:
    await world.place("open", SWAP, side=side, **SWAP_MARKET)
    reply = await world.client.post(CLOSE, {**LONG, "clOrdId": "bye", "tag": "t"})
    named = {"clOrdId": "bye", "tag": "t"}
    assert reply.row == {"instId": "BTC-USDT-SWAP", "posSide": "net", **named}
    assert (await world.client.get("/api/v5/account/positions")).rows == []
    closed = await world.found("bye", "BTC-USDT-SWAP")
    assert (closed["state"], closed["reduceOnly"], closed["accFillSz"]) == ("filled", "true", "1")


async def test_what_is_not_open_cannot_be_closed(world: World) -> None:
    assert (await world.client.post(CLOSE, LONG)).code == "51023"
    assert (await world.client.post(CLOSE, {**LONG, "mgnMode": "isolated"})).code == "51000"


async def test_orders_that_close_a_position_come_first(world: World) -> None:
    await world.place("open", SWAP, **SWAP_MARKET)
    await world.place("exit", SWAP, side="sell", px="103000", reduceOnly="true")
    await world.place("entry", SWAP)
    refused = await world.client.post(CLOSE, LONG)
    assert (refused.status, refused.code) == (429, "51115")
    assert (await world.client.post(CLOSE, {**LONG, "autoCxl": True})).code == "0"
    states = [(await world.found(n, "BTC-USDT-SWAP"))["state"] for n in ("exit", "entry")]
    assert states == ["canceled", "live"]


async def test_all_orders_are_canceled_when_the_countdown_is_over(world: World) -> None:
    await world.place("order")
    await world.place_algo("waits")
    row = (await world.client.post(AFTER, {"timeOut": "10"})).row
    assert int(row["triggerTime"]) - int(row["ts"]) == 10
    world.venue.venue.beat(time.time_ns() + 9 * SECOND_NS)
    assert (await world.found("order"))["state"] == "live"
    world.venue.venue.beat(time.time_ns() + 10 * SECOND_NS)
    found = await world.found("order")
    assert (found["state"], found["cancelSource"]) == ("canceled", "20")
    assert (await world.found_algo("waits"))["state"] == "live"


async def test_a_countdown_is_stopped_by_zero_and_may_be_for_a_tag(world: World) -> None:
    await world.place("order")
    await world.place("tagged", tag="mine")
    await world.client.post(AFTER, {"timeOut": "10"})
    await world.client.post(AFTER, {"timeOut": "10", "tag": "mine"})
    assert (await world.client.post(AFTER, {"timeOut": "0"})).row["triggerTime"] == "0"
    world.venue.venue.beat(time.time_ns() + 11 * SECOND_NS)
    states = [(await world.found(name))["state"] for name in ("order", "tagged")]
    assert states == ["live", "canceled"]
    for wrong in ("9", "121", "soon"):
        assert (await world.client.post(AFTER, {"timeOut": wrong})).code == "51000"


async def test_a_precheck_is_not_for_this_account_mode(world: World) -> None:
    order = {"instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "market", "sz": "1"}
    assert (await world.client.post("/api/v5/trade/order-precheck", order)).code == "51010"
