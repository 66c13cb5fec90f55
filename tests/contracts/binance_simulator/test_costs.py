"""What requests cost, as the venue counts it."""

import time
from typing import Any

import pytest

from tests.contracts.binance_simulator.worlds import World

type Weights = tuple[tuple[str, dict[str, Any], int], ...]

USED = "X-MBX-USED-WEIGHT-1M"


def minute() -> int:
    """The count begins anew each minute."""
    return int(time.time() // 60)


@pytest.mark.parametrize(
    ("product", "path", "one", "every"),
    [
        ("spot", "/api/v3/openOrders", 6, 80),
        ("futures", "/fapi/v1/openOrders", 1, 40),
        ("futures", "/fapi/v1/openAlgoOrders", 1, 40),
    ],
)
async def test_a_question_about_all_symbols_is_dear(
    world: World, product: str, path: str, one: int, every: int
) -> None:
    client = getattr(world, product)
    began, used = -1, [0]
    while began != minute():
        began = minute()
        asked: tuple[dict[str, str], ...] = ({}, {"symbol": "BTCUSDT"}, {})
        used = [int((await client.signed("GET", path, **p)).headers[USED]) for p in asked]
    assert (used[1] - used[0], used[2] - used[1]) == (one, every)


async def test_the_websocket_api_uses_the_same_budget(world: World) -> None:
    socket = await world.spot.logged_on("/ws-api/v3")
    began, statuses = -1, [0]
    while began != minute():
        began = minute()
        statuses = [(await socket.call("openOrders.status"))["status"] for _ in range(76)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert (await world.spot.signed("GET", "/api/v3/account")).status == 429


SPOT_WEIGHTS: Weights = (
    ("depth", {"limit": 100}, 5),
    ("depth", {"limit": 500}, 25),
    ("depth", {"limit": 1000}, 50),
    ("depth", {"limit": 5000}, 250),
    ("trades", {}, 25),
    ("historicalTrades", {}, 25),
    ("aggTrades", {}, 4),
    ("klines", {"interval": "1m"}, 2),
    ("avgPrice", {}, 2),
    ("ticker/24hr", {}, 2),
    ("ticker/24hr", {"symbol": None}, 80),
    ("ticker/24hr", {"symbol": None, "symbols": '["BTCUSDT"]'}, 2),
    ("ticker/price", {}, 2),
    ("ticker/bookTicker", {"symbol": None}, 4),
    ("ticker", {"symbol": None, "symbols": '["BTCUSDT","ETHUSDT"]'}, 8),
    ("exchangeInfo", {}, 20),
)
FUTURES_WEIGHTS: Weights = (
    ("depth", {"limit": 50}, 2),
    ("depth", {"limit": 100}, 5),
    ("depth", {}, 10),
    ("depth", {"limit": 1000}, 20),
    ("trades", {}, 5),
    ("historicalTrades", {}, 200),
    ("aggTrades", {}, 20),
    ("klines", {"interval": "1m", "limit": 99}, 1),
    ("klines", {"interval": "1m", "limit": 499}, 2),
    ("klines", {"interval": "1m"}, 5),
    ("markPriceKlines", {"interval": "1m", "limit": 1500}, 10),
    ("ticker/24hr", {}, 1),
    ("ticker/24hr", {"symbol": None}, 40),
    ("ticker/price", {}, 1),
    ("ticker/bookTicker", {"symbol": None}, 5),
    ("premiumIndex", {}, 1),
    ("premiumIndex", {"symbol": None}, 10),
    ("openInterest", {}, 1),
)


@pytest.mark.parametrize(
    ("product", "prefix", "weights"),
    [("spot", "/api/v3", SPOT_WEIGHTS), ("futures", "/fapi/v1", FUTURES_WEIGHTS)],
)
async def test_market_data_costs_what_each_product_documents(
    world: World, product: str, prefix: str, weights: Weights
) -> None:
    client = getattr(world, product)
    began = -1
    costs: list[tuple[str, Any, int]] = []
    while began != minute():
        began, costs = minute(), []
        used = int((await client.public(f"{prefix}/ping")).headers[USED])
        for name, params, _ in weights:
            asked: dict[str, Any] = {"symbol": "BTCUSDT"} | params
            for left_out in [key for key, value in asked.items() if value is None]:
                del asked[left_out]
            reply = await client.public(f"{prefix}/{name}", **asked)
            assert reply.status == 200, (name, reply.body)
            now = int(reply.headers[USED])
            costs.append((name, params, now - used))
            used = now
    assert costs == list(weights)


async def test_the_limits_are_told(world: World) -> None:
    info = (await world.spot.public("/api/v3/exchangeInfo")).body
    told = {(r["rateLimitType"], r["intervalNum"]): r["limit"] for r in info["rateLimits"]}
    assert told == {
        ("REQUEST_WEIGHT", 1): 6000,
        ("ORDERS", 10): 100,
        ("ORDERS", 1): 200_000,
        ("RAW_REQUESTS", 5): 61_000,
    }
    await world.buy("one")
    counts = (await world.spot.signed("GET", "/api/v3/rateLimit/order")).body
    assert [each["count"] for each in counts] == [1, 1]


async def test_what_is_told_of_a_new_order_depends_on_its_type(world: World) -> None:
    terms = {"type": "LIMIT_MAKER", "timeInForce": None}
    assert "fills" in (await world.buy("limit")).body
    assert "status" not in (await world.buy("maker", **terms)).body
    asked = await world.buy("told", **terms, newOrderRespType="RESULT")
    assert asked.body["status"] == "NEW"
