"""What requests cost, as the venue counts it."""

import asyncio
import time

import pytest

from tests.contracts.binance_simulator.worlds import World

USED = "X-MBX-USED-WEIGHT-1M"
NEEDED_S = 15.0


@pytest.fixture(autouse=True)
async def _within_one_minute() -> None:
    """The count begins anew each minute: begin where none turns during the test."""
    left = 60 - time.time() % 60
    if left < NEEDED_S:
        await asyncio.sleep(left)


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
    used = [int((await client.signed("GET", path)).headers[USED])]
    used.append(int((await client.signed("GET", path, symbol="BTCUSDT")).headers[USED]))
    assert used == [every, every + one]


async def test_the_websocket_api_uses_the_same_budget(world: World) -> None:
    await world.spot.signed("GET", "/api/v3/account")
    socket = await world.spot.logged_on("/ws-api/v3")
    statuses = [(await socket.call("openOrders.status"))["status"] for _ in range(76)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert (await world.spot.signed("GET", "/api/v3/account")).status == 429
