"""Spot orders by REST: what is answered, and what is refused in which words."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World
from tests.support.binance_client import KEY, signature_of

D = Decimal


async def test_a_limit_order_rests_is_found_and_canceled(world: World) -> None:
    placed = await world.buy("rest")
    assert (placed.status, placed.body["status"], placed.body["fills"]) == (200, "NEW", [])
    by_id = {"symbol": "BTCUSDT", "orderId": placed.body["orderId"]}
    by_client_id = {"symbol": "BTCUSDT", "origClientOrderId": "rest"}
    for name in (by_id, by_client_id):
        found = await world.spot.signed("GET", "/api/v3/order", **name)
        assert found.body["clientOrderId"] == "rest"
    listed = await world.spot.signed("GET", "/api/v3/openOrders")
    assert [order["clientOrderId"] for order in listed.body] == ["rest"]
    canceled = await world.spot.signed("DELETE", "/api/v3/order", **by_id)
    assert canceled.body["status"] == "CANCELED"
    assert canceled.body["origClientOrderId"] == "rest"
    assert (await world.spot.signed("DELETE", "/api/v3/order", **by_id)).code == -2011


async def test_a_market_order_fills_with_its_fee_in_the_received_asset(world: World) -> None:
    placed = await world.buy("market", **MARKET)
    assert placed.body["status"] == "FILLED"
    (fill,) = placed.body["fills"]
    assert (fill["commission"], fill["commissionAsset"]) == ("0.00001000", "BTC")
    trades = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    assert [trade["id"] for trade in trades.body] == [fill["tradeId"]]
    account = await world.spot.signed("GET", "/api/v3/account")
    bitcoin = next(each for each in account.body["balances"] if each["asset"] == "BTC")
    assert bitcoin["free"] == "1000.00999000"


async def test_a_quote_quantity_buys_what_it_pays_for(world: World) -> None:
    placed = await world.buy("quote", **MARKET, quantity=None, quoteOrderQty="1000")
    spent = D(placed.body["cummulativeQuoteQty"])
    assert D(998) < spent <= D(1000)


async def test_cancel_all_cancels_the_symbol_only(world: World) -> None:
    await world.buy("one")
    await world.buy("two")
    await world.buy("ether", symbol="ETHUSDT", price="3000.00", quantity="0.1")
    canceled = await world.spot.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert [order["origClientOrderId"] for order in canceled.body] == ["one", "two"]
    listed = await world.spot.signed("GET", "/api/v3/openOrders")
    assert [order["clientOrderId"] for order in listed.body] == ["ether"]


async def test_a_form_body_is_as_good_as_a_query(world: World) -> None:
    stamp = int(time.time() * 1000)
    body = f"symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&timestamp={stamp}"
    async with world.session.post(
        f"{world.spot.url}/api/v3/order",
        data=f"{body}&signature={signature_of(body)}",
        headers={
            "X-MBX-APIKEY": KEY,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    ) as answer:
        assert (await answer.json())["status"] == "FILLED"


async def test_pages_of_orders_and_trades(world: World) -> None:
    for number in range(4):
        await world.buy(f"m{number}", **MARKET)
    orders = await world.spot.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT", limit=2)
    assert [order["clientOrderId"] for order in orders.body] == ["m2", "m3"]
    first = orders.body[0]["orderId"] - 1
    orders = await world.spot.signed(
        "GET", "/api/v3/allOrders", symbol="BTCUSDT", orderId=first, limit=2
    )
    assert [order["clientOrderId"] for order in orders.body] == ["m1", "m2"]
    trades = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    second = trades.body[1]["id"]
    later = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT", fromId=second)
    assert [trade["id"] for trade in later.body] == [t["id"] for t in trades.body[1:]]
    future = int(time.time() * 1000) + 60_000
    none = await world.spot.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT", startTime=future)
    assert none.body == []


@pytest.mark.parametrize(
    ("terms", "code", "message"),
    [
        ({"symbol": "NOPE"}, -1121, "Invalid symbol."),
        ({"side": "HOLD"}, -1117, "Invalid side."),
        ({"type": "TRAILING_STOP"}, -1116, "Invalid orderType."),
        ({"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
        ({"price": None}, -1102, "Mandatory parameter 'price' was not sent"),
        ({"quantity": "-1"}, -1100, "Illegal characters found in parameter 'quantity'"),
        ({"quantity": "NaN"}, -1100, "Illegal characters found in parameter 'quantity'"),
        ({"quantity": "0.01\n"}, -1100, "Illegal characters found in parameter 'quantity'"),
        ({"newClientOrderId": "a\n"}, -1100, "Illegal characters found in parameter"),
        ({"newClientOrderId": "é"}, -1100, "Illegal characters found in parameter"),
        ({"newClientOrderId": "a b"}, -1100, "Illegal characters found in parameter"),
        ({"newClientOrderId": "x" * 37}, -1100, "Illegal characters found in parameter"),
        ({"price": "90000.001"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"quantity": "0.000001"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "0.00001"}, -1013, "Filter failure: NOTIONAL"),
        ({"quantity": "1000"}, -2010, "Account has insufficient balance"),
        (
            {"type": "LIMIT_MAKER", "timeInForce": None, "price": "110000.00"},
            -2010,
            "Order would immediately match and take.",
        ),
        ({"newClientOrderId": "open"}, -2010, "Duplicate order sent."),
    ],
)
async def test_refusals(world: World, terms: dict[str, Any], code: int, message: str) -> None:
    await world.buy("open")
    refused = await world.buy("refused", **terms)
    assert (refused.status, refused.code) == (400, code)
    assert refused.body["msg"].startswith(message)
    assert list(world.ledger().orders) == ["open"]


async def test_unknown_orders_have_their_codes(world: World) -> None:
    name = {"symbol": "BTCUSDT", "origClientOrderId": "nobody"}
    assert (await world.spot.signed("GET", "/api/v3/order", **name)).code == -2013
    assert (await world.spot.signed("DELETE", "/api/v3/order", **name)).code == -2011
    listed = await world.spot.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert listed.code == -2011


async def test_answers_report_weight_and_order_counts(world: World) -> None:
    await world.buy("one")
    reply = await world.buy("two")
    assert reply.headers["X-MBX-ORDER-COUNT-10S"] == "2"
    assert reply.headers["X-MBX-USED-WEIGHT-1M"] == "2"


async def test_who_is_not_known_gets_nothing(world: World) -> None:
    assert (await world.spot.public("/api/v3/account")).code == -2014
    assert (await world.spot.public("/api/v3/nothing")).status == 404
    stale = int(time.time() * 1000) - 6000
    assert (await world.spot.signed("GET", "/api/v3/account", timestamp=stale)).code == -1021
