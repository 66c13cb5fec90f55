"""Algo orders: what waits, what it turns into, and who may be on which side of the market."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.okx_simulator.worlds import ORDER, SWAP, World

CANCEL, AMEND = "/api/v5/trade/cancel-algos", "/api/v5/trade/amend-algos"
PENDING, HISTORY = "/api/v5/trade/orders-algo-pending", "/api/v5/trade/orders-algo-history"


async def test_a_stop_waits_triggers_and_becomes_an_order(world: World) -> None:
    business = await world.client.private("business")
    await business.subscribe("orders-algo", instType="SPOT")
    private = await world.orders()
    placed = (await world.place_algo("stop")).row
    assert placed["algoClOrdId"] == "stop"
    assert (await business.row("orders-algo", state="live"))["algoId"] == placed["algoId"]
    (waiting,) = (await world.client.get(PENDING, ordType="conditional,oco")).rows
    assert (waiting["algoId"], waiting["slTriggerPx"]) == (placed["algoId"], "98000")
    assert (await world.client.get("/api/v5/trade/orders-pending")).rows == []
    world.venue.move("BTC-USDT", Decimal(97_500))
    effective = await business.row("orders-algo", state="effective")
    filled = await private.row("orders", state="filled")
    assert (filled["algoClOrdId"], filled["clOrdId"]) == ("stop", "")
    assert effective["ordId"] == filled["ordId"]
    assert (await world.found_algo("stop"))["ordId"] == filled["ordId"]
    (past,) = (await world.client.get(HISTORY, ordType="conditional", state="effective")).rows
    assert past["algoId"] == placed["algoId"]
    (fill,) = (await world.client.get("/api/v5/trade/fills")).rows
    assert (fill["ordId"], fill["clOrdId"]) == (filled["ordId"], "")


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"slTriggerPx": "101000"}, "51280"),
        ({"side": "buy", "slTriggerPx": "99000"}, "51278"),
        ({"slTriggerPx": None, "slOrdPx": None, "tpTriggerPx": "99000", "tpOrdPx": "-1"}, "51279"),
        ({"slTriggerPx": None, "slOrdPx": None}, "51000"),
        ({"slTriggerPx": "98000.05"}, "51150"),
        ({"ordType": "iceberg"}, "51000"),
        ({"algoClOrdId": "not-allowed"}, "51000"),
    ],
)
async def test_refusals_of_algo_orders(world: World, terms: dict[str, Any], code: str) -> None:
    assert (await world.place_algo("no", **terms)).refusal[0] == code
    assert not world.venue.summary().orders


async def test_a_trigger_order_waits_for_the_price_from_either_side(world: World) -> None:
    terms: dict[str, Any] = {
        "ordType": "trigger",
        "slTriggerPx": None,
        "slOrdPx": None,
        "orderPx": "-1",
    }
    await world.place_algo("rise", triggerPx="101000", **terms)
    await world.place_algo("fall", triggerPx="99000", **terms)
    world.venue.move("BTC-USDT", Decimal(101_500))
    states = [(await world.found_algo(name))["state"] for name in ("rise", "fall")]
    assert states == ["effective", "live"]


async def test_a_trigger_order_is_listed_and_told_as_one(world: World) -> None:
    business = await world.client.private("business")
    await business.subscribe("orders-algo", instType="ANY")
    terms: dict[str, Any] = {"slTriggerPx": None, "slOrdPx": None}
    terms |= {"triggerPx": "101000", "orderPx": "100900"}
    placed = (await world.place_algo("trigger", ordType="trigger", tag="mine", **terms)).row
    told = await business.row("orders-algo", state="live")
    (listed,) = (await world.client.get(PENDING, ordType="trigger")).rows
    found = await world.found_algo("trigger")
    for row in (told, listed, found):
        assert (row["algoId"], row["ordType"], row["tag"]) == (placed["algoId"], "trigger", "mine")
        assert (row["triggerPx"], row["ordPx"], row["slTriggerPx"]) == ("101000", "100900", "")
    assert (await world.client.get(PENDING, ordType="conditional,oco")).rows == []
    named = {"instId": "BTC-USDT", "algoClOrdId": "trigger"}
    await world.client.post(AMEND, {**named, "newTriggerPx": "102000", "newOrdPx": "101000"})
    found = await world.found_algo("trigger")
    assert (found["triggerPx"], found["ordPx"]) == ("102000", "101000")


BOTH: dict[str, Any] = {"ordType": "oco", "tpTriggerPx": "102000", "tpOrdPx": "-1"}


@pytest.mark.parametrize(("price", "side"), [(97_500, "sl"), (102_500, "tp")])
async def test_of_an_oco_order_the_first_way_that_triggers_is_the_only_one(
    world: World, price: int, side: str
) -> None:
    placed = (await world.place_algo("both", **BOTH)).row
    (waiting,) = (await world.client.get(PENDING, ordType="oco")).rows
    assert waiting["algoId"] == placed["algoId"]
    assert (waiting["slTriggerPx"], waiting["tpTriggerPx"]) == ("98000", "102000")
    world.venue.move("BTC-USDT", Decimal(price))
    found = await world.found_algo("both")
    assert (found["state"], found["actualSide"]) == ("effective", side)
    assert (found["slTriggerPx"], found["tpTriggerPx"]) == ("98000", "102000")
    assert len(world.venue.ledger(event="filled")) == 1
    world.venue.move("BTC-USDT", Decimal(200_000 - price))
    assert len(world.venue.ledger(event="filled")) == 1


async def test_each_way_of_an_oco_order_is_amended_for_itself(world: World) -> None:
    await world.place_algo("both", **BOTH)
    named = {"instId": "BTC-USDT", "algoClOrdId": "both"}
    assert (await world.client.post(AMEND, {**named, "newTpTriggerPx": "103000"})).code == "0"
    found = await world.found_algo("both")
    assert (found["slTriggerPx"], found["tpTriggerPx"]) == ("98000", "103000")
    wrong = await world.client.post(AMEND, {**named, "newTpTriggerPx": "99000"})
    assert wrong.refusal[0] == "51279"
    assert (await world.client.post(CANCEL, [named])).row["sCode"] == "0"


async def test_of_both_ways_a_conditional_order_is_the_stop_alone(world: World) -> None:
    """The venue says so of ordType conditional."""
    await world.place_algo("stop", **{**BOTH, "ordType": "conditional"})
    found = await world.found_algo("stop")
    assert (found["slTriggerPx"], found["tpTriggerPx"]) == ("98000", "")


@pytest.mark.parametrize(
    "terms",
    [
        {"attachAlgoOrds": [{"slTriggerPx": "90000", "slOrdPx": "-1"}]},
        {"closeFraction": "1"},
        {"cxlOnClosePos": "true"},
        {"tpOrdKind": "limit"},
        {"advanceOrdType": "fok"},
    ],
)
async def test_a_term_that_is_not_simulated_is_refused_not_dropped(
    world: World, terms: dict[str, Any]
) -> None:
    assert (await world.place_algo("no", **terms)).refusal[0] == "51000"
    assert not world.venue.summary().orders


async def test_an_empty_list_is_not_sent(world: World) -> None:
    """The venue's own client attaches an empty list to every algo order."""
    assert (await world.place_algo("stop", attachAlgoOrds=[])).code == "0"


async def test_a_trailing_stop_follows_the_market(world: World) -> None:
    advance = await world.client.private("business")
    await advance.subscribe("algo-advance", instType="ANY")
    terms: dict[str, Any] = {"slTriggerPx": None, "slOrdPx": None, "callbackRatio": "0.01"}
    await world.place_algo("trail", ordType="move_order_stop", **terms)
    assert (await advance.row("algo-advance", state="live"))["callbackRatio"] == "0.01"
    world.venue.move("BTC-USDT", Decimal(103_000))
    found = await world.found_algo("trail")
    assert found["state"] == "live"
    assert 101_900 < float(found["moveTriggerPx"]) < 102_000
    world.venue.move("BTC-USDT", Decimal(101_000))
    await advance.row("algo-advance", state="effective")


async def test_algo_orders_are_amended_and_canceled_by_their_own_id(world: World) -> None:
    await world.place_algo("stop")
    named = {"instId": "BTC-USDT", "algoClOrdId": "stop"}
    await world.client.post(AMEND, {**named, "newSlTriggerPx": "97000", "newSz": "0.02"})
    found = await world.found_algo("stop")
    assert (found["slTriggerPx"], found["sz"]) == ("97000", "0.02")
    over = await world.client.post(AMEND, {**named, "newSlTriggerPx": "101000"})
    assert over.refusal[0] == "51280"
    assert (await world.client.post(CANCEL, [named])).row["sCode"] == "0"
    assert (await world.client.post(CANCEL, [named])).refusal[0] == "51401"
    assert (await world.found_algo("stop"))["state"] == "canceled"


async def test_what_triggered_is_no_algo_order_any_more(world: World) -> None:
    await world.place_algo("stop", slOrdPx="99500")
    world.venue.move("BTC-USDT", Decimal(97_500))
    named = {"instId": "BTC-USDT", "algoClOrdId": "stop"}
    assert (await world.client.post(CANCEL, [named])).refusal[0] == "51402"
    assert (await world.client.post(AMEND, {**named, "newSz": "0.02"})).refusal[0] == "51510"
    child = (await world.found_algo("stop"))["ordId"]
    assert (await world.client.get(ORDER, instId="BTC-USDT", clOrdId="stop")).code == "51603"
    order = (await world.client.get(ORDER, instId="BTC-USDT", ordId=child)).row
    assert (order["state"], order["px"], order["ordType"]) == ("live", "99500", "limit")


async def test_a_reduce_only_stop_without_a_position_fails_when_it_triggers(world: World) -> None:
    business = await world.client.private("business")
    await business.subscribe("orders-algo", instType="ANY")
    await world.place_algo("reduce", SWAP, reduceOnly="true")
    world.venue.move("BTC-USDT-SWAP", Decimal(97_500))
    failed = await business.row("orders-algo", state="order_failed")
    assert (failed["algoClOrdId"], failed["failCode"]) == ("reduce", "51169")
    assert (await world.client.get("/api/v5/trade/orders-pending")).rows == []


async def test_an_unknown_algo_order_is_the_venues_own_not_found(world: World) -> None:
    reply = await world.client.get("/api/v5/trade/order-algo", algoClOrdId="never")
    assert (reply.status, reply.code) == (200, "51603")
    missing = {"instId": "BTC-USDT", "algoClOrdId": "never"}
    assert (await world.client.post(CANCEL, [missing])).refusal[0] == "51400"
