"""Orders and fills are found as long as the venue knows anything of them."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.orders import OrderStatus, UnifiedOrder
from domain.orders import OrderType as OrderKind
from domain.outcomes import CancelTaken
from domain.sides import Side
from tests.support.venue_bench import VenueBench
from venues.deribit import adapter, history
from venues.deribit.offer import Offer
from venues.port import NotFound, OrderReport, VenueUnreachable
from venues.simulators.orders import NewOrder, Order, OrderType

MINUTE_MS = 60_000
HOUR = timedelta(hours=1)


def aged(order: UnifiedOrder, by: timedelta) -> UnifiedOrder:
    """The same order, as if it had been made so long ago."""
    return replace(order, created_at=order.created_at - by)


async def status(bench: VenueBench, order: UnifiedOrder) -> OrderStatus:
    found = await bench.adapter.find_by_client_id(order)
    assert isinstance(found, OrderReport), found
    return found.status


async def test_an_order_is_found_after_the_venue_has_put_it_away(bench: VenueBench) -> None:
    ticket = await bench.ticket()
    traded, cancelled, resting = ticket.market(Side.BUY), ticket.limit(), ticket.limit()
    for order in (traded, cancelled, resting):
        await bench.accepted(order)
    assert await bench.adapter.cancel_order(cancelled) == CancelTaken()
    await bench.end_of(cancelled)
    bench.sim.arm("clock_skew", params={"ms": 31 * MINUTE_MS})
    assert await status(bench, aged(traded, HOUR)) is OrderStatus.FILLED
    assert await status(bench, aged(cancelled, HOUR)) is OrderStatus.CANCELED
    assert await status(bench, aged(resting, HOUR)) is OrderStatus.ACCEPTED
    assert isinstance(await bench.adapter.find_by_client_id(ticket.limit()), NotFound)


async def test_an_order_of_which_only_trades_are_left_is_found_by_them(bench: VenueBench) -> None:
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    bench.sim.arm("forget_orders")
    assert await status(bench, order) is OrderStatus.FILLED


async def test_history_is_read_page_by_page(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_PAGE", 2)
    ticket = await bench.ticket()
    orders = [ticket.market(Side.BUY) for _ in range(5)]
    for order in orders:
        await bench.accepted(order)
        await bench.filled(order)
    fills = await bench.adapter.fills_since(datetime.now(UTC) - HOUR)
    assert [fill.order_id for fill in fills] == [order.order_id for order in orders]
    bench.sim.arm("clock_skew", params={"ms": 31 * MINUTE_MS})
    assert await status(bench, aged(orders[0], HOUR)) is OrderStatus.FILLED


async def test_fills_of_the_day_before_are_found(bench: VenueBench) -> None:
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    heard = await bench.filled(order)
    bench.sim.arm("clock_skew", params={"ms": 25 * 60 * MINUTE_MS})
    assert await bench.adapter.fills_since(datetime.now(UTC) - 26 * HOUR) == heard


async def test_what_is_recent_and_historical_counts_once(bench: VenueBench) -> None:
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    heard = await bench.filled(order)
    bench.sim.arm("clock_skew", params={"ms": 5 * MINUTE_MS})  # in both, now
    assert await bench.adapter.fills_since(datetime.now(UTC) - 26 * HOUR) == heard


async def test_what_cannot_be_looked_through_proves_nothing(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order may stand on a page that was not read."""
    monkeypatch.setattr(history, "_PAGE", 2)
    monkeypatch.setattr(history, "_PAGES_OF_ONE_ORDER_MAX", 2)
    ticket = await bench.ticket()
    for _ in range(5):
        order = ticket.market(Side.BUY)
        await bench.accepted(order)
        await bench.filled(order)
    with pytest.raises(VenueUnreachable, match="looked through"):
        await bench.adapter.find_by_client_id(ticket.limit())


async def test_a_no_proves_as_much_as_the_venue_keeps(bench: VenueBench) -> None:
    """Orders and trades are kept for good; what waited and ended without its trigger is not."""
    ticket = await bench.ticket()
    plain = await bench.adapter.find_by_client_id(ticket.limit())
    assert isinstance(plain, NotFound)
    assert plain.records_since is None
    waiting = ticket.conditional(OrderKind.STOP_MARKET, Side.BUY)
    waited = await bench.adapter.find_by_client_id(waiting)
    assert isinstance(waited, NotFound)
    assert waited.records_since is not None
    assert datetime.now(UTC) - waited.records_since < timedelta(minutes=30)


def test_a_page_begins_where_the_one_before_ended() -> None:
    page = [{"timestamp": 5}, {"timestamp": 9}]
    assert history._next_start(5, page) == 9  # there may be more of 9
    assert history._next_start(9, page) == 10  # there are more than can be told; go on


async def test_twins_under_one_label_are_told_and_cancelled_together(bench: VenueBench) -> None:
    """Should a label ever be at the venue twice, a person is told, and the cancel leaves none."""
    ticket = await bench.ticket()
    order = ticket.limit()
    await bench.accepted(order)
    exchange = bench.sim.venue.exchange
    orders = exchange.state.orders
    first = orders.by_client_id("main", order.venue_client_id)
    assert first is not None
    assert order.price is not None
    twin = exchange.submit(
        NewOrder(
            account=first.account,
            client_order_id=first.client_order_id,
            symbol=first.symbol,
            side=first.side,
            type=OrderType.LIMIT,
            quantity=first.quantity,
            price=order.price,
        ),
        time.time_ns(),
    )
    assert isinstance(twin, Order)
    found = await bench.adapter.find_by_client_id(order)
    assert isinstance(found, OrderReport)
    assert found.contradiction is not None
    assert "2 orders under the label" in found.contradiction
    (listed,) = await bench.adapter.open_orders()
    assert listed.contradiction == found.contradiction
    assert await bench.adapter.cancel_order(order) == CancelTaken()
    assert not first.is_open
    assert not twin.is_open


async def test_fills_are_asked_for_by_the_venues_clock(bench: VenueBench) -> None:
    """By ours the trade is older than what is asked for, and would be passed over for good."""
    bench.sim.arm("clock_skew", params={"ms": -40_000})
    await bench.restart_adapter()
    asked_from = datetime.now(UTC)
    order = (await bench.ticket()).market(Side.BUY)
    await bench.accepted(order)
    await bench.filled(order)
    fills = await bench.adapter.fills_since(asked_from - timedelta(seconds=1))
    assert order.order_id in {fill.order_id for fill in fills}


async def test_an_answer_that_nobody_can_read_does_not_end_the_asking(
    bench: VenueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instruments and limits are read again all the same."""
    load, answers = Offer.load, [KeyError("no such field")]
    read_again = asyncio.Event()

    async def loaded(offer: Offer) -> None:
        if answers:
            raise answers.pop()
        await load(offer)
        read_again.set()

    monkeypatch.setattr(adapter, "_REFRESH_EVERY_S", 0.05)
    await bench.restart_adapter()
    monkeypatch.setattr(Offer, "load", loaded)
    async with asyncio.timeout(10):
        await read_again.wait()
