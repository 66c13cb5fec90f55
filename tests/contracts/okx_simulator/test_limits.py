"""The venue's true rate limits, with its codes."""

import asyncio
import time
from typing import Any

import pytest

from tests.contracts.okx_simulator.worlds import SWAP, World, order

pytestmark = pytest.mark.parametrize("world", ["limited"], indirect=True)


async def window_begins() -> None:
    """Limits are counted in windows of two seconds: wait for the next."""
    await asyncio.sleep(2 - time.time() % 2 + 0.02)


async def test_sixty_orders_of_an_instrument_in_two_seconds(world: World) -> None:
    await window_begins()
    replies = await asyncio.gather(*(world.place(f"o{number}") for number in range(61)))
    refused = [reply for reply in replies if reply.code != "0"]
    assert [(reply.status, reply.code) for reply in refused] == [(429, "50011")]
    assert len(world.venue.summary().orders) == 60
    assert (await world.place("other", SWAP)).code == "0"
    await window_begins()
    assert (await world.place("later")).code == "0"


async def test_cancels_have_a_limit_of_their_own(world: World) -> None:
    await window_begins()
    await asyncio.gather(*(world.place(f"o{number}") for number in range(60)))
    named = {"instId": "BTC-USDT", "clOrdId": "o1"}
    assert (await world.client.post("/api/v5/trade/cancel-order", named)).code == "0"


async def test_a_batch_counts_each_of_its_orders(world: World) -> None:
    await window_begins()
    for start in range(0, 300, 20):
        batch = [order(f"b{number}") for number in range(start, start + 20)]
        assert (await world.client.post("/api/v5/trade/batch-orders", batch)).code == "0"
    reply = await world.client.post("/api/v5/trade/batch-orders", [order("more")])
    assert (reply.status, reply.code) == (429, "50011")


async def test_a_thousand_orders_of_the_account_in_two_seconds(world: World) -> None:
    """The sub-account's own limit, told of each order (50061)."""
    products = ("BTC-USDT", "ETH-USDT", "BTC-USDT-SWAP", "ETH-USDT-SWAP")
    terms: dict[str, dict[str, Any]] = {
        "BTC-USDT": {},
        "ETH-USDT": {"instId": "ETH-USDT", "px": "3900"},
        "BTC-USDT-SWAP": dict(SWAP),
        "ETH-USDT-SWAP": {**SWAP, "instId": "ETH-USDT-SWAP", "px": "3900"},
    }
    await window_begins()
    codes: list[str] = []
    for start in range(0, 300, 20):
        for product in products:
            name = product.replace("-", "")
            batch = [
                order(f"{name}{number}", **terms[product]) for number in range(start, start + 20)
            ]
            reply = await world.client.post("/api/v5/trade/batch-orders", batch)
            codes += [entry["sCode"] for entry in reply.body["data"]]
    if codes.count("0") > 1000:
        pytest.skip("this machine took more than two seconds for 1200 orders")
    assert set(codes) == {"0", "50061"}
    assert codes.count("0") == 1000


async def test_public_questions_are_limited_by_address(world: World) -> None:
    await window_begins()
    asked = (world.client.get("/api/v5/public/time") for _ in range(11))
    replies = await asyncio.gather(*asked)
    assert sorted(reply.status for reply in replies) == [200] * 10 + [429]


async def test_logins_and_subscriptions_of_a_connection(world: World) -> None:
    socket = await world.client.socket("public")
    for _ in range(480):
        await socket.send(op="subscribe", args=[{"channel": "tickers", "instId": "BTC-USDT"}])
    await socket.send(op="subscribe", args=[{"channel": "tickers", "instId": "BTC-USDT"}])
    assert (await socket.next(event="error"))["code"] == "60014"
