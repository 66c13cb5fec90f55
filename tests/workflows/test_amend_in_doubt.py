"""What may be said of an amend while its call is at work, or after what nobody heard."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from activities import desk
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import AmendOutcome
from tests.support.amending import amend, settled
from tests.support.order_house import OrderHouse, eventually
from tests.support.scripted_venue import HORIZON, Amend, ScriptedVenue
from venues.port import Amendment, NotFound, OrderReport


def tell_no_quantity_of_the_filled(venue: ScriptedVenue, patch: pytest.MonkeyPatch) -> None:
    """As Interactive Brokers does."""
    find = venue.find_by_client_id

    async def find_tersely(order: UnifiedOrder) -> OrderReport | NotFound:
        report = await find(order)
        if isinstance(report, OrderReport) and report.status is OrderStatus.FILLED:
            return replace(report, quantity=None)
        return report

    patch.setattr(venue, "find_by_client_id", find_tersely)


async def test_an_order_that_was_reduced_and_filled_while_nobody_listened_is_full(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_no_quantity_of_the_filled(house.venue, monkeypatch)
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]
    order.course.reachable = False
    await amend(order, quantity="2")
    await eventually(lambda: _amended(house, order.id), "the amend is at the venue")

    house.venue.fill(order.id, "2", told=False)
    order.course.reachable = True
    ended = await order.ended()

    assert (ended.status, ended.quantity) == (OrderStatus.FILLED, Decimal(2))
    events = await order.events()
    assert "VenueAmended" in events
    assert "VenueRefusedAmend" not in events
    assert (await order.row()).anomaly is None


async def test_an_order_that_somebody_else_reduced_is_full_when_its_venue_says_so(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_no_quantity_of_the_filled(house.venue, monkeypatch)
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]
    await house.venue.amend_order(await order.row(), Amendment(quantity=Decimal(2)))
    house.venue.fill(order.id, "2", told=False)

    house.venue.restore_stream()
    ended = await order.ended()

    assert (ended.status, ended.quantity) == (OrderStatus.FILLED, Decimal(2))


async def test_while_its_call_is_at_work_no_amend_counts_as_refused(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await house.place()
    amend_order, called, go_on = house.venue.amend_order, asyncio.Event(), asyncio.Event()

    async def held_back(row: UnifiedOrder, terms: Amendment) -> AmendOutcome:
        called.set()
        await go_on.wait()
        return await amend_order(row, terms)

    monkeypatch.setattr(house.venue, "amend_order", held_back)
    await amend(order, quantity="6")
    await called.wait()
    await asyncio.sleep(2 * HORIZON.total_seconds())

    asked = await house.venue_worker.desk.ask(order.id)
    go_on.set()

    assert (asked.amend_pending, asked.reserved_qty) == (True, Decimal(6))
    assert (await settled(order)).quantity == Decimal(6)
    assert "VenueRefusedAmend" not in await order.events()


async def test_an_amend_that_would_be_late_is_not_sent(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await house.place()
    monkeypatch.setattr(desk, "SEND_AT_ONCE_S", 0.0)  # any time at all is a stall

    await amend(order, quantity="6")

    assert (await settled(order)).quantity == Decimal(4)
    assert house.venue.amended[order.id] == 0
    assert "AmendDropped" in await order.events()


async def _amended(house: OrderHouse, order_id: str) -> bool:
    return house.venue.amended[order_id] > 0
