"""Our book is held against the venue's, in both directions; what does not fit is shown."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from activities import inquiry, reconciliation
from activities.inquiry import NotOurAccount
from activities.reconciliation import OVERLAP
from db.order_queries import OrderFilter
from domain.deliveries import Delivery
from domain.order_events import VenueCanceled
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.books import SPOT
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.orders import a_fill
from tests.support.scripted_venue import Submit
from venues.port import NotFound, OrderReport

AT_ONCE = timedelta(0)


async def anomaly(order: Order) -> str | None:
    return (await order.row()).anomaly


async def test_an_order_that_the_venue_has_open_is_alive_whatever_we_believed(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_SETTLED", AT_ONCE)
    order = await house.place()
    await house.books.oms.apply(order.id, VenueCanceled("by mistake"), tell_workflow=True)
    await order.ended()

    house.venue.restore_stream()
    await order.until(OrderStatus.ACCEPTED)

    assert "open although it was CANCELED" in (await anomaly(order) or "")
    await house.books.oms.request_cancel(order.id, by="desk")
    assert (await order.until(OrderStatus.CANCELED)).status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_what_ended_a_moment_ago_may_still_be_in_the_venue_s_list(
    house: OrderHouse,
) -> None:
    order = await house.place()
    await house.books.oms.apply(order.id, VenueCanceled("a moment ago"), tell_workflow=True)
    looks = house.venue.asked_for_open_orders

    house.venue.restore_stream()
    await eventually(lambda: _more(house, looks), "the venue was asked")
    await order.ended()

    assert (await order.row()).status is OrderStatus.CANCELED


async def test_a_partial_fill_that_the_stream_lost_is_found_although_the_order_works(
    house: OrderHouse,
) -> None:
    order = await house.place()
    house.venue.fill(order.id, "1", told=False)

    house.venue.restore_stream()

    assert (await order.until(OrderStatus.PARTIALLY_FILLED)).filled_qty == Decimal(1)


async def test_fills_that_the_venue_counts_and_never_shows_are_a_person_s_business(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiry, "_TRADES_FOLLOW_WITHIN", AT_ONCE)
    monkeypatch.setattr(reconciliation, "_UNCERTAIN_RETRY_S", 0.05)
    order = await house.place()
    house.venue.fill(order.id, "1", told=False)
    house.venue.lose_fills()

    house.venue.restore_stream()

    await eventually(lambda: anomaly(order), "the riddle is on record")
    assert "the venue says 1 filled, its trades say 0" in (await anomaly(order) or "")
    needs_a_person = await house.books.oms.orders(OrderFilter(attention=True), 100)
    assert order.id in {one.order_id for one in needs_a_person}


async def test_executions_are_pulled_from_where_the_last_pull_ended(house: OrderHouse) -> None:
    await house.place()  # however long it rests
    began = datetime.now(UTC)
    for pulls in (2, 3):  # the first was at the start
        house.venue.restore_stream()
        await eventually(lambda: _pulled(house, pulls), f"{pulls} pulls")  # noqa: B023

    assert house.venue.pulls[2] >= began - OVERLAP > house.venue.pulls[1]


async def test_an_order_that_cannot_be_asked_for_keeps_no_other_from_its_turn(
    house: OrderHouse,
) -> None:
    poison, order = await house.place(), await house.place()
    house.venue.expire_silently(poison.id)
    house.venue.expire_silently(order.id)
    poison.course.reachable = False

    house.venue.restore_stream()

    await order.until(OrderStatus.EXPIRED)
    poison.course.reachable = True
    await poison.until(OrderStatus.EXPIRED)


async def test_a_question_that_hangs_is_given_up_and_asked_again(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiry, "_ANSWER_WITHIN_S", 0.2)
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]
    find, asked = house.venue.find_by_client_id, 0

    async def hangs_once(wanted: UnifiedOrder) -> OrderReport | NotFound:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.Event().wait()
        return await find(wanted)

    monkeypatch.setattr(house.venue, "find_by_client_id", hangs_once)
    await order.start()

    await order.until(OrderStatus.ACCEPTED)
    assert (asked, order.sent) == (2, 1)


async def test_an_order_of_another_account_is_not_asked_for_here(house: OrderHouse) -> None:
    order = await house.place()
    await house.books.pool.execute(
        "UPDATE unified_orders SET account_id = 'another' WHERE order_id = $1", order.id
    )
    desk = house.venue_worker.desk

    for command in (desk.ask, desk.cancel):
        with pytest.raises(NotOurAccount, match="another"):
            await command(order.id)
    assert house.venue.canceled[order.id] == 0


async def test_a_fill_in_an_instrument_that_nobody_knows_is_shown_and_ends_nothing(
    house: OrderHouse,
) -> None:
    order = await house.place()
    fill = a_fill(await order.row(), trade_id="x")
    inquiries = house.venue_worker.desk.inquiry

    assert await inquiries.book(replace(fill, instrument_id="GONE.BINANCE_SPOT")) is None
    assert "GONE.BINANCE_SPOT" in (await anomaly(order) or "")
    assert await inquiries.book(replace(fill, instrument_id=SPOT.instrument_id)) is not None


async def test_a_second_order_under_the_same_id_is_a_person_s_business(house: OrderHouse) -> None:
    order = await house.place()
    house.venue.doubled.add(order.id)

    house.venue.restore_stream()

    await eventually(lambda: anomaly(order), "the twin is on record")
    assert f"2 orders are {order.id}" in (await anomaly(order) or "")
    assert (await order.row()).status is OrderStatus.ACCEPTED


async def test_what_is_held_in_an_expired_instrument_is_closed_as_the_venue_closed_it(
    house: OrderHouse,
) -> None:
    order = await house.place()
    house.venue.fill(order.id, "4")
    await order.ended()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await house.books.market.save_instruments([replace(SPOT, expires_at=yesterday)])
    house.venue.delivered.append(
        Delivery(SPOT.instrument_id, Decimal(4), Decimal(120), Decimal(0), "USDT", yesterday)
    )

    house.venue.restore_stream()

    async def is_flat() -> bool:
        (position,) = await house.books.positions.of(SPOT.instrument_id)
        return position.quantity == 0

    await eventually(is_flat, "the position is closed")


async def _more(house: OrderHouse, looks: int) -> bool:
    return house.venue.asked_for_open_orders > looks


async def _pulled(house: OrderHouse, times: int) -> bool:
    return len(house.venue.pulls) >= times
