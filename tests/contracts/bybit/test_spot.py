"""What is spot's alone: conditional orders of a kind of their own, and codes of its own."""

from decimal import Decimal

import pytest

from domain.order_events import VenueCanceled, VenueTriggered
from domain.orders import OrderStatus, OrderType, TriggerType
from domain.outcomes import CancelTaken, Rejected, Unknown
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.port import OrderReport

SPOT = "BTCUSDT-SPOT.BYBIT"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_spot_stop_that_is_reached_already_is_not_sent(bench: VenueBench) -> None:
    """The venue would wait for it from the other side."""
    ticket = await bench.ticket(SPOT)
    passed = ticket.trigger(OrderType.STOP_MARKET, Side.BUY)
    order = ticket.conditional(OrderType.STOP_MARKET, Side.SELL, trigger_price=passed)
    refused = await bench.adapter.ready_to_submit(order)
    assert refused is not None
    assert "from the other side" in refused.reason
    assert bench.sim.commands(order.venue_client_id) == []


@pytest.mark.parametrize("kind", [OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET])
async def test_spot_has_conditional_orders(bench: VenueBench, kind: OrderType) -> None:
    ticket = await bench.ticket(SPOT)
    order = ticket.conditional(kind, Side.SELL)
    await bench.accepted(order)
    assert order.trigger_price is not None
    beyond = Decimal("0.99") if kind is OrderType.STOP_MARKET else Decimal("1.01")
    await bench.move(order.trigger_price * beyond, SPOT)
    await bench.news(order, VenueTriggered)
    await bench.filled(order)


@pytest.mark.parametrize("is_triggered", [False, True])
async def test_a_spot_stop_is_cancelled_while_it_waits_and_when_it_works(
    bench: VenueBench, is_triggered: bool
) -> None:
    """The venue looks among one kind of orders only."""
    ticket = await bench.ticket(SPOT)
    order = ticket.conditional(OrderType.STOP_LIMIT, Side.SELL)
    await bench.accepted(order)
    if is_triggered:
        assert order.trigger_price is not None
        assert order.price is not None
        await bench.move(min(order.trigger_price, order.price) * Decimal("0.99"), SPOT)
        await bench.news(order, VenueTriggered)
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert isinstance((await bench.end_of(order)).event, VenueCanceled)


async def test_a_spot_order_over_which_the_venue_timed_out_is_found(bench: VenueBench) -> None:
    """Spot has a code of its own for it, and the stream may keep silent too."""
    order = (await bench.ticket(SPOT)).limit()
    bench.sim.arm("lose_events", client_order_id=order.venue_client_id)
    bench.sim.arm("execute_then_503", action="submit", count=1)
    outcome = await bench.adapter.submit_order(order)
    assert isinstance(outcome, Unknown)
    assert "170007" in outcome.reason
    report = await bench.adapter.find_by_client_id(order)
    assert isinstance(report, OrderReport)
    assert report.status is OrderStatus.ACCEPTED
    assert await bench.adapter.cancel_order(order) == CancelTaken()


async def test_spot_watches_no_mark_price(bench: VenueBench) -> None:
    terms = {"trigger_type": TriggerType.MARK}
    order = (await bench.ticket(SPOT)).conditional(OrderType.STOP_MARKET, Side.SELL, **terms)
    assert isinstance(await bench.adapter.submit_order(order), Rejected)
    assert bench.sim.commands(order.venue_client_id) == []
