"""Requests a second, and what the venue says when they are used up."""

import asyncio

from tests.contracts.bybit_simulator.worlds import World


async def test_ten_linear_orders_a_second_by_whatever_way(narrow_world: World) -> None:
    world = narrow_world
    socket = await world.client.trade()
    replies = [await world.create(f"r{number}") for number in range(9)]
    assert [reply.code for reply in replies] == [0] * 9
    assert replies[0].headers["X-Bapi-Limit"] == "10"
    assert replies[8].headers["X-Bapi-Limit-Status"] == "1"
    tenth = await socket.call("order.create", world.order("ws"), request_id="1")
    assert (tenth["retCode"], tenth["header"]["X-Bapi-Limit-Status"]) == (0, "0")
    refused = await world.create("over")
    assert (refused.code, refused.message) == (
        10006,
        "Too many visits. Exceeded the API Rate Limit.",
    )
    assert (await world.create("other", "spot")).code == 0, "spot is counted by itself"
    await asyncio.sleep(1.1)
    assert (await world.create("later")).code == 0


async def test_a_batch_counts_its_orders(narrow_world: World) -> None:
    world = narrow_world
    orders = [world.order(f"b{number}") for number in range(8)]
    path = "/v5/order/create-batch"
    assert (await world.client.post(path, category="linear", request=orders)).code == 0
    three = [world.order(f"c{number}") for number in range(3)]
    assert (await world.client.post(path, category="linear", request=three)).code == 10006


async def test_an_address_has_six_hundred_requests_in_five_seconds(narrow_world: World) -> None:
    world = narrow_world
    replies = [await world.client.request("GET", "/v5/market/time", {}) for _ in range(601)]
    assert {reply.status for reply in replies[:600]} == {200}
    assert (replies[600].status, replies[600].message) == (403, "access too frequent")
