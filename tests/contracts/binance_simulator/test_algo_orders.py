"""Futures conditional orders: the algo endpoints and their user events."""

import time
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World, futures_user

STOP = {"type": "STOP_MARKET", "triggerPrice": "105000.00", "workingType": "MARK_PRICE"}


async def algo(world: World, client_id: str, **terms: Any) -> Any:
    """A stop that buys, unless the terms say otherwise."""
    order = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "algoType": "CONDITIONAL",
        "positionSide": "BOTH",
        "quantity": "0.010",
        "clientAlgoId": client_id,
        "reduceOnly": "False",
    }
    wanted = {name: value for name, value in (order | STOP | terms).items() if value is not None}
    return await world.futures.signed("POST", "/fapi/v1/algoOrder", **wanted)


async def one(world: World, client_id: str) -> Any:
    return (await world.futures.signed("GET", "/fapi/v1/algoOrder", clientAlgoId=client_id)).body


async def regular(world: World, client_id: str) -> Any:
    named = {"symbol": "BTCUSDT", "origClientOrderId": client_id}
    return await world.futures.signed("GET", "/fapi/v1/order", **named)


async def move(world: World, mid: str) -> None:
    await world.admin("POST", "/market/pause")
    await world.admin("POST", "/market", symbol="BTCUSDT", mid=mid)


async def test_until_it_triggers_only_the_algo_endpoints_know_it(world: World) -> None:
    placed = await algo(world, "stop")
    assert (placed.body["algoStatus"], placed.body["clientAlgoId"]) == ("NEW", "stop")
    assert (await regular(world, "stop")).code == -2013
    assert (await world.futures.signed("GET", "/fapi/v1/openOrders")).body == []
    await world.futures.signed("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
    (waiting,) = (await world.futures.signed("GET", "/fapi/v1/openAlgoOrders")).body
    assert waiting["algoId"] == placed.body["algoId"]


async def test_a_triggered_order_is_a_new_one_with_the_same_client_id(world: World) -> None:
    user = await futures_user(world)
    placed = await algo(world, "stop")
    await move(world, "105100")
    order = (await regular(world, "stop")).body
    assert (order["status"], order["type"], order["executedQty"]) == ("FILLED", "MARKET", "0.010")
    row = await one(world, "stop")
    assert (row["algoStatus"], row["actualOrderId"]) == ("FINISHED", str(order["orderId"]))
    assert row["algoId"] == placed.body["algoId"] != order["orderId"]
    told = []
    for event in await user.seen_during(0.5):
        if event["e"] == "ALGO_UPDATE":
            told.append(("ALGO", event["o"]["X"], event["o"]["ai"]))
        elif event["e"] == "ORDER_TRADE_UPDATE":
            told.append((event["o"]["x"], event["o"]["X"], str(event["o"]["i"])))
    order_id = str(order["orderId"])
    assert told == [
        ("ALGO", "NEW", ""),
        ("ALGO", "TRIGGERING", order_id),
        ("ALGO", "TRIGGERED", order_id),
        ("NEW", "NEW", order_id),
        ("TRADE", "FILLED", order_id),
        ("ALGO", "FINISHED", order_id),
    ]


async def test_a_triggered_limit_order_is_canceled_as_any_other(world: World) -> None:
    await algo(world, "stop", type="STOP", price="104000.00")
    await move(world, "105100")
    assert (await regular(world, "stop")).body["status"] == "NEW"
    named = {"clientAlgoId": "stop"}
    assert (await world.futures.signed("DELETE", "/fapi/v1/algoOrder", **named)).code == -2011
    await world.futures.signed(
        "DELETE", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="stop"
    )
    assert (await regular(world, "stop")).body["status"] == "CANCELED"
    assert (await one(world, "stop"))["algoStatus"] == "FINISHED"


@pytest.mark.parametrize(
    ("terms", "mid"),
    [
        ({"type": "TAKE_PROFIT_MARKET", "triggerPrice": "95000.00"}, "94900"),
        ({"type": "TAKE_PROFIT", "triggerPrice": "95000.00", "price": "96000.00"}, "94900"),
        ({"type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "5.0"}, "106000"),
    ],
)
async def test_every_type_fills(world: World, terms: dict[str, Any], mid: str) -> None:
    assert (await algo(world, "waits", **terms)).status == 200
    await move(world, mid)
    assert (await regular(world, "waits")).body["status"] == "FILLED"


async def test_a_trailing_stop_tells_its_rate(world: World) -> None:
    terms = {"type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "0.5"}
    await algo(world, "trail", **terms, activatePrice="99000.00")
    row = await one(world, "trail")
    assert (row["callbackRate"], row["activatePrice"]) == ("0.5", "99000.00")


async def test_a_canceled_algo_order_is_gone(world: World) -> None:
    user = await futures_user(world)
    placed = await algo(world, "stop")
    canceled = await world.futures.signed(
        "DELETE", "/fapi/v1/algoOrder", algoId=placed.body["algoId"]
    )
    assert (canceled.body["code"], canceled.body["clientAlgoId"]) == ("200", "stop")
    again = await world.futures.signed("DELETE", "/fapi/v1/algoOrder", clientAlgoId="stop")
    assert again.code == -2011
    assert [event["o"]["X"] for event in await user.seen_during(0.3)] == ["NEW", "CANCELED"]
    (past,) = (await world.futures.signed("GET", "/fapi/v1/allAlgoOrders", symbol="BTCUSDT")).body
    assert past["algoStatus"] == "CANCELED"


async def test_an_order_that_cannot_be_paid_when_it_triggers_is_rejected(world: World) -> None:
    user = await futures_user(world)
    await algo(world, "huge", type="STOP", quantity="10000", price="104000.00")
    await move(world, "105100")
    told = [event["o"]["X"] for event in await user.seen_during(0.5)]
    assert told == ["NEW", "REJECTED"]
    assert (await one(world, "huge"))["algoStatus"] == "REJECTED"
    assert (await regular(world, "huge")).code == -2013


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"triggerPrice": "95000.00"}, -2021),
        ({"type": "LIMIT"}, -1116),
        ({"algoType": "VP"}, -1130),
        ({"triggerPrice": None}, -1102),
        ({"triggerPrice": "105000.05"}, -4014),
        ({"price": "105000.00"}, -1106),
        ({"closePosition": "true", "quantity": None}, -1130),
        ({"type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "11"}, -2007),
        (
            {
                "type": "TRAILING_STOP_MARKET",
                "triggerPrice": None,
                "callbackRate": "1",
                "activatePrice": "106000.00",
            },
            -2021,
        ),
        ({"timeInForce": "GTD"}, -1102),
        ({"timeInForce": "GTD", "goodTillDate": "1000"}, -5040),
        ({"clientAlgoId": "open"}, -4116),
    ],
)
async def test_refusals(world: World, terms: dict[str, Any], code: int) -> None:
    await algo(world, "open")
    refused = await algo(world, "refused", **terms)
    assert (refused.status, refused.code) == (400, code)
    assert list(world.ledger("futures").orders) == ["open"]


async def test_a_good_till_date_is_told_in_whole_seconds(world: World) -> None:
    date_ms = time.time_ns() // 1_000_000 + 700_000
    order = await world.long("gtd", timeInForce="GTD", goodTillDate=str(date_ms))
    assert order.body["goodTillDate"] == date_ms // 1000 * 1000
    assert (await regular(world, "gtd")).body["timeInForce"] == "GTD"


async def test_the_websocket_api_takes_algo_orders(world: World) -> None:
    socket = await world.futures.logged_on("/ws-fapi/v1")
    terms = {"symbol": "BTCUSDT", "side": "BUY", "algoType": "CONDITIONAL", "quantity": "0.01"}
    placed = await socket.call("algoOrder.place", **terms | STOP, clientAlgoId="ws")
    assert placed["result"]["algoStatus"] == "NEW"
    canceled = await socket.call("algoOrder.cancel", clientAlgoId="ws")
    assert canceled["result"]["msg"] == "success"
