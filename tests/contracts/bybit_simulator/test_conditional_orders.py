"""Orders that wait: for a price on one side of the market, by last or mark price."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.bybit_simulator.worlds import MARKET, World

RISES, FALLS = 1, 2
NAMED = {"category": "linear", "symbol": "BTCUSDT"}


@pytest.mark.parametrize(
    ("side", "direction", "trigger", "moved"),
    [
        ("Buy", RISES, "101000", 101500),
        ("Sell", FALLS, "99000", 98500),
        ("Buy", FALLS, "99000", 98500),
        ("Sell", RISES, "101000", 101500),
    ],
)
async def test_it_waits_and_then_trades(
    world: World, side: str, direction: int, trigger: str, moved: int
) -> None:
    terms = MARKET | {"side": side, "triggerPrice": trigger, "triggerDirection": direction}
    private = await world.client.private("order")
    assert (await world.create("stop", **terms)).code == 0
    row = await world.found("stop")
    assert (row["orderStatus"], row["stopOrderType"]) == ("Untriggered", "Stop")
    assert (row["triggerDirection"], row["triggerBy"]) == (direction, "LastPrice")
    world.venue.move("BTCUSDT-LINEAR", Decimal(moved))
    assert (await world.found("stop"))["orderStatus"] == "Filled"
    told = [(await private.next(topic="order"))["data"][0]["orderStatus"] for _ in range(3)]
    assert told == ["Untriggered", "Triggered", "Filled"]


async def test_a_triggered_limit_order_works(world: World) -> None:
    private = await world.client.private("order")
    terms: dict[str, Any] = {"triggerPrice": "102000", "triggerDirection": RISES}
    assert (await world.create("limit", price="101000", **terms)).code == 0
    world.venue.move("BTCUSDT-LINEAR", Decimal(103000))
    assert (await world.found("limit"))["orderStatus"] == "New"
    told = [(await private.next(topic="order"))["data"][0]["orderStatus"] for _ in range(3)]
    assert told == ["Untriggered", "Triggered", "New"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"triggerPrice": "99000", "triggerDirection": RISES}, 110092),
        ({"triggerPrice": "101000", "triggerDirection": FALLS}, 110093),
        ({"triggerPrice": "101000"}, 10001),
    ],
)
async def test_the_expected_direction_must_be_said_and_right(
    world: World, terms: dict[str, Any], code: int
) -> None:
    assert (await world.create("wrong", **(MARKET | terms))).code == code


async def test_spot_needs_an_order_filter_and_finds_the_direction_itself(world: World) -> None:
    terms: dict[str, Any] = MARKET | {"triggerPrice": "101000"}
    assert (await world.create("plain", "spot", **terms)).code == 170130
    # Words for contracts are passed over: clients send them all the same.
    stop = terms | {"orderFilter": "StopOrder", "reduceOnly": True, "triggerDirection": 1}
    assert (await world.create("stop", "spot", **stop)).code == 0
    world.venue.move("BTCUSDT-SPOT", Decimal(101500))
    assert (await world.found("stop", "spot"))["orderStatus"] == "Filled"


@pytest.mark.parametrize("kind", ["StopOrder", "tpslOrder"])
async def test_spot_cancels_among_the_orders_of_the_kind_that_is_said(
    world: World, kind: str
) -> None:
    terms = {"triggerPrice": "101000", "orderFilter": kind}
    assert (await world.create("waits", "spot", **terms)).code == 0
    assert (await world.create("plain", "spot")).code == 0

    async def cancel(name: str, **extra: str) -> int:
        spot = {"category": "spot", "symbol": "BTCUSDT", "orderLinkId": name}
        return (await world.client.post("/v5/order/cancel", **spot, **extra)).code

    other = {"StopOrder": "tpslOrder", "tpslOrder": "StopOrder"}[kind]
    assert await cancel("plain", orderFilter=kind) == 170213
    assert await cancel("waits") == await cancel("waits", orderFilter=other) == 170213
    assert (await world.found("waits", "spot"))["orderStatus"] == "Untriggered"
    assert await cancel("waits", orderFilter=kind) == await cancel("plain") == 0


async def test_a_triggered_spot_order_is_a_plain_one(world: World) -> None:
    terms = {"triggerPrice": "102000", "price": "101000", "orderFilter": "StopOrder"}
    assert (await world.create("limit", "spot", **terms)).code == 0
    world.venue.move("BTCUSDT-SPOT", Decimal(103000))
    spot = {"category": "spot", "symbol": "BTCUSDT", "orderLinkId": "limit"}
    for extra, code in (({"orderFilter": "StopOrder"}, 170213), ({}, 0)):
        assert (await world.client.post("/v5/order/cancel", **spot, **extra)).code == code


@pytest.mark.parametrize(("kind", "word"), [("StopOrder", "Stop"), ("tpslOrder", "tpslOrder")])
async def test_cancel_all_of_spot_takes_one_kind_and_tells_its_name(
    world: World, kind: str, word: str
) -> None:
    for name in ("StopOrder", "tpslOrder"):
        terms = {"triggerPrice": "101000", "orderFilter": name}
        assert (await world.create(name, "spot", **terms)).code == 0
    assert (await world.found(kind, "spot"))["stopOrderType"] == word
    gone = await world.client.post("/v5/order/cancel-all", category="spot", orderFilter=kind)
    assert [row["orderLinkId"] for row in gone.rows] == [kind]


async def test_it_can_be_amended_and_is_deactivated_when_cancelled(world: World) -> None:
    terms = MARKET | {"triggerPrice": "101000", "triggerDirection": RISES}
    await world.create("wait", **terms)
    named = NAMED | {"orderLinkId": "wait"}
    assert (await world.client.post("/v5/order/amend", **named, triggerPrice="102000")).code == 0
    assert float((await world.found("wait"))["triggerPrice"]) == 102000
    assert (await world.client.post("/v5/order/cancel", **named)).code == 0
    assert (await world.found("wait"))["orderStatus"] == "Deactivated"


async def test_lists_tell_waiting_from_working_orders(world: World) -> None:
    await world.create("works")
    await world.create("waits", **(MARKET | {"triggerPrice": "99000", "triggerDirection": FALLS}))
    for kind, names in (
        ("Order", {"works"}),
        ("StopOrder", {"waits"}),
        ("", {"works", "waits"}),
    ):
        rows = (await world.client.get("/v5/order/realtime", **NAMED, orderFilter=kind)).rows
        assert {row["orderLinkId"] for row in rows} == names
