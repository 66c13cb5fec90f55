"""An order that would trade with one of its own account does what it asked for."""

from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World

PREVENTED = "EXPIRED_IN_MATCH"


async def crossed(world: World, product: str, mode: str | None) -> dict[str, str]:
    """A bid, and then a sell at its price, alone in the spread: the states of both."""
    await world.admin("POST", "/market/pause")
    order = world.buy if product == "spot" else world.long
    price = "99999.00" if product == "spot" else "100019.90"
    await order("maker", price=price)
    asks = {"side": "SELL", "timeInForce": "IOC", "selfTradePreventionMode": mode}
    await order("taker", price=price, **asks)
    client = getattr(world, product)
    path = "/api/v3/allOrders" if product == "spot" else "/fapi/v1/allOrders"
    listed = await client.signed("GET", path, symbol="BTCUSDT")
    return {each["clientOrderId"]: each["status"] for each in listed.body}


@pytest.mark.parametrize("product", ["spot", "futures"])
@pytest.mark.parametrize(
    ("mode", "maker", "taker"),
    [
        (None, "FILLED", "FILLED"),
        ("NONE", "FILLED", "FILLED"),
        ("EXPIRE_MAKER", PREVENTED, "EXPIRED"),
        ("EXPIRE_TAKER", "NEW", PREVENTED),
        ("EXPIRE_BOTH", PREVENTED, PREVENTED),
    ],
)
async def test_the_taker_decides(
    world: World, product: str, mode: str | None, maker: str, taker: str
) -> None:
    assert await crossed(world, product, mode) == {"maker": maker, "taker": taker}


async def test_a_prevented_trade_is_told_as_such(world: World) -> None:
    spot, futures = await world.user("spot"), await world.user("futures")
    await crossed(world, "spot", "EXPIRE_TAKER")
    await crossed(world, "futures", "EXPIRE_TAKER")

    def ended(message: Any) -> bool:
        return PREVENTED in str(message)

    event = (await spot.next(ended))["event"]
    assert (event["x"], event["X"], event["V"]) == ("TRADE_PREVENTION", PREVENTED, "EXPIRE_TAKER")
    assert (event["c"], event["A"], event["B"]) == ("taker", "0.01000000", "0.01000000")
    order = (await futures.next(ended))["o"]
    assert (order["x"], order["X"], order["V"]) == ("EXPIRED", PREVENTED, "EXPIRE_TAKER")


async def test_a_mode_that_the_symbol_does_not_have_is_refused(world: World) -> None:
    info = (await world.spot.public("/api/v3/exchangeInfo", symbol="BTCUSDT")).body
    allowed = info["symbols"][0]["allowedSelfTradePreventionModes"]
    assert "DECREMENT" not in allowed
    refused = await world.buy("refused", selfTradePreventionMode="DECREMENT")
    assert (refused.code, refused.body["msg"]) == (
        -1013,
        "This symbol does not allow the specified self-trade prevention mode.",
    )
