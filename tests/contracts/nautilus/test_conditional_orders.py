"""Orders that wait at Binance: told, found, cancelled and triggered, over restarts too."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled, VenueTriggered
from domain.orders import OrderStatus, OrderType, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.outcomes import Accepted, CancelTaken
from domain.sides import Side
from tests.support.nautilus_venue import FUTURES, VenueOnTest
from venues.nautilus.live_engine import LiveEngine
from venues.port import FillNews, OrderReport

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONDITIONAL = [kind for kind in OrderType if kind.is_conditional]


async def waiting(venue: VenueOnTest, kind: OrderType) -> UnifiedOrder:
    """A sell that does not trigger where the market is."""
    below = kind in (OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
    far = await venue.away(Side.BUY if below else Side.SELL, steps=200)
    order = replace(venue.order(Side.SELL), order_type=kind)
    if kind.is_trailing:
        return replace(
            order,
            trailing_offset=Decimal(500),
            trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
        )
    limit = far - venue.instrument.tick * 10 if kind.has_limit_price else None
    return replace(order, trigger_price=far, price=limit)


async def last_trade_at(venue: VenueOnTest, price: Decimal) -> None:
    """Move the market there and trade in it: what watches the last price sees only trades."""
    await venue.simulator.move_market("BTCUSDT", str(price))
    probe = venue.order(Side.BUY)
    assert isinstance(await venue.adapter.submit_order(probe), Accepted)
    await venue.fills_of(probe)
    await venue.fresh_quote(datetime.now(UTC))


@pytest.mark.parametrize("kind", CONDITIONAL)
async def test_a_waiting_order_is_found_open_and_can_be_cancelled_in_a_later_session(
    venue: VenueOnTest, engine: LiveEngine, kind: OrderType
) -> None:
    order = await waiting(venue, kind)
    outcome = await venue.adapter.submit_order(order)
    assert isinstance(outcome, Accepted)
    await engine.stop()
    await engine.start()
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert (report.status, report.venue_order_id) == (
        OrderStatus.ACCEPTED,
        outcome.venue_order_id,
    )
    assert (report.quantity, report.price) == (order.quantity, order.price)
    if not kind.is_trailing:
        assert report.trigger_price == order.trigger_price
    assert report in await venue.adapter.open_orders()
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await venue.end_of(order)).event, VenueCanceled)
    assert order.venue_client_id not in {
        known.venue_client_id for known in await venue.adapter.open_orders()
    }


@pytest.mark.parametrize("kind", [OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_LIMIT])
async def test_a_trigger_is_told_once_and_before_its_fills(
    venue: VenueOnTest, kind: OrderType
) -> None:
    quote = await venue.quote()
    order = await waiting(venue, kind)
    assert order.trigger_price is not None
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    through = "0.995" if kind is OrderType.STOP_MARKET else "1.005"
    await last_trade_at(venue, order.trigger_price * Decimal(through))
    fills = await venue.fills_of(order)
    await last_trade_at(venue, quote.mid)
    assert sum(fill.quantity for fill in fills) == order.quantity
    triggers = [news for news in venue.news_heard(order) if isinstance(news.event, VenueTriggered)]
    assert len(triggers) == 1
    first_fill = next(
        place
        for place, event in enumerate(venue.heard)
        if isinstance(event, FillNews) and event.fill.order_id == order.order_id
    )
    assert venue.heard.index(triggers[0]) < first_fill
    report = await venue.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.FILLED
    assert {fill.venue_order_id for fill in fills} == {report.venue_order_id}


async def test_a_triggered_order_that_rests_is_cancelled_like_any_other(
    venue: VenueOnTest,
) -> None:
    quote = await venue.quote()
    below = await venue.away(Side.BUY, steps=200)
    above = await venue.away(Side.SELL, steps=500)
    order = replace(
        venue.order(Side.SELL),
        order_type=OrderType.STOP_LIMIT,
        trigger_price=below,
        price=above,
    )
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    await last_trade_at(venue, below * Decimal("0.995"))
    await venue.news_of(order, VenueTriggered)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
    await venue.news_of(order, VenueCanceled)
    await last_trade_at(venue, quote.mid)


async def test_the_mark_price_can_be_watched_where_there_is_one(venue: VenueOnTest) -> None:
    if venue.name != FUTURES:
        pytest.skip("spot has no mark price")
    order = replace(await waiting(venue, OrderType.STOP_MARKET), trigger_type=TriggerType.MARK)
    assert isinstance(await venue.adapter.submit_order(order), Accepted)
    assert await venue.adapter.cancel_order(order) == CancelTaken()
