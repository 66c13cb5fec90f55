"""IB away behind a TWS that is there: contracts that it does not find, a return that it does not
tell, and a midnight that takes its lists."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.outcomes import Rejected
from domain.sides import Side
from tests.contracts.ib.test_connections import tws
from tests.support.venue_bench import VenueBench
from venues.interactive_brokers.settings import Settings
from venues.port import NotFound, VenueUnreachable
from venues.registry import VenueAccountConfig
from venues.simulators.fault_plans import Loss


async def test_contracts_that_ib_did_not_find_are_traded_when_it_does(bench: VenueBench) -> None:
    order = (await bench.ticket()).limit(Side.BUY)
    stranger = replace(order, instrument_id="TSLA.IB")
    await bench.accepted(order)
    await bench.stop_adapter()
    bench.sim.arm("definitions_away")
    await bench.start_adapter()
    assert bench.adapter.instruments() == ()
    with pytest.raises(VenueUnreachable):
        await bench.adapter.ready_to_submit(order)
    assert isinstance(await bench.adapter.ready_to_submit(stranger), Rejected)
    # What works meanwhile is known all the same.
    assert order.price is not None
    bench.sim.move("AAPL", order.price * 99 / 100)
    (fill,) = await bench.filled(order)
    assert fill.instrument_id == order.instrument_id
    assert await bench.position(order.instrument_id) == order.quantity
    bench.sim.faults.clear()
    async with asyncio.timeout(10):
        while len(bench.adapter.instruments()) < len(bench.spec.instruments):
            await asyncio.sleep(0.05)
    await bench.accepted((await bench.ticket()).limit())


async def test_a_connection_to_nothing_is_given_up_when_nobody_says_that_ib_is_back(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nightly reset of TWS may leave it out; fills of the gap are pulled on the new line."""
    of = Settings.of

    def impatient(config: VenueAccountConfig) -> Settings:
        return replace(of(config), offline_s=0.5)

    monkeypatch.setattr(Settings, "of", impatient)
    await bench.restart_adapter()
    order = (await bench.ticket()).limit(Side.BUY)
    await bench.accepted(order)
    before = len(bench.heard)
    tws(bench).connectivity.lose(Loss(seconds=0.2, told=False))
    await bench.disconnected()
    assert order.price is not None
    bench.sim.move("AAPL", order.price * 99 / 100)
    await bench.restored(before)
    assert [fill.quantity for fill in await bench.pulled(order)] == [order.quantity]
    assert await bench.filled(order)


async def test_lists_that_begin_after_an_order_was_sent_say_so(bench: VenueBench) -> None:
    order = replace((await bench.ticket()).limit(), submitted_at=datetime.now(UTC))
    never_sent = await bench.adapter.find_by_client_id(order)
    assert isinstance(never_sent, NotFound)
    assert never_sent.records_since is not None
    assert order.submitted_at is not None
    assert never_sent.records_since <= order.submitted_at
    traded = (await bench.ticket()).market()
    await bench.accepted(traded)
    await bench.filled(traded)
    sent_before = datetime.now(UTC)
    await asyncio.sleep(1.1)  # the clock of TWS tells whole seconds
    before = len(bench.heard)
    bench.sim.arm("new_day")
    bench.sim.drop_streams()
    await bench.restored(before)
    forgotten = await bench.adapter.find_by_client_id(traded)
    assert isinstance(forgotten, NotFound)
    assert forgotten.records_since is not None
    assert sent_before < forgotten.records_since <= datetime.now(UTC)
