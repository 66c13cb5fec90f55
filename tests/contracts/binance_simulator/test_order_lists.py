"""Spot order lists: two orders of which one ends the other."""

from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World, spot_user

OCO = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.01",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "105000.00",
    "aboveClientOrderId": "above",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "95000.00",
    "belowClientOrderId": "below",
    "listClientOrderId": "pair",
}


LIMIT_BELOW = {
    "belowType": "STOP_LOSS_LIMIT",
    "belowPrice": "94000.00",
    "belowTimeInForce": "GTC",
}


async def oco(world: World, **terms: Any) -> Any:
    wanted = {name: each for name, each in (OCO | terms).items() if each is not None}
    return await world.spot.signed("POST", "/api/v3/orderList/oco", **wanted)


async def states(world: World) -> list[tuple[str, str]]:
    history = await world.spot.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT")
    return [(order["clientOrderId"], order["status"]) for order in history.body]


async def bitcoin(world: World) -> tuple[str, str]:
    account = await world.spot.signed("GET", "/api/v3/account")
    return next((b["free"], b["locked"]) for b in account.body["balances"] if b["asset"] == "BTC")


async def test_a_pair_locks_its_funds_once(world: World) -> None:
    placed = (await oco(world, quantity="1000")).body
    assert (placed["contingencyType"], placed["listOrderStatus"]) == ("OCO", "EXECUTING")
    assert [each["clientOrderId"] for each in placed["orders"]] == ["above", "below"]
    assert {each["orderListId"] for each in placed["orderReports"]} == {placed["orderListId"]}
    assert await bitcoin(world) == ("0.00000000", "1000.00000000")
    (listed,) = (await world.spot.signed("GET", "/api/v3/openOrderList")).body
    assert listed["listClientOrderId"] == "pair"
    await world.spot.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert await bitcoin(world) == ("1000.00000000", "0.00000000")


@pytest.mark.parametrize(
    ("mid", "filled", "ended"), [("105100", "above", "below"), ("94900", "below", "above")]
)
async def test_the_one_that_trades_ends_the_other(
    world: World, mid: str, filled: str, ended: str
) -> None:
    user = await spot_user(world)
    await oco(world)
    await world.admin("POST", "/market", symbol="BTCUSDT", mid=mid)
    trade = {"venue": "BINANCE_SPOT", "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.001"}
    await world.admin("POST", "/market/trade", **trade)
    assert set(await states(world)) == {(filled, "FILLED"), (ended, "EXPIRED")}
    reports = [each["event"] for each in await user.seen_during(0.3)]
    lists = [each["l"] for each in reports if each["e"] == "listStatus"]
    assert lists == ["EXEC_STARTED", "ALL_DONE"]
    expired = next(each for each in reports if each.get("x") == "EXPIRED")
    assert (expired["c"], expired["eR"]) == (ended, "OCO_TRIGGER")
    assert reports.index(expired) < [each.get("x") for each in reports].index("TRADE")
    assert reports[-2]["l"] == "ALL_DONE"
    assert (await world.spot.signed("GET", "/api/v3/openOrderList")).body == []


async def test_a_part_that_trades_ends_the_other_too(world: World) -> None:
    await oco(world)
    which = {"venue": "BINANCE_SPOT", "client_order_id": "above"}
    await world.admin("POST", "/orders/fill", **which, quantity="0.004")
    assert await states(world) == [("above", "PARTIALLY_FILLED"), ("below", "EXPIRED")]
    assert (await bitcoin(world))[1] == "0.00600000"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/v3/order", {"origClientOrderId": "below"}),
        ("/api/v3/orderList", {"listClientOrderId": "pair"}),
    ],
)
async def test_a_cancel_of_one_cancels_both(world: World, path: str, named: dict[str, str]) -> None:
    await oco(world)
    canceled = await world.spot.signed("DELETE", path, symbol="BTCUSDT", **named)
    assert (canceled.body["listOrderStatus"], canceled.body["listClientOrderId"]) == (
        "ALL_DONE",
        "pair",
    )
    assert [each["status"] for each in canceled.body["orderReports"]] == ["CANCELED"] * 2
    again = await world.spot.signed("DELETE", path, symbol="BTCUSDT", **named)
    assert again.code == -2011


async def test_lists_are_found_by_id_and_name(world: World) -> None:
    placed = (await oco(world)).body
    by_id = {"orderListId": placed["orderListId"]}
    for named in (by_id, {"origClientOrderId": "pair"}):
        found = await world.spot.signed("GET", "/api/v3/orderList", **named)
        assert found.body["orders"] == placed["orders"]
    unknown = await world.spot.signed("GET", "/api/v3/orderList", orderListId=1)
    assert unknown.code == -2013
    (listed,) = (await world.spot.signed("GET", "/api/v3/allOrderList")).body
    assert listed["orderListId"] == placed["orderListId"]
    trades = await world.spot.signed("GET", "/api/v3/allOrderList", fromId=1, startTime=1)
    assert trades.code == -1128


async def test_the_older_request_is_taken_too(world: World) -> None:
    terms = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01", "price": "95000.00"}
    stop = {"stopPrice": "105000.00", "stopClientOrderId": "stop", "limitClientOrderId": "limit"}
    placed = await world.spot.signed("POST", "/api/v3/order/oco", **terms, **stop)
    told = [(each["clientOrderId"], each["type"]) for each in placed.body["orderReports"]]
    assert told == [("stop", "STOP_LOSS"), ("limit", "LIMIT_MAKER")]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"abovePrice": "99000.00"}, -2010),
        ({"belowStopPrice": "101000.00"}, -2010),
        ({"aboveType": "MARKET"}, -1158),
        ({"belowType": "LIMIT_MAKER", "belowPrice": "90000"}, -1168),
        ({"aboveType": "STOP_LOSS", "aboveStopPrice": "105000", "abovePrice": None}, -1197),
        ({"belowType": "TAKE_PROFIT", "aboveType": "TAKE_PROFIT"}, -1199),
        ({"side": "BUY"}, -1165),
        ({"belowStopPrice": None}, -1102),
        ({"quantity": "1001", **LIMIT_BELOW}, -2010),
        ({"abovePrice": "105000.001"}, -1013),
        ({"listClientOrderId": "open"}, -2010),
        ({"aboveClientOrderId": "first"}, -2010),
    ],
)
async def test_refusals(world: World, terms: dict[str, Any], code: int) -> None:
    await oco(world, listClientOrderId="open", aboveClientOrderId="first", belowClientOrderId="x")
    refused = await oco(world, **terms)
    assert (refused.status, refused.code) == (400, code)
    assert list(world.ledger().orders) == ["first", "x"]


@pytest.mark.parametrize("kind", ["oto", "otoco"])
async def test_lists_in_which_orders_trigger_others_are_refused(world: World, kind: str) -> None:
    refused = await world.spot.signed("POST", f"/api/v3/orderList/{kind}", symbol="BTCUSDT")
    assert (refused.code, refused.body["msg"]) == (
        -2010,
        "OTO orders are not supported for this symbol.",
    )


async def test_an_amendment_of_one_is_of_both(world: World) -> None:
    await oco(world)
    terms = {"symbol": "BTCUSDT", "origClientOrderId": "above", "newClientOrderId": "above"}
    path = "/api/v3/order/amend/keepPriority"
    await world.spot.signed("PUT", path, **terms, newQty="0.004")
    listed = (await world.spot.signed("GET", "/api/v3/openOrders", symbol="BTCUSDT")).body
    assert [order["origQty"] for order in listed] == ["0.00400000"] * 2
    assert (await bitcoin(world))[1] == "0.00400000"
