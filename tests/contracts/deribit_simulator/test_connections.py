"""Connections: signs of life, silence, and how many there may be."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from tests.contracts.deribit_simulator.rpc import Rpc, Socket
from tests.support.simulated_venue import VenueOnLoop
from venues.simulators.deribit import door, session_api, sessions
from venues.simulators.deribit.heartbeats import Heartbeats

BTC = {"instrument_name": "BTC-PERPETUAL"}
RESTING = {**BTC, "amount": 100, "price": 98_000}
BOOK = "book.BTC-PERPETUAL.100ms"
INTERVAL_S = 0.4


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats that tests can wait for."""
    monkeypatch.setattr(session_api, "LEAST_HEARTBEAT_S", INTERVAL_S / 2)


async def beat(socket: Socket) -> None:
    assert (await socket.call("public/set_heartbeat", interval=INTERVAL_S)).result == "ok"


async def next_test(socket: Socket) -> None:
    await socket.until(lambda: "test_request" in socket.heartbeats, "test_request")


async def test_a_quiet_session_is_sent_heartbeats_and_asked_for_a_sign_of_life(rpc: Rpc) -> None:
    async with rpc.socket(logged_in=False) as socket:
        assert (await socket.call("public/set_heartbeat", interval=0.01)).code == -32602
        await beat(socket)
        for _ in range(3):
            await next_test(socket)
            assert socket.heartbeats == ["heartbeat", "test_request"]
            socket.heartbeats.clear()
            assert "version" in (await socket.call("public/test")).result
        assert (await socket.call("public/disable_heartbeat")).result == "ok"
        assert not socket.raw.closed


async def test_who_gives_no_sign_of_life_is_told_so_and_closed(rpc: Rpc) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        await socket.call("private/buy", **RESTING)
        await beat(socket)
        await next_test(socket)
        await socket.call("public/get_time")  # any other request is no sign of life
        await socket.ended()
        assert socket.raw.close_code == 4000
    await asyncio.sleep(0.1)
    assert (await rpc.get("private/get_open_orders")).result == []


async def test_what_is_sent_anyhow_stands_for_a_heartbeat() -> None:
    heard: list[str] = []
    asked = asyncio.Event()

    def send(text: str) -> None:
        heard.append(text)
        if "test_request" in text:
            beats.tested()
            asyncio.get_running_loop().call_soon(beats.sent)
        if len(heard) == 4:
            asked.set()

    beats = Heartbeats(send, lambda code, reason: None)
    beats.begin(0.01)
    beats.sent()
    async with asyncio.timeout(5):
        await asked.wait()
    beats.stop()
    # The first interval began before anything was sent.
    assert ["test_request" in text for text in heard] == [False, True, True, True]


async def test_who_neither_speaks_nor_listens_is_given_up(
    rpc: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        mute, listening, beating = [
            await stack.enter_async_context(rpc.socket(logged_in=False)) for _ in range(3)
        ]
        await listening.call("public/subscribe", channels=[BOOK])
        await beating.call("public/set_heartbeat", interval=100)
        monkeypatch.setattr(sessions, "FORGOTTEN_S", 0)
        await mute.ended()
        assert mute.raw.close_code == 1006
        assert not listening.raw.closed
        assert not beating.raw.closed


async def test_inactivity_cancels_orders_on_disconnect(
    rpc: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/enable_cancel_on_disconnect")
        order = (await socket.call("private/buy", **RESTING)).result["order"]
        await socket.call("private/subscribe", channels=["user.orders.any.any.raw"])
        monkeypatch.setattr(sessions, "INACTIVE_S", 0)
        await socket.ended()
    await asyncio.sleep(0.1)
    ended = (await rpc.get("private/get_order_state", order_id=order["order_id"])).result
    assert ended["cancel_reason"] == "cancel_on_disconnect"


async def test_an_address_has_so_many_connections(rpc: Rpc) -> None:
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(rpc.socket(logged_in=False))
            for _ in range(door.MOST_CONNECTIONS)
        ]
        with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
            await stack.enter_async_context(rpc.socket(logged_in=False))
        async with rpc.session.get(f"{rpc.base}/api/v2/public/test") as answer:
            assert answer.status == 429
        await opened[-1].raw.close()
        assert "version" in (await rpc.get("public/test")).result


async def test_a_plain_connection_ends_when_it_is_old(
    venue: VenueOnLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with aiohttp.ClientSession() as kept:
        url = f"http://127.0.0.1:{venue.port}/api/v2/public/test"

        async def is_kept() -> bool:
            async with kept.get(url) as answer:
                return answer.headers.get("Connection") != "close"

        assert await is_kept()
        monkeypatch.setattr(door, "PLAIN_LIFE_S", 0)
        assert not await is_kept()


async def test_subscribing_again_brings_no_second_snapshot(rpc: Rpc, venue: VenueOnLoop) -> None:
    """So that a client that has lost the thread cannot pick it up by subscribing again."""
    async with rpc.socket(logged_in=False) as socket:

        async def subscribe() -> Any:
            return (await socket.call("public/subscribe", channels=[BOOK])).result

        assert await subscribe() == [BOOK]
        await socket.heard(BOOK)
        venue.arm("book_gap", count=1)
        for price in (98_000, 98_500):
            await rpc.buy(price=price)
            assert await subscribe() == [BOOK]
            await asyncio.sleep(0.15)
        told = await socket.heard(BOOK, 2)
        assert [message["type"] for message in told] == ["snapshot", "change"]
        assert told[1]["prev_change_id"] != told[0]["change_id"]
        await socket.call("public/unsubscribe", channels=[BOOK])
        assert await subscribe() == [BOOK]
        assert (await socket.heard(BOOK, 3))[-1]["type"] == "snapshot"
