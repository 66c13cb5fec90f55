"""USDT-M futures: positions, amendments, listen keys and refusals."""

from typing import Any

import aiohttp
import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World, futures_user


async def test_an_order_opens_a_position_and_reduce_only_closes_it(world: World) -> None:
    user = await futures_user(world)
    placed = await world.long("open", **MARKET)
    assert (placed.body["status"], placed.body["executedQty"]) == ("NEW", "0.000")
    new, trade, account = [await user.next() for _ in range(3)]
    assert [each["e"] for each in (new, trade, account)] == [
        "ORDER_TRADE_UPDATE",
        "ORDER_TRADE_UPDATE",
        "ACCOUNT_UPDATE",
    ]
    assert (trade["o"]["x"], trade["o"]["X"], trade["o"]["N"]) == ("TRADE", "FILLED", "USDT")
    assert account["a"]["P"][0]["pa"] == "0.01"
    close = await world.long("close", **MARKET, side="SELL", reduceOnly="true")
    assert close.status == 200
    risk = await world.futures.signed("GET", "/fapi/v3/positionRisk")
    assert risk.body == []
    again = await world.long("again", **MARKET, side="SELL", reduceOnly="true")
    assert again.code == -2022


async def test_an_order_can_be_amended(world: World) -> None:
    user = await futures_user(world)
    placed = await world.long("amend")
    terms = {"symbol": "BTCUSDT", "side": "BUY", "orderId": placed.body["orderId"]}
    path = "/fapi/v1/order"
    amended = await world.futures.signed("PUT", path, **terms, price="96500", quantity="0.02")
    assert (amended.body["price"], amended.body["origQty"]) == ("96500.00", "0.020")
    event = await user.next(lambda each: each["o"]["x"] == "AMENDMENT")
    assert event["o"]["X"] == "NEW"
    same = await world.futures.signed("PUT", path, **terms, price="96500", quantity="0.02")
    assert same.code == -5027


async def test_a_batch_cancel_answers_each_in_order(world: World) -> None:
    await world.long("one")
    await world.long("two")
    listed = '["one","nobody","two"]'
    reply = await world.futures.signed(
        "DELETE", "/fapi/v1/batchOrders", symbol="BTCUSDT", origClientOrderIdList=listed
    )
    assert [each.get("status", each.get("code")) for each in reply.body] == [
        "CANCELED",
        -2011,
        "CANCELED",
    ]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"timeInForce": "GTX", "price": "102000"}, -5022),
        ({"quantity": "0.001"}, -4164),
        ({"price": "96000.05"}, -4014),
        ({"price": "96000.001"}, -1111),
        ({"price": "106000"}, -4016),
        ({"quantity": "0"}, -4003),
        ({"quantity": "10001"}, -4005),
        ({"quantity": "10000", "price": "101000"}, -2019),
        ({"reduceOnly": "true"}, -2022),
        ({"positionSide": "LONG"}, -4061),
        ({"type": "STOP_MARKET"}, -4120),
        ({"newClientOrderId": "open"}, -4116),
        ({"symbol": "NOPE"}, -1121),
    ],
)
async def test_refusals(world: World, terms: dict[str, Any], code: int) -> None:
    await world.long("open")
    refused = await world.long("refused", **terms)
    assert (refused.status, refused.code) == (400, code)
    assert list(world.ledger("futures").orders) == ["open"]


async def test_an_expired_listen_key_is_announced_and_replaced(world: World) -> None:
    user = await futures_user(world)
    old = (await world.futures.keyed("PUT", "/fapi/v1/listenKey")).body["listenKey"]
    await world.admin("POST", "/expire-listen-keys")
    assert (await user.next())["e"] == "listenKeyExpired"
    assert (await world.futures.keyed("PUT", "/fapi/v1/listenKey")).code == -1125
    new = (await world.futures.keyed("POST", "/fapi/v1/listenKey")).body["listenKey"]
    assert new != old
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await world.futures.socket(f"/ws?listenKey={old}")


async def test_streams_are_served_under_their_routes_too(world: World) -> None:
    key = (await world.futures.keyed("POST", "/fapi/v1/listenKey")).body["listenKey"]
    user = await world.futures.socket(f"/private/ws?listenKey={key}")
    await world.long("seen")
    assert (await user.next())["o"]["c"] == "seen"
    market = await world.futures.socket("/market/stream?streams=btcusdt@markPrice@1s")
    assert (await market.next())["data"]["e"] == "markPriceUpdate"


async def test_leverage_is_remembered(world: World) -> None:
    await world.futures.signed("POST", "/fapi/v1/leverage", symbol="ETHUSDT", leverage=7)
    settings = await world.futures.signed("GET", "/fapi/v1/symbolConfig", symbol="ETHUSDT")
    assert settings.body[0]["leverage"] == 7
