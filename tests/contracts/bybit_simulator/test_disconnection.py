"""Orders that end when the sockets of their owner stay away."""

import asyncio
import time

import pytest

from tests.contracts.bybit_simulator.worlds import World

SET, INFO = "/v5/order/disconnected-cancel-all", "/v5/account/query-dcp-info"
SECOND_NS = 1_000_000_000


async def statuses(world: World) -> list[str]:
    return [(await world.found(c, c))["orderStatus"] for c in ("spot", "linear")]


async def test_orders_of_a_product_end_with_the_last_socket_that_asked_for_it(
    world: World,
) -> None:
    assert (await world.client.post(SET, product="DERIVATIVES", timeWindow=10)).code == 0
    for category in ("spot", "linear"):
        await world.create(category, category)
    private = await world.client.private("dcp.future")
    began = time.time_ns()
    beat = world.venue.venue.beat
    beat(began)
    beat(began + 60 * SECOND_NS)
    assert await statuses(world) == ["New", "New"]
    await private.socket.close()
    await asyncio.sleep(0.1)
    beat(began + 61 * SECOND_NS)
    beat(began + 70 * SECOND_NS)
    assert await statuses(world) == ["New", "New"]
    beat(began + 71 * SECOND_NS)
    assert await statuses(world) == ["New", "Cancelled"]
    assert (await world.found("linear"))["cancelType"] == "CancelByDCP"


async def test_who_comes_back_in_time_keeps_its_orders(world: World) -> None:
    await world.client.post(SET, product="DERIVATIVES", timeWindow=10)
    await world.create("linear")
    private = await world.client.private("dcp.future")
    began, beat = time.time_ns(), world.venue.venue.beat
    beat(began)
    await private.socket.close()
    await asyncio.sleep(0.1)
    beat(began + SECOND_NS)
    await world.client.private("dcp.future")
    beat(began + 5 * SECOND_NS)
    beat(began + 60 * SECOND_NS)
    assert (await world.found("linear"))["orderStatus"] == "New"


async def test_what_is_switched_on_can_be_asked(world: World) -> None:
    assert (await world.client.get(INFO)).result == {"dcpInfos": []}
    await world.client.post(SET, product="SPOT", timeWindow=40)
    (info,) = (await world.client.get(INFO)).result["dcpInfos"]
    assert info == {"product": "SPOT", "dcpStatus": "ON", "timeWindow": "40"}


@pytest.mark.parametrize("window", [2, 301])
async def test_a_window_has_its_limits(world: World, window: int) -> None:
    assert (await world.client.post(SET, product="SPOT", timeWindow=window)).code == 10001
