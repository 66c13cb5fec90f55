"""What armed faults look like at this venue."""

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.contracts.deribit_simulator.rpc import Rpc
from tests.support.simulated_venue import VenueOnLoop

CHANNEL = "user.trades.any.any.raw"
MARKET = {"type": "market", "price": None}


@pytest.mark.parametrize(
    ("kind", "params", "executed"),
    [
        ("execute_then_drop", {}, 1),
        ("execute_then_drop", {"fin": True}, 1),
        ("drop", {}, 0),
        ("drop", {"execute": True}, 1),
    ],
)
async def test_a_connection_that_ends_does_not_tell(
    rpc: Rpc, venue: VenueOnLoop, kind: str, params: dict[str, Any], executed: int
) -> None:
    venue.arm(kind, action="submit", params=params)
    with pytest.raises(aiohttp.ClientError):
        await rpc.buy(label="mute")
    assert len(venue.ledger(event="accepted")) == executed


@pytest.mark.parametrize(
    ("kind", "params", "status", "code", "executed"),
    [
        ("execute_then_503", {}, 400, 13888, 1),
        ("status_unknown", {}, 503, 13028, 0),
        ("error_503_not_executed", {}, 503, 13503, 0),
        ("rate_limit", {}, 429, 10028, 0),
        ("maintenance", {}, 503, 11051, 0),
        ("reject", {}, 400, 11030, 0),
        ("reject", {"code": 10009, "msg": "not_enough_funds"}, 400, 10009, 0),
    ],
)
async def test_faults_speak_the_venues_language(
    rpc: Rpc,
    venue: VenueOnLoop,
    kind: str,
    params: dict[str, Any],
    status: int,
    code: int,
    executed: int,
) -> None:
    venue.arm(kind, **({} if kind == "maintenance" else {"action": "submit"}), params=params)
    answer = await rpc.buy()
    assert (answer.status, answer.code) == (status, code)
    assert len(venue.ledger(event="accepted")) == executed


async def test_a_gateway_answers_in_html(rpc: Rpc, venue: VenueOnLoop) -> None:
    venue.arm("gateway_error", path="get_time", params={"status": 504})
    async with rpc.session.get(f"{rpc.base}/api/v2/public/get_time") as answer:
        assert (answer.status, answer.content_type) == (504, "text/html")


async def test_a_black_hole_says_nothing(rpc: Rpc, venue: VenueOnLoop) -> None:
    venue.arm("black_hole", action="submit", params={"execute": True})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(rpc.buy(), 0.3)
    assert len(venue.ledger(event="accepted")) == 1


async def test_fills_are_lost_doubled_and_late(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/subscribe", channels=[CHANNEL])
        venue.arm("lose_fills", client_order_id="lost")
        venue.arm("duplicate_fills", client_order_id="twice")
        venue.arm("delay_fills", client_order_id="late", params={"ms": 200})
        for label in ("lost", "late", "twice"):
            await rpc.buy(**MARKET, label=label)
        told = await socket.heard(CHANNEL, 2)
        labels = [trade["label"] for trades in told for trade in trades]
        assert labels == ["twice", "twice", "late"]


async def test_news_of_orders_is_lost_on_demand(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        await socket.call("private/subscribe", channels=["user.orders.any.any.raw"])
        venue.arm("lose_events", count=1)
        await rpc.buy(label="unheard")
        await rpc.buy(label="heard")
        [order] = await socket.heard("user.orders.any.any.raw")
        assert order["label"] == "heard"


async def test_a_half_open_socket_answers_nothing_and_a_new_one_does(
    rpc: Rpc, venue: VenueOnLoop
) -> None:
    async with rpc.socket() as socket:
        venue.arm("half_open")
        with pytest.raises(AssertionError, match="did not come"):
            await asyncio.wait_for(socket.call("public/test"), 10)
        assert not socket.raw.closed
        async with rpc.socket() as fresh:
            assert "version" in (await fresh.call("public/test")).result


async def test_an_error_frame_answers_nothing(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        venue.arm("error_frame", count=1)
        await socket.until(lambda: bool(socket.strays), "the error frame")
        assert socket.strays[0]["error"]["code"] == 11094
        assert "version" in (await socket.call("public/test")).result


async def test_dropped_sessions_are_kept_out_for_a_while(rpc: Rpc, venue: VenueOnLoop) -> None:
    async with rpc.socket() as socket:
        assert venue.drop_streams(refuse_s=0.5) == 1
        await socket.ended()
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            async with rpc.socket():
                pass
        await asyncio.sleep(0.6)
        async with rpc.socket() as back:
            assert "version" in (await back.call("public/test")).result
