"""The private stream: gaps are noticed and told, and what fell into them is pulled."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.market import Depth, MarketTrade
from domain.outcomes import CancelTaken, Rejected
from domain.sides import Side
from tests.contracts.venues.deribit import BENCH
from tests.support.venue_bench import VenueBench
from venues.deribit.rpc_socket import RpcSocket
from venues.port import StreamRestored
from venues.simulators.deribit import access

NOTICED_MAX_S = 5.0
RECOVERED_MAX_S = 10.0


async def test_a_half_open_connection_is_noticed_and_its_fills_are_pulled(
    bench: VenueBench,
) -> None:
    ticket = await bench.ticket()
    resting = ticket.limit(Side.BUY)
    await bench.accepted(resting)
    before, began = len(bench.heard), time.monotonic()
    since = datetime.now(UTC) - timedelta(seconds=1)
    bench.sim.arm("half_open")
    assert resting.price is not None
    bench.sim.move(bench.symbol(), resting.price - 500)  # it fills, and nobody hears of it
    await bench.disconnected()
    assert time.monotonic() - began < NOTICED_MAX_S
    await bench.restored(before)
    fills = await bench.adapter.fills_since(since)
    assert sum(fill.quantity for fill in fills) == resting.quantity
    assert time.monotonic() - began < RECOVERED_MAX_S


@pytest.mark.parametrize("away_s", [0.5, 5.0])
async def test_what_filled_while_the_venue_was_away_is_pulled_soon_after_its_return(
    bench: VenueBench, away_s: float
) -> None:
    resting = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(resting)
    assert resting.price is not None
    before, since = len(bench.heard), datetime.now(UTC) - timedelta(minutes=1)
    began = time.monotonic()
    await bench.sim.stop()
    await bench.disconnected()
    assert time.monotonic() - began < NOTICED_MAX_S
    await asyncio.sleep(away_s)

    await bench.sim.start()
    bench.sim.move("BTC-PERPETUAL", resting.price - 500)  # before anybody is connected
    began = time.monotonic()
    await bench.restored(before)
    fills = await bench.adapter.fills_since(since)
    assert sum(fill.quantity for fill in fills) == resting.quantity
    assert time.monotonic() - began < RECOVERED_MAX_S


async def test_an_error_frame_disturbs_nothing(bench: VenueBench) -> None:
    bench.sim.arm("error_frame", count=1)
    await asyncio.sleep(1.5)
    assert not bench.sim.faults.armed()[0].count  # it was sent
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    assert not any(isinstance(event, StreamRestored) for event in bench.heard)


async def test_a_token_is_renewed_before_its_end(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "TOKEN_LIFE_S", 3)
    await bench.restart_adapter()
    before = len(bench.heard)
    await asyncio.sleep(4.5)
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    assert not any(isinstance(event, StreamRestored) for event in bench.heard[before:])


async def test_a_token_that_ends_early_is_found_out(bench: VenueBench) -> None:
    """The private channels go silent without a word; a private question tells."""
    before = len(bench.heard)
    bench.sim.venue.expire_listen_keys()
    await bench.restored(before)
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)


async def test_maintenance_is_outlived(bench: VenueBench) -> None:
    before = len(bench.heard)
    bench.sim.arm("maintenance", params={"s": 2.0})
    await bench.disconnected()
    await bench.restored(before)
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)


async def test_a_burst_is_heard_to_the_last_fill(bench: VenueBench) -> None:
    """The library's own stream loses wake-ups when its reader pauses; ours only notes."""
    ticket = await bench.ticket()
    orders = [ticket.market(side) for side in (Side.BUY, Side.SELL) for _ in range(25)]
    await asyncio.gather(*(bench.accepted(order) for order in orders))
    for order in orders:
        assert sum(fill.quantity for fill in await bench.filled(order)) == order.quantity


async def test_a_channel_that_the_venue_leaves_out_is_missed(bench: VenueBench) -> None:
    url = bench.spec.urls(bench.sim.port)["ws"]
    async with RpcSocket(url, lambda channel, data: None, connect_s=5) as socket:
        channels = ["ticker.BTC-PERPETUAL.100ms", "ticker.NOTHING.100ms"]
        assert await socket.subscribe("public", channels, 5) == channels[1:]


async def test_depth_and_trades_are_told(bench: VenueBench) -> None:
    quote = await bench.quote()
    bench.sim.move(bench.symbol(), quote.mid + 100)

    def told(kind: type) -> bool:
        return any(
            isinstance(event, kind) and event.instrument_id == bench.instrument_id
            for event in bench.market
        )

    await bench.until(lambda: told(Depth) and told(MarketTrade), "depth and trades")
    depth = [e for e in bench.market if isinstance(e, Depth)][-1]
    assert (len(depth.bids), len(depth.asks)) == (10, 10)
    assert depth.bids[0][0] < depth.asks[0][0]


async def test_what_works_already_is_no_news_after_a_restart(bench: VenueBench) -> None:
    ticket = await bench.ticket()
    resting = ticket.limit()
    await bench.accepted(resting)
    await bench.restart_adapter()
    before = len(bench.heard)
    assert await bench.adapter.cancel_order(resting) == CancelTaken()
    await bench.end_of(resting)
    assert len(bench.heard[before:]) == 1


async def test_an_instrument_that_is_not_listed_keeps_no_other_from_trading(
    tmp_path: Path,
) -> None:
    gone = "BTC-1JAN20.DERIBIT"
    spec = replace(BENCH, instruments=(*BENCH.instruments, gone))
    other = VenueBench(spec, tmp_path / "other")
    await other.start()
    try:
        ticket = await other.ticket()  # there are prices
        order = ticket.market(Side.BUY)
        await other.accepted(order)
        await other.filled(order)
        assert gone not in {one.instrument_id for one in other.adapter.instruments()}
        refused = await other.adapter.submit_order(replace(ticket.limit(), instrument_id=gone))
        assert isinstance(refused, Rejected)
        assert refused.code == "denied_locally"
    finally:
        await other.stop()
