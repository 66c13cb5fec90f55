"""What requests cost, as the venue counts it."""

import time

import pytest

from tests.contracts.binance_simulator.worlds import World

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
