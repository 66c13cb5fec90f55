"""Spot orders that wait for a price, icebergs and replacements."""

from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World, spot_user

STOP = {"type": "STOP_LOSS_LIMIT", "price": "106000.00", "stopPrice": "105000.00"}


async def move(world: World, mid: str) -> None:
    """Put the market there, with a public trade: spot triggers by the last price."""
    await world.admin("POST", "/market/pause")
    await world.admin("POST", "/market", symbol="BTCUSDT", mid=mid)
    for side in ("BUY", "SELL"):
        await world.admin(
            "POST",
            "/market/trade",
            venue="BINANCE_SPOT",
            symbol="BTCUSDT",
            side=side,
            quantity="0.001",
        )


async def found(world: World, client_id: str) -> Any:
    reply = await world.spot.signed(
        "GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId=client_id
    )
    return reply.body


async def test_a_stop_limit_waits_then_works(world: World) -> None:
    user = await spot_user(world)
    await world.buy("stop", **STOP)
    waits = await found(world, "stop")
    assert (waits["status"], waits["isWorking"], waits["workingTime"]) == ("NEW", False, -1)
    assert (waits["type"], waits["stopPrice"]) == ("STOP_LOSS_LIMIT", "105000.00000000")
    await move(world, "105100")
    filled = await found(world, "stop")
    assert (filled["status"], filled["isWorking"]) == ("FILLED", True)
    reports = [each["event"] for each in await user.seen_during(0.5)]
    steps = [(r["x"], r["X"], r["w"]) for r in reports if r["e"] == "executionReport"]
    assert steps[0] == ("NEW", "NEW", False)
    assert steps[1] == ("NEW", "NEW", True)
    assert steps[-1] == ("TRADE", "FILLED", False)


@pytest.mark.parametrize(
    ("terms", "mid"),
    [
        ({"type": "STOP_LOSS", "side": "SELL", "stopPrice": "95000.00"}, "94900"),
        ({"type": "TAKE_PROFIT", "side": "SELL", "stopPrice": "105000.00"}, "105100"),
        ({"type": "STOP_LOSS", "side": "SELL", "trailingDelta": "500"}, "94000"),
        ({"type": "TAKE_PROFIT", "stopPrice": "95000.00"}, "94900"),
    ],
)
async def test_market_types_fill_when_they_trigger(
    world: World, terms: dict[str, str], mid: str
) -> None:
    none: dict[str, Any] = {"price": None, "timeInForce": None, "newOrderRespType": "RESULT"}
    placed = await world.buy("waits", **none | terms)
    assert placed.body["status"] == "NEW"
    await move(world, mid)
    order = await found(world, "waits")
    assert (order["status"], order["type"]) == ("FILLED", terms["type"])


async def test_a_trailing_take_profit_begins_to_trail_at_its_stop_price(world: World) -> None:
    terms = {"type": "TAKE_PROFIT_LIMIT", "side": "SELL", "price": "90000.00"}
    await world.buy("trail", **terms, stopPrice="105000.00", trailingDelta="100")
    await move(world, "98000")
    assert (await found(world, "trail"))["trailingTime"] == -1
    await move(world, "106000")
    assert (await found(world, "trail"))["status"] == "NEW"
    await move(world, "104000")
    assert (await found(world, "trail"))["status"] == "FILLED"


@pytest.mark.parametrize(
    ("terms", "code", "message"),
    [
        ({**STOP, "stopPrice": "90000.00"}, -2010, "Order would trigger immediately."),
        ({**STOP, "stopPrice": "105000.001"}, -1013, "Filter failure: PRICE_FILTER"),
        ({**STOP, "stopPrice": None}, -1102, "stopPrice"),
        ({"stopPrice": "105000.00"}, -1106, "stopPrice"),
        ({**STOP, "stopPrice": None, "trailingDelta": "5"}, -1013, "TRAILING_DELTA"),
        ({**STOP, "trailingDelta": "100"}, -1128, "Combination"),
        ({"icebergQty": "0.02"}, -2010, "IcebergQty exceeds QTY."),
        ({"icebergQty": "0.0009"}, -1013, "ICEBERG_PARTS"),
        ({"icebergQty": "0.005", "timeInForce": "IOC"}, -1115, "timeInForce"),
        ({"timeInForce": "GTD"}, -1115, "timeInForce"),
    ],
)
async def test_refusals(world: World, terms: dict[str, Any], code: int, message: str) -> None:
    reply = await world.buy("refused", **terms)
    assert (reply.status, reply.code) == (400, code)
    assert message in reply.body["msg"]
    assert world.ledger().orders == {}


async def test_an_iceberg_shows_its_tip_only(world: World) -> None:
    await world.admin("POST", "/market/pause")
    await world.buy("ice", price="99999.00", icebergQty="0.002")
    depth = await world.spot.public("/api/v3/depth", symbol="BTCUSDT", limit="5")
    assert depth.body["bids"][0] == ["99999.00000000", "0.00200000"]
    assert (await found(world, "ice"))["icebergQty"] == "0.00200000"


async def replaced(world: World, cancel: str, mode: str = "STOP_ON_FAILURE", **terms: str) -> Any:
    order = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "quantity": "0.01",
        "price": "91000.00",
        "newClientOrderId": "new",
        "cancelReplaceMode": mode,
        "cancelOrigClientOrderId": cancel,
    } | terms
    return await world.spot.signed("POST", "/api/v3/order/cancelReplace", **order)


async def test_an_order_is_replaced(world: World) -> None:
    await world.buy("old")
    reply = await replaced(world, "old")
    assert (reply.body["cancelResult"], reply.body["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert (await found(world, "old"))["status"] == "CANCELED"
    assert (await found(world, "new"))["price"] == "91000.00000000"


async def test_a_replacement_stops_at_a_cancel_that_fails(world: World) -> None:
    reply = await replaced(world, "nothing")
    assert (reply.status, reply.code) == (400, -2022)
    assert reply.body["data"]["newOrderResult"] == "NOT_ATTEMPTED"
    assert world.ledger().orders == {}


async def test_a_replacement_may_half_work(world: World) -> None:
    await world.buy("old")
    reply = await replaced(world, "old", price="0.001")
    assert (reply.status, reply.code) == (409, -2021)
    assert reply.body["data"]["newOrderResponse"]["code"] == -1013
    allowed = await replaced(world, "old", "ALLOW_FAILURE")
    assert (allowed.status, allowed.body["data"]["cancelResult"]) == (409, "FAILURE")
    assert (await found(world, "new"))["status"] == "NEW"
