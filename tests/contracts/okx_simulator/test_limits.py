"""The venue's true rate limits, with its codes."""

import asyncio
import time

import pytest

from tests.contracts.okx_simulator.worlds import SWAP, World, order
from venues.simulators.okx.errors import OrderError
from venues.simulators.okx.limits import RateLimiter

limited = pytest.mark.parametrize("world", ["limited"], indirect=True)


async def window_begins() -> None:
    """Limits are counted in windows of two seconds: wait for the next."""
    await asyncio.sleep(2 - time.time() % 2 + 0.02)


@limited
async def test_sixty_orders_of_an_instrument_in_two_seconds(world: World) -> None:
    await window_begins()
    replies = await asyncio.gather(*(world.place(f"o{number}") for number in range(61)))
    refused = [reply for reply in replies if reply.code != "0"]
    assert [(reply.status, reply.code) for reply in refused] == [(429, "50011")]
    assert len(world.venue.summary().orders) == 60
    # Other instruments and cancels are counted apart.
    assert (await world.place("other", SWAP)).code == "0"
    named = {"instId": "BTC-USDT", "clOrdId": "o1"}
    assert (await world.client.post("/api/v5/trade/cancel-order", named)).code == "0"
    await window_begins()
    assert (await world.place("later")).code == "0"


@limited
async def test_a_batch_counts_each_of_its_orders(world: World) -> None:
    await window_begins()
    for start in range(0, 300, 20):
        batch = [order(f"b{number}") for number in range(start, start + 20)]
        assert (await world.client.post("/api/v5/trade/batch-orders", batch)).code == "0"
    reply = await world.client.post("/api/v5/trade/batch-orders", [order("more")])
    assert (reply.status, reply.code) == (429, "50011")


@limited
async def test_public_questions_are_limited_by_address(world: World) -> None:
    await window_begins()
    asked = (world.client.get("/api/v5/public/time") for _ in range(11))
    replies = await asyncio.gather(*asked)
    assert sorted(reply.status for reply in replies) == [200] * 10 + [429]


@limited
async def test_logins_and_subscriptions_of_a_connection(world: World) -> None:
    socket = await world.client.socket("public")
    for _ in range(480):
        await socket.send(op="subscribe", args=[{"channel": "tickers", "instId": "BTC-USDT"}])
    await socket.send(op="subscribe", args=[{"channel": "tickers", "instId": "BTC-USDT"}])
    assert (await socket.next(event="error"))["code"] == "60014"


def test_a_thousand_orders_of_the_account_in_two_seconds() -> None:
    """The sub-account's own limit, told of each order."""
    limiter = RateLimiter(roomy=False)
    for _ in range(1000):
        limiter.use_order("main", 1_999)
    with pytest.raises(OrderError) as refused:
        limiter.use_order("main", 1_999)
    assert refused.value.code == "50061"
    limiter.use_order("other", 1_999)
    limiter.use_order("main", 2_000)
