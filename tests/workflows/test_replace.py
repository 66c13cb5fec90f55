"""Where a venue cannot amend in place, the order goes on as a new leg: the old one ends first."""

from decimal import Decimal

import pytest

from domain.errors import NotAmendable
from domain.orders import OrderStatus, OrderType
from tests.support.amending import amend, settled
from tests.support.order_house import OrderHouse
from tests.support.scripted_venue import Cancel

TAKE_PROFIT = {
    "order_type": OrderType.TAKE_PROFIT_MARKET,
    "price": None,
    "trigger_price": Decimal(95),
}


async def test_an_order_type_that_cannot_be_amended_says_so(house: OrderHouse) -> None:
    order = await house.place(**TAKE_PROFIT)

    with pytest.raises(NotAmendable, match="replace=true"):
        await amend(order, quantity="6")


async def test_replace_ends_the_leg_and_sends_the_rest_as_another(house: OrderHouse) -> None:
    order = await house.place(**TAKE_PROFIT)
    house.venue.fill(order.id, "1")
    await order.until(OrderStatus.PARTIALLY_FILLED)

    await amend(order, quantity="6", replace=True)
    await settled(order)
    row = await order.until(OrderStatus.PARTIALLY_FILLED)

    assert (row.leg, row.quantity, row.filled_qty) == (2, Decimal(6), Decimal(1))
    assert house.venue.terms(order.id)[0] == 5  # the new leg is for the rest
    assert (order.sent, house.venue.canceled[order.id]) == (2, 1)
    house.venue.fill(order.id, "5")
    ended = await order.ended()
    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(6))
    await house.books.assert_audits_hold()


async def test_a_fill_that_the_stream_lost_counts_before_the_next_leg_is_sent(
    house: OrderHouse,
) -> None:
    order = await house.place(**TAKE_PROFIT)
    house.venue.fill(order.id, "3", told=False)

    await amend(order, trigger_price="94", replace=True)
    await settled(order)

    row = await order.until(OrderStatus.PARTIALLY_FILLED)
    assert (row.leg, row.filled_qty, row.trigger_price) == (2, Decimal(3), Decimal(94))
    assert house.venue.terms(order.id)[0] == 1


async def test_an_order_that_fills_before_it_is_replaced_is_done(house: OrderHouse) -> None:
    order = await house.place(**TAKE_PROFIT)
    house.venue.fill(order.id, "4", told=False)

    await amend(order, trigger_price="94", replace=True)
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(4))
    assert order.sent == 1


async def test_a_cancel_during_a_replacement_ends_the_order(house: OrderHouse) -> None:
    order = await house.place(**TAKE_PROFIT)
    order.course.cancels = [Cancel.IGNORE, Cancel.OBEY]

    await amend(order, trigger_price="94", replace=True)
    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED
    assert order.sent == 1


async def test_a_replacement_survives_the_venues_worker_and_the_workflows(
    house: OrderHouse,
) -> None:
    order = await house.place(**TAKE_PROFIT)
    order.course.cancels = [Cancel.OBEY_SILENTLY]

    await amend(order, trigger_price="94", replace=True)
    await house.replace_venue_worker()
    await house.replace_order_worker()
    await settled(order)
    row = await order.until(OrderStatus.ACCEPTED)

    assert (row.leg, row.trigger_price) == (2, Decimal(94))
    assert order.sent == 2
