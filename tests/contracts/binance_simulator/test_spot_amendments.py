"""A spot order takes a smaller quantity and keeps its place: what is answered, and what refused."""

from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World, spot_user

PATH = "/api/v3/order/amend/keepPriority"
CHANGES_NOTHING = "The requested action would change no state; rejecting."


async def amended(world: World, client_id: str, quantity: str, **terms: Any) -> Any:
    wanted = {"symbol": "BTCUSDT", "origClientOrderId": client_id, "newQty": quantity} | terms
    return await world.spot.signed("PUT", PATH, **wanted)


async def test_a_smaller_quantity_keeps_priority(world: World) -> None:
    user = await spot_user(world)
    await world.buy("mine", quantity="0.02")
    answer = await amended(world, "mine", "0.01", newClientOrderId="smaller")
    order = answer.body["amendedOrder"]
    assert (order["origClientOrderId"], order["clientOrderId"]) == ("mine", "smaller")
    assert (order["qty"], order["status"]) == ("0.01000000", "NEW")
    event = (await user.next(lambda each: each["event"].get("x") == "REPLACED"))["event"]
    assert (event["c"], event["C"], event["q"]) == ("smaller", "mine", "0.01000000")
    named = {"symbol": "BTCUSDT", "origClientOrderId": "smaller"}
    assert (await world.spot.signed("GET", "/api/v3/order", **named)).status == 200
    gone = await world.spot.signed(
        "GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine"
    )
    assert gone.code == -2013


async def test_the_same_client_id_can_stay_and_the_rest_of_the_funds_is_free(world: World) -> None:
    await world.buy("mine", quantity="0.02")
    answer = await amended(world, "mine", "0.01", newClientOrderId="mine")
    assert answer.body["amendedOrder"]["clientOrderId"] == "mine"
    account = await world.spot.signed("GET", "/api/v3/account")
    dollars = next(each for each in account.body["balances"] if each["asset"] == "USDT")
    assert dollars["locked"] == "900.00000000"


async def test_without_a_new_client_id_the_venue_gives_one(world: World) -> None:
    await world.buy("mine", quantity="0.02")
    order = (await amended(world, "mine", "0.01")).body["amendedOrder"]
    assert order["clientOrderId"] not in ("", "mine")


@pytest.mark.parametrize(
    ("quantity", "code", "text"),
    [
        ("0.03", -2038, "Order amend (quantity increase) is not supported."),
        ("0.02", -2038, CHANGES_NOTHING),
        ("0.010001", -1013, "Filter failure: LOT_SIZE"),
        ("0.00001", -1013, "Filter failure: NOTIONAL"),
    ],
)
async def test_what_is_no_smaller_conforming_quantity_is_refused(
    world: World, quantity: str, code: int, text: str
) -> None:
    await world.buy("mine", quantity="0.02")
    refused = await amended(world, "mine", quantity, newClientOrderId="mine")
    assert (refused.code, refused.body["msg"]) == (code, text)
    listed = await world.spot.signed("GET", "/api/v3/openOrders")
    assert [order["origQty"] for order in listed.body] == ["0.02000000"]


async def test_an_order_that_is_over_or_was_never_there_is_refused(world: World) -> None:
    await world.buy("bought", **MARKET)
    assert (await amended(world, "bought", "0.005")).code == -2038
    assert (await amended(world, "nobody", "0.005")).code == -2011


async def test_an_order_is_amended_only_so_often(world: World) -> None:
    info = await world.spot.public("/api/v3/exchangeInfo", symbol="BTCUSDT")
    limits = {each["filterType"]: each for each in info.body["symbols"][0]["filters"]}
    most = limits["MAX_NUM_ORDER_AMENDS"]["maxNumOrderAmends"]
    await world.buy("mine", quantity="0.02")
    answers = [
        await amended(world, "mine", f"0.0{199 - turn}", newClientOrderId="mine")
        for turn in range(most + 1)
    ]
    assert [answer.status for answer in answers[:-1]] == [200] * most
    assert (answers[-1].code, answers[-1].body["msg"]) == (
        -2038,
        "Filter failure: MAX_NUM_ORDER_AMENDS",
    )
