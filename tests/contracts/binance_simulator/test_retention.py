"""How long each product remembers, and how much of the past a question may span."""

import time
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import MARKET, World

DAY_MS = 24 * 3600 * 1000
LISTS = {
    "spot": ("/api/v3/allOrders", "/api/v3/myTrades"),
    "futures": ("/fapi/v1/allOrders", "/fapi/v1/userTrades"),
}


async def later(world: World, days: float) -> None:
    """Let so many days pass at the venue."""
    await world.admin("DELETE", "/faults")
    await world.admin("POST", "/faults", kind="clock_skew", params={"ms": int(days * DAY_MS)})


async def ask(world: World, product: str, path: str, days: float = 0, **params: Any) -> Any:
    """A question about BTCUSDT, sent so many days from now."""
    stamp = int(time.time() * 1000 + days * DAY_MS)
    client = getattr(world, product)
    return await client.signed("GET", path, symbol="BTCUSDT", timestamp=stamp, **params)


async def ids(world: World, product: str, days: float) -> list[str]:
    """The client ids of the orders that are told of after so many days."""
    now_ms = int(time.time() * 1000)
    window = {"startTime": now_ms - DAY_MS // 2, "endTime": now_ms + DAY_MS // 2}
    reply = await ask(world, product, LISTS[product][0], days, **window)
    return [order["clientOrderId"] for order in reply.body]


async def placed(world: World, product: str) -> None:
    """One order that filled, one that was canceled, one that works."""
    order = world.buy if product == "spot" else world.long
    await order("filled", **MARKET)
    await order("canceled")
    path = "/api/v3/order" if product == "spot" else "/fapi/v1/order"
    client = getattr(world, product)
    await client.signed("DELETE", path, symbol="BTCUSDT", origClientOrderId="canceled")
    await order("open")


@pytest.mark.parametrize(
    ("product", "hours", "code"), [("spot", 24, -1127), ("futures", 7 * 24, -4165)]
)
async def test_a_question_may_span_so_much(
    world: World, product: str, hours: int, code: int
) -> None:
    now_ms = int(time.time() * 1000)
    for path in LISTS[product]:
        span = {"startTime": now_ms - hours * 3_600_000, "endTime": now_ms}
        assert (await ask(world, product, path, **span)).status == 200
        span["startTime"] -= 1
        assert (await ask(world, product, path, **span)).code == code
        backwards = {"startTime": now_ms, "endTime": now_ms - 1}
        assert (await ask(world, product, path, **backwards)).code == -1023


@pytest.mark.parametrize(
    ("product", "params", "code"),
    [
        ("spot", {"orderId": 1, "fromId": 1}, None),
        ("spot", {"orderId": 1, "startTime": 1}, -1128),
        ("spot", {"fromId": 1, "startTime": 1}, -1128),
        ("spot", {"fromId": 1, "endTime": 1}, -1128),
        ("futures", {"orderId": 1, "startTime": 1}, None),
        ("futures", {"fromId": 1, "startTime": 1}, -1128),
        ("futures", {"fromId": 1, "endTime": 1}, -1128),
    ],
)
async def test_trades_are_asked_for_by_some_combinations_only(
    world: World, product: str, params: dict[str, int], code: int | None
) -> None:
    assert (await ask(world, product, LISTS[product][1], **params)).code == code


async def test_futures_tell_of_a_week_without_being_asked_for_more(world: World) -> None:
    await placed(world, "futures")
    for days, told in ((6.9, 1), (7.1, 0)):
        await later(world, days)
        orders, trades = [await ask(world, "futures", path, days) for path in LISTS["futures"]]
        assert (len(orders.body), len(trades.body)) == (2 * told, told)
    await later(world, 10)
    start = int(time.time() * 1000) - 1000
    trades = await ask(world, "futures", LISTS["futures"][1], 10, startTime=start)
    assert len(trades.body) == 1
    await later(world, 181)
    trades = await ask(world, "futures", LISTS["futures"][1], 181, startTime=start)
    assert trades.body == []


async def test_futures_forget_what_did_not_trade_after_three_days(world: World) -> None:
    await placed(world, "futures")
    named = {"origClientOrderId": "canceled"}
    for days, status in ((2.9, 200), (3.1, 400)):
        await later(world, days)
        assert (await ask(world, "futures", "/fapi/v1/order", days, **named)).status == status
    assert await ids(world, "futures", 3.1) == ["filled", "open"]
    await later(world, 91)
    assert await ids(world, "futures", 91) == ["open"]
    gone = await ask(world, "futures", "/fapi/v1/order", 91, origClientOrderId="filled")
    assert gone.code == -2013


async def test_spot_archives_what_did_not_trade_after_ninety_days(world: World) -> None:
    await placed(world, "spot")
    named = {"origClientOrderId": "canceled"}
    for days, code in ((89, None), (91, -2026)):
        await later(world, days)
        assert (await ask(world, "spot", "/api/v3/order", days, **named)).code == code
    assert await ids(world, "spot", 91) == ["filled", "open"]
    assert len((await ask(world, "spot", "/api/v3/myTrades", 91)).body) == 1
