"""Cards TC-E84 and lessons L7, L12: restarts, venues that are away, and a guest's good manners."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from domain.order_events import VenueCanceled
from domain.outcomes import Accepted, CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.support.nautilus_venue import SPOT, VenueOnTest
from tests.support.simulator_binance import SimulatedBinance
from venues.nautilus.live_engine import LiveEngine
from venues.nautilus.rejections import DENIED_LOCALLY
from venues.port import StreamRestored, VenueUnreachable

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_tc_e84_a_working_order_of_an_earlier_session_can_be_cancelled(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await engine.stop()
    await engine.start()
    assert order.venue_client_id in {
        report.venue_client_id for report in await venue.adapter.open_orders()
    }
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def test_a_fill_of_an_earlier_sessions_order_is_heard(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    quote = await venue.quote()
    order = venue.order(Side.BUY, quote.bid - venue.instrument.tick * 50)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await engine.stop()
    await engine.start()
    assert order.price is not None
    await venue.simulator.move_market("BTCUSDT", str(order.price - 1000))
    await venue.simulator.move_market("BTCUSDT", str(quote.mid))
    [fill, *_] = await venue.fills_of(order)
    assert (fill.price, fill.is_maker) == (order.price, True)


async def test_an_order_of_an_earlier_session_is_not_sent_again(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await engine.stop()
    await engine.start()
    assert isinstance(await venue.adapter.submit_order(order), Unknown)
    assert len(await venue.simulator.commands(order.venue_client_id)) == 1
    assert await venue.adapter.cancel_order(order) == CancelTaken()


async def test_two_restarts_in_a_row_change_nothing(venue: VenueOnTest, engine: LiveEngine) -> None:
    """Lesson L7: reconciliation invents no orders and no fills."""
    since = datetime.now(UTC) - timedelta(hours=1)

    async def picture() -> tuple[object, ...]:
        adapter = venue.adapter
        return (
            await adapter.fills_since(since),
            await adapter.positions(),
            await adapter.open_orders(),
        )

    before, heard = await picture(), len(venue.heard)
    for _ in range(2):
        await engine.stop()
        await engine.start()
        assert await picture() == before
    assert venue.heard[heard:] == []


async def test_while_the_engine_is_stopped_nothing_is_sent_and_nothing_is_claimed(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    order = await venue.resting()
    await engine.stop()
    try:
        assert isinstance(await venue.adapter.submit_order(order), Unknown)
        assert isinstance(await venue.adapter.cancel_order(order), Unknown)
        assert not venue.adapter.health().connected
        with pytest.raises(VenueUnreachable):
            await venue.adapter.find_by_client_id(order)
    finally:
        await engine.start()
    assert await venue.simulator.commands(order.venue_client_id) == []


async def test_the_node_is_built_anew_until_the_venue_is_there(
    engine: LiveEngine, venues: dict[str, VenueOnTest], simulator: SimulatedBinance
) -> None:
    await engine.stop()
    simulator.stop()
    starting = asyncio.create_task(engine.start())
    await asyncio.sleep(1.0)
    assert not starting.done()
    simulator.start()
    await simulator.pause_market()
    await asyncio.wait_for(starting, 15)
    for venue in venues.values():
        order = await venue.resting()
        assert isinstance(await venue.adapter.submit_order(order), Accepted)
        assert await venue.adapter.cancel_order(order) == CancelTaken()


async def test_a_venue_that_went_away_leaves_doubt_and_comes_back(
    venues: dict[str, VenueOnTest], simulator: SimulatedBinance
) -> None:
    venue = venues[SPOT]
    order = await venue.resting()
    heard = {name: len(known.heard) for name, known in venues.items()}
    simulator.stop()
    try:
        assert isinstance(await venue.adapter.submit_order(order), Unknown)
        with pytest.raises(VenueUnreachable):
            await venue.adapter.find_by_client_id(order)
        await venue.disconnected()
    finally:
        simulator.start()
        await simulator.pause_market()
    back_at = datetime.now(UTC)
    for name, known in venues.items():
        await known.gap(heard[name])
        await known.fresh_quote(back_at)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def test_a_node_that_ends_by_itself_is_built_anew(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    """As it does after an exception inside one of its engines."""
    session = venue.adapter._session
    assert session is not None
    session.gateway.shutdown_system("a test")
    async with asyncio.timeout(10):
        for running in (False, True):
            while engine.is_running is not running:
                await asyncio.sleep(0.02)
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()


async def test_the_process_keeps_its_signal_handlers(engine: LiveEngine) -> None:
    await engine.stop()
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    try:
        await engine.start()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(asked.wait(), 2)
        assert engine.is_running
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@pytest.mark.parametrize("client_id", ["é", "a b", "", "x" * 37, "semi;colon"])
async def test_an_odd_id_is_refused_before_it_can_end_the_process(
    venue: VenueOnTest, client_id: str
) -> None:
    order = venue.order(venue_client_id=client_id)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Rejected)
    assert outcome.code == DENIED_LOCALLY


async def test_a_foreign_order_is_no_news_and_no_fill_of_ours(venue: VenueOnTest) -> None:
    order = venue.order(venue_client_id=f"manual-{datetime.now(UTC).timestamp():.0f}-{venue.name}")
    before = len(venue.heard)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    fills = await venue.adapter.fills_since(datetime.now(UTC) - timedelta(minutes=1))
    assert len(await venue.ledger_of(order, "filled")) > 0
    assert order.order_id not in {fill.order_id for fill in fills}
    assert all(isinstance(event, StreamRestored) for event in venue.heard[before:])


async def test_the_engine_executes_by_venue(engine: LiveEngine, venue: VenueOnTest) -> None:
    order = await venue.resting()
    assert isinstance(await engine.execute_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    elsewhere = venue.order(venue="NOWHERE")
    assert isinstance(await engine.execute_order(elsewhere), Rejected)


async def test_a_submit_that_the_stop_interrupts_is_in_doubt_not_rejected(
    venue: VenueOnTest, engine: LiveEngine
) -> None:
    """The library cancels its request and says OrderRejected("Canceled retry")."""
    order = await venue.resting()
    before = len(venue.heard)
    await venue.simulator.arm("black_hole", venue=venue.name, action="submit", count=1)
    submit = asyncio.create_task(venue.adapter.submit_order(order))
    await asyncio.sleep(0.1)
    await engine.stop()
    assert isinstance(await submit, Unknown)
    await engine.start()
    assert venue.news_heard(order) == []
    assert all(isinstance(event, StreamRestored) for event in venue.heard[before:])
