"""Lessons L4 to L6: what the user stream loses, repeats or delays, counts once all the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.fills import Fill
from domain.order_events import VenueCanceled
from domain.orders import UnifiedOrder
from domain.outcomes import Accepted, CancelTaken
from domain.sides import Side
from tests.support.nautilus_venue import FUTURES, VenueOnTest

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _pulled(
    venue: VenueOnTest, order: UnifiedOrder, ago: timedelta = timedelta(hours=1)
) -> list[Fill]:
    fills = await venue.adapter.fills_since(datetime.now(UTC) - ago)
    return [fill for fill in fills if fill.order_id == order.order_id]


async def test_pulled_fills_are_the_streamed_ones(venue: VenueOnTest) -> None:
    order = venue.order(Side.BUY)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    streamed = await venue.fills_of(order)
    assert await _pulled(venue, order) == streamed


async def test_fills_before_the_given_time_are_left_out(venue: VenueOnTest) -> None:
    order = venue.order(Side.SELL)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    [fill, *_] = await venue.fills_of(order)
    later = await venue.adapter.fills_since(fill.ts_event + timedelta(milliseconds=1))
    assert order.order_id not in {known.order_id for known in later}
    assert await venue.adapter.fills_since(fill.ts_event)


async def test_a_fill_during_a_gap_is_found_after_stream_restored(venue: VenueOnTest) -> None:
    quote = await venue.quote()
    order = venue.order(Side.BUY, quote.bid - venue.instrument.tick * 50)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    before = len(venue.heard)
    await venue.simulator.drop_user_streams(venue.name, refuse_s=1.0)
    await _trade_against(venue, order)
    await venue.gap(before)
    pulled = await _pulled(venue, order)
    assert sum(fill.quantity for fill in pulled) == order.quantity
    assert all(fill.is_maker for fill in pulled)
    assert venue.adapter.health().connected
    await _recovers(venue)


async def test_a_stream_that_the_library_gave_up_is_brought_back(venue: VenueOnTest) -> None:
    """One failed login after a reconnect and the library never listens again; we make it."""
    before = len(venue.heard)
    if venue.name == FUTURES:
        await venue.simulator.arm("error_503_not_executed", venue=venue.name, path="listenKey")
    else:  # the subscription is refused for its time
        await venue.simulator.arm("clock_skew", venue=venue.name, params={"ms": 60_000})
    await venue.simulator.drop_user_streams(venue.name)
    await venue.disconnected()
    await venue.given_up()
    await venue.simulator.disarm()
    await venue.gap(before)
    assert venue.adapter.health().connected
    await _recovers(venue)


async def test_a_duplicated_fill_has_one_identity(venue: VenueOnTest) -> None:
    order = venue.order(Side.BUY)
    await venue.simulator.arm("duplicate_fills", venue=venue.name, count=1, params={"copies": 3})
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await venue.fills_of(order)
    await asyncio.sleep(0.2)
    identities = {
        (fill.account_id, fill.instrument_id, fill.trade_id, fill.order_id): fill.quantity
        for fill in venue.fills_heard(order)
    }
    assert sum(identities.values()) == order.quantity


async def test_a_delayed_fill_arrives_late_but_whole(venue: VenueOnTest) -> None:
    order = venue.order(Side.SELL)
    await venue.simulator.arm("delay_fills", venue=venue.name, count=1, params={"ms": 700})
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert venue.fills_heard(order) == []
    assert sum(fill.quantity for fill in await venue.fills_of(order)) == order.quantity


async def test_a_fill_that_the_stream_lost_is_found_by_a_pull(venue: VenueOnTest) -> None:
    """Lesson L5: the stream looks healthy all the time."""
    order = venue.order(Side.BUY)
    await venue.simulator.arm("lose_fills", venue=venue.name, count=5)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await asyncio.sleep(0.3)
    assert venue.fills_heard(order) == []
    assert sum(fill.quantity for fill in await _pulled(venue, order)) == order.quantity


async def test_fills_are_pulled_from_further_back_than_the_venue_tells_at_once(
    venue: VenueOnTest,
) -> None:
    """Spot answers for a day at once, futures for a week; a longer question is refused."""
    order = venue.order(Side.BUY)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    streamed = await venue.fills_of(order)
    assert await _pulled(venue, order, timedelta(days=16)) == streamed


async def test_a_stream_that_expires_is_renewed_and_told_as_a_gap(venue: VenueOnTest) -> None:
    """Futures listen by a listen key, spot by a session of the WebSocket API."""
    before = len(venue.heard)
    await venue.simulator.expire_listen_keys()
    await venue.gap(before)
    await _recovers(venue)


async def _recovers(venue: VenueOnTest) -> None:
    """An order and its cancel are heard on the stream again."""
    order = await venue.resting()
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)


async def _trade_against(venue: VenueOnTest, order: UnifiedOrder) -> None:
    """Move the market through the resting order, then back."""
    assert order.price is not None
    quote = await venue.quote()
    await venue.simulator.move_market("BTCUSDT", str(order.price * Decimal("0.99")))
    await venue.simulator.move_market("BTCUSDT", str(quote.mid))
