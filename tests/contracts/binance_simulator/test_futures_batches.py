"""Futures: several orders in one request, and orders that end unless somebody is alive."""

import asyncio
import json
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World

PATH = "/fapi/v1/batchOrders"
ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.010",
    "price": "96000.00",
}


async def batch(world: World, method: str, *orders: dict[str, Any]) -> Any:
    return await world.futures.signed(method, PATH, batchOrders=json.dumps(orders))


async def working(world: World) -> list[str]:
    listed = await world.futures.signed("GET", "/fapi/v1/openOrders", symbol="BTCUSDT")
    return [order["clientOrderId"] for order in listed.body]


async def test_each_order_of_a_batch_has_its_own_answer(world: World) -> None:
    reply = await batch(
        world,
        "POST",
        ORDER | {"newClientOrderId": "one"},
        ORDER | {"newClientOrderId": "bad", "price": "96000.05"},
        ORDER | {"newClientOrderId": "two", "reduceOnly": False},
    )
    told = [each.get("clientOrderId", each.get("code")) for each in reply.body]
    assert told == ["one", -4014, "two"]
    assert await working(world) == ["one", "two"]
    assert reply.headers["X-MBX-ORDER-COUNT-10S"] == "5"
    assert reply.headers["X-MBX-ORDER-COUNT-1M"] == "1"
    commands = await world.admin("GET", "/wire")
    assert [each["client_order_id"] for each in commands] == ["one", "bad", "two"]


async def test_orders_are_amended_together(world: World) -> None:
    ids = [(await world.long(name)).body["orderId"] for name in ("one", "two")]
    terms = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.02"}
    reply = await batch(
        world,
        "PUT",
        terms | {"orderId": ids[0], "price": "96500"},
        terms | {"origClientOrderId": "two", "price": "96000"},
        terms | {"origClientOrderId": "nobody", "price": "96000"},
    )
    told = [each.get("price", each.get("code")) for each in reply.body]
    assert told == ["96500.00", "96000.00", -2013]


@pytest.mark.parametrize("orders", [[], [ORDER] * 6, ["x"]])
async def test_a_batch_has_one_to_five_orders(world: World, orders: list[Any]) -> None:
    assert (await batch(world, "POST", *orders)).code == -4082
    assert world.ledger("futures").orders == {}


async def test_lists_of_cancels_are_known_by_either_spelling(world: World) -> None:
    ids = [(await world.long(name)).body["orderId"] for name in ("one", "two")]
    for name, order_id in zip(("orderIdList", "orderidlist"), ids, strict=True):
        params = {"symbol": "BTCUSDT", name: json.dumps([order_id])}
        reply = await world.futures.signed("DELETE", PATH, **params)
        assert [each["status"] for each in reply.body] == ["CANCELED"]
    assert (await world.futures.signed("DELETE", PATH, symbol="BTCUSDT")).code == -1102


async def test_orders_end_when_nobody_winds_up_their_countdown(world: World) -> None:
    path = "/fapi/v1/countdownCancelAll"

    async def wind_up(symbol: str, ms: int) -> Any:
        return await world.futures.signed("POST", path, symbol=symbol, countdownTime=ms)

    await world.long("left")
    await world.long("stopped", symbol="ETHUSDT", price="3400.00", quantity="0.1")
    assert (await wind_up("BTCUSDT", 60_000)).body["countdownTime"] == "60000"
    await wind_up("ETHUSDT", 100)
    await wind_up("ETHUSDT", 0)
    await wind_up("BTCUSDT", 100)
    async with asyncio.timeout(5):
        while await working(world):
            await asyncio.sleep(0.1)
    listed = await world.futures.signed("GET", "/fapi/v1/openOrders")
    assert [order["clientOrderId"] for order in listed.body] == ["stopped"]
    assert (await world.futures.signed("POST", path, symbol="BTCUSDT")).code == -1102


async def test_a_fill_or_kill_order_that_cannot_fill_is_refused(world: World) -> None:
    """It is not recorded; the venue does not tell it as expired."""
    refused = await world.long("kill", timeInForce="FOK", price="100500.00", quantity="1000")
    assert (refused.status, refused.code) == (400, -5021)
    assert world.ledger("futures").orders == {}
    filled = await world.long("fill", timeInForce="FOK", price="100500.00", quantity="0.1")
    assert filled.status == 200
    too_much = {"timeInForce": "FOK", "price": "99500.00", "quantity": "0.2", "side": "SELL"}
    assert (await world.long("more", **too_much, reduceOnly="true")).code == -5021


@pytest.mark.parametrize(
    "terms",
    [
        {"priceMatch": "QUEUE"},
        {"selfTradePreventionMode": "DECREMENT"},
        {"priceProtect": "TRUE"},
        {"closePosition": "true"},
    ],
)
async def test_terms_that_are_not_simulated_are_refused(
    world: World, terms: dict[str, str]
) -> None:
    refused = await world.long("refused", **terms)
    assert (refused.code, refused.body["msg"]) == (
        -1130,
        f"Data sent for parameter '{next(iter(terms))}' is not valid.",
    )
    assert world.ledger("futures").orders == {}


async def test_income_is_what_trades_earned_and_cost(world: World) -> None:
    await world.long("open", **MARKET)
    await world.admin("POST", "/market", symbol="BTCUSDT", move="1000")
    await world.long("close", **MARKET, side="SELL", reduceOnly="true")
    rows = (await world.futures.signed("GET", "/fapi/v1/income")).body
    assert [row["incomeType"] for row in rows] == ["COMMISSION", "REALIZED_PNL", "COMMISSION"]
    balance = (await world.futures.signed("GET", "/fapi/v3/balance")).body[0]["balance"]
    earned = sum(float(row["income"]) for row in rows)
    assert float(balance) == pytest.approx(50_000_000 + earned)
    paid = await world.futures.signed("GET", "/fapi/v1/income", incomeType="COMMISSION", limit=1)
    assert [row["incomeType"] for row in paid.body] == ["COMMISSION"]
    assert (await world.futures.signed("GET", "/fapi/v1/income", incomeType="LUCK")).code == -1130


async def test_what_else_an_account_is_asked(world: World) -> None:
    signed = world.futures.signed
    config = (await signed("GET", "/fapi/v1/accountConfig")).body
    assert (config["dualSidePosition"], config["multiAssetsMargin"]) == (False, False)
    assert (await signed("GET", "/fapi/v1/forceOrders")).body == []
    await world.long("one")
    counts = (await signed("GET", "/fapi/v1/rateLimit/order")).body
    assert [(each["interval"], each["limit"], each["count"]) for each in counts] == [
        ("SECOND", 300, 1),
        ("MINUTE", 1200, 1),
    ]
