"""Order commands by REST and by socket, and the venue's words for what it refuses."""

from typing import Any

import pytest

from tests.contracts.bybit_simulator.worlds import CATEGORIES, MARKET, World

ALL = pytest.mark.parametrize("category", CATEGORIES)


@ALL
async def test_an_order_is_created_amended_and_cancelled(world: World, category: str) -> None:
    named = CATEGORIES[category] | {"orderLinkId": "one"}
    del named["qty"]
    created = (await world.create("one", category)).result
    assert (await world.found("one", category))["orderStatus"] == "New"
    amended = await world.client.post("/v5/order/amend", **named, price="97500")
    assert amended.result["orderId"] == created["orderId"]
    assert float((await world.found("one", category))["price"]) == 97500
    await world.client.post("/v5/order/cancel", **named)
    row = await world.found("one", category)
    assert (row["orderStatus"], row["rejectReason"]) == ("Cancelled", "EC_PerCancelRequest")
    assert row["cancelType"] == "CancelByUser"


@ALL
async def test_a_market_order_fills_and_pays_its_fee(world: World, category: str) -> None:
    assert (await world.create("buy", category, **MARKET)).code == 0
    row = await world.found("buy", category)
    assert row["orderStatus"] == "Filled"
    executions = await world.client.get("/v5/execution/list", category=category)
    told = executions.rows[0]
    assert told["feeCurrency"] == {"spot": "BTC", "linear": "USDT", "inverse": "BTC"}[category]
    ledger = world.venue.ledger(event="filled")[0]
    assert float(told["execFee"]) == float(ledger["fee"]) > 0


async def test_a_post_only_order_that_would_take_is_taken_then_cancelled(world: World) -> None:
    private = await world.client.private("order")
    terms = {"price": "101000", "timeInForce": "PostOnly"}
    assert (await world.create("maker", **terms)).code == 0
    row = (await private.next(topic="order"))["data"][0]
    assert (row["orderStatus"], row["rejectReason"]) == (
        "Cancelled",
        "EC_PostOnlyWillTakeLiquidity",
    )
    assert world.venue.ledger(event="filled") == []


async def test_what_an_ioc_and_a_fok_cannot_trade_is_cancelled(world: World) -> None:
    assert (await world.create("ioc", timeInForce="IOC")).code == 0
    assert (await world.found("ioc"))["rejectReason"] == "EC_NoImmediateQtyToFill"
    assert (await world.create("fok", timeInForce="FOK")).code == 0
    assert (await world.found("fok"))["rejectReason"] == "EC_NoEnoughQtyToFill"


@pytest.mark.parametrize(("category", "code"), [("spot", 170141), ("linear", 110072)])
async def test_an_order_link_id_is_never_taken_twice(
    world: World, category: str, code: int
) -> None:
    assert (await world.create("once", category, timeInForce="IOC")).code == 0
    assert (await world.create("once", category)).code == code
    assert len(world.venue.ledger(event="accepted")) == 1


@pytest.mark.parametrize(
    ("category", "terms", "code"),
    [
        ("spot", {"symbol": "NOSUCH"}, 170121),
        ("spot", {"price": "97000.01"}, 170134),
        ("spot", {"qty": "0.0100001"}, 170137),
        ("spot", {"qty": "0.000001"}, 170136),
        ("spot", {"qty": "0.00002"}, 170140),
        ("spot", {"price": "120000"}, 170193),
        ("spot", {"side": "Sell", "price": "80000"}, 170194),
        ("spot", {"qty": "80", "side": "Sell", "symbol": "ETHUSDT", "price": "1990000"}, 0),
        ("linear", {"symbol": "NOSUCH"}, 10001),
        ("linear", {"price": "97000.05"}, 10001),
        ("linear", {"qty": "0.0005"}, 10001),
        ("linear", {"price": "120000"}, 110003),
        ("linear", {"symbol": "ETHUSDT", "qty": "0.01", "price": "100"}, 110094),
        ("linear", {"qty": "1190", "price": "100000"}, 0),
        ("linear", {"reduceOnly": True}, 110017),
        ("linear", {"side": "Long"}, 10001),
        ("linear", {"timeInForce": "GTD"}, 10001),
        ("linear", {"positionIdx": 1}, 10001),
        ("linear", {"orderLinkId": "x" * 37}, 10001),
        ("linear", {"orderLinkId": "not/legal"}, 10001),
    ],
)
async def test_refusals(world: World, category: str, terms: dict[str, Any], code: int) -> None:
    reply = await world.create("refused", category, **terms)
    assert reply.code == code, reply.body
    assert bool(world.venue.ledger(event="accepted")) is (code == 0)


@pytest.mark.parametrize(
    ("category", "terms", "code"),
    [
        ("spot", {"stopLoss": "90000"}, 170130),
        ("spot", {"takeProfit": "110000", "tpOrderType": "Market"}, 170130),
        ("spot", {"isLeverage": 1}, 170130),
        ("linear", {"isLeverage": 1}, 10001),
        ("linear", {"slippageToleranceType": "TickSize", "slippageTolerance": "5"}, 10001),
        ("linear", {"bboSideType": "Queue", "bboLevel": "1"}, 10001),
        ("linear", {"smpType": "Sometimes"}, 10001),
        ("linear", {"mmp": True}, 10001),
    ],
)
async def test_a_term_that_is_not_simulated_is_refused_not_dropped(
    world: World, category: str, terms: dict[str, Any], code: int
) -> None:
    assert (await world.create("no", category, **terms)).code == code
    assert world.venue.ledger(event="accepted") == []


@ALL
async def test_terms_that_change_nothing_are_taken(world: World, category: str) -> None:
    """As many clients send them with every order."""
    terms = {"isLeverage": 0, "stopLoss": "0", "takeProfit": "", "mmp": False, "smpType": "None"}
    assert (await world.create("plain", category, **terms)).code == 0


async def test_an_amendment_does_not_drop_what_it_cannot_change(world: World) -> None:
    await world.create("bracket", stopLoss="90000")
    named = {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "bracket"}
    for terms in ({"stopLoss": "91000"}, {"stopLoss": "0"}, {"tpslMode": "Partial"}):
        reply = await world.client.post("/v5/order/amend", **named, **terms, price="96000")
        assert reply.code == 10001
    assert float((await world.found("bracket"))["price"]) == 97000


@ALL
@pytest.mark.parametrize(
    ("rule", "maker", "taker"),
    [
        ("None", ("Filled", "UNKNOWN"), ("Filled", "UNKNOWN")),
        ("CancelMaker", ("Cancelled", "CancelBySmp"), ("New", "UNKNOWN")),
        ("CancelTaker", ("New", "UNKNOWN"), ("Cancelled", "CancelBySmp")),
        ("CancelBoth", ("Cancelled", "CancelBySmp"), ("Cancelled", "CancelBySmp")),
    ],
)
async def test_an_order_says_whether_it_may_meet_its_own_account(
    world: World, category: str, rule: str, maker: tuple[str, str], taker: tuple[str, str]
) -> None:
    """The rule is that of the incoming order; without one an account trades with itself."""
    middle = {"spot": "100000", "linear": "100015", "inverse": "100010"}[category]
    await world.create("maker", category, side="Sell", price=middle, smpType="CancelBoth")
    await world.create("taker", category, price=middle, smpType=rule)
    ends = []
    for name in ("maker", "taker"):
        row = await world.found(name, category)
        ends.append((row["orderStatus"], row["cancelType"]))
    assert ends == [maker, taker]
    assert (await world.found("taker", category))["smpType"] == rule


@pytest.mark.parametrize(("category", "has_them"), [("spot", False), ("linear", True)])
async def test_spot_rows_lack_what_only_contracts_have(
    world: World, category: str, has_them: bool
) -> None:
    """Clients tell them apart by it."""
    private = await world.client.private("order", "execution")
    await world.create("row", category, **MARKET)
    row = await world.found("row", category)
    order = (await private.next(topic="order"))["data"][0]
    execution = (await private.next(topic="execution"))["data"][0]
    for told, names in ((row, ("tpslMode", "createType")), (order, ("tpslMode", "createType"))):
        assert [name in told for name in names] == [has_them, has_them]
    assert ("createType" in execution) is has_them


async def test_there_are_three_categories(world: World) -> None:
    order = world.order("refused") | {"category": "option"}
    assert (await world.client.post("/v5/order/create", **order)).code == 10001


async def test_there_must_be_money(world: World) -> None:
    spot = {"qty": "60", "price": "100000"}
    codes = [(await world.create(f"rich{n}", "spot", **spot)).code for n in range(9)]
    assert codes[0] == 0
    assert codes[-1] == 170131
    linear = {"qty": "1190", "price": "100000"}
    codes = [(await world.create(f"big{n}", **linear)).code for n in range(9)]
    assert codes[-1] == 110007


@pytest.mark.parametrize(("category", "code"), [("spot", 170213), ("linear", 110001)])
async def test_what_is_not_there_cannot_be_changed(world: World, category: str, code: int) -> None:
    named = CATEGORIES[category] | {"orderLinkId": "ghost"}
    for command in ("cancel", "amend"):
        assert (await world.client.post(f"/v5/order/{command}", **named)).code == code
    await world.create("ghost", category, timeInForce="IOC")
    assert (await world.client.post("/v5/order/cancel", **named)).code == code


async def test_an_amendment_that_changes_nothing_is_refused(world: World) -> None:
    await world.create("same")
    named = {"category": "linear", "symbol": "BTCUSDT", "orderLinkId": "same"}
    assert (await world.client.post("/v5/order/amend", **named, price="97000")).code == 10001


async def test_batches_say_how_each_order_fared(world: World) -> None:
    orders = [world.order("b1"), world.order("b2", price="120000"), world.order("b3")]
    reply = await world.client.post("/v5/order/create-batch", category="linear", request=orders)
    assert [row["orderLinkId"] for row in reply.rows] == ["b1", "b2", "b3"]
    assert [each["code"] for each in reply.body["retExtInfo"]["list"]] == [0, 110003, 0]
    cancels = [{"symbol": "BTCUSDT", "orderLinkId": name} for name in ("b1", "nobody")]
    reply = await world.client.post("/v5/order/cancel-batch", category="linear", request=cancels)
    assert [each["code"] for each in reply.body["retExtInfo"]["list"]] == [0, 110001]


async def test_cancel_all_means_what_it_names(world: World) -> None:
    for category in CATEGORIES:
        await world.create(category, category)
    cancel_all = "/v5/order/cancel-all"
    assert (await world.client.post(cancel_all, category="linear")).code == 10001
    reply = await world.client.post(cancel_all, category="linear", settleCoin="USDT")
    assert [row["orderLinkId"] for row in reply.rows] == ["linear"]
    states = {c: (await world.found(c, c))["orderStatus"] for c in CATEGORIES}
    assert states == {"spot": "New", "linear": "Cancelled", "inverse": "New"}


async def test_a_command_by_socket_is_the_command_by_rest(world: World) -> None:
    socket, named = await world.client.trade(), {"category": "linear", "symbol": "BTCUSDT"}
    created = await socket.call("order.create", world.order("ws"), request_id="1")
    assert (created["retCode"], created["op"]) == (0, "order.create")
    assert created["header"]["X-Bapi-Limit"]
    change = named | {"orderLinkId": "ws", "price": "97500"}
    assert (await socket.call("order.amend", change, request_id="2"))["retCode"] == 0
    assert float((await world.found("ws"))["price"]) == 97500
    gone = await socket.call("order.cancel", named | {"orderLinkId": "ws"}, request_id="3")
    assert gone["data"]["orderId"] == created["data"]["orderId"]
    again = await socket.call("order.cancel", named | {"orderLinkId": "ws"}, request_id="4")
    assert again["retCode"] == 110001
    batch = {"category": "linear", "request": [world.order("w1"), world.order("w2")]}
    reply = await socket.call("order.create-batch", batch, request_id="5")
    assert [each["code"] for each in reply["retExtInfo"]["list"]] == [0, 0]
