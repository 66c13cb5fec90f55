"""A workflow gives up on an answer that news has overtaken; what comes with it must not be lost."""

from decimal import Decimal

import pytest
from temporalio.api.enums.v1 import PendingActivityState

from activities import nudges
from domain.order_events import VenueAmended
from domain.orders import OrderStatus
from tests.support.amending import amend, settled
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.scripted_venue import Amend, Submit
from venues.port import OrderNews


async def test_a_fill_during_an_amend_that_is_over_is_heard(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_AND_HANG]
    await amend(order, quantity="6")
    await eventually(lambda: _asks_the_venue(order), "the workflow waits for the answer, too")

    house.venue.tell(OrderNews((await order.row()).venue_client_id, VenueAmended(Decimal(6))))
    await settled(order)
    await order.until_told()
    monkeypatch.setattr(nudges, "GRACE_S", 1.0)  # the answer comes before the signal
    house.venue.fill(order.id, "6")
    await order.until(OrderStatus.FILLED)
    house.venue.hang_up()

    assert (await order.ended()).status is OrderStatus.FILLED


async def test_a_fill_during_a_submission_that_is_over_is_heard(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.venue_worker.stop()  # so that the order goes by the venue's queue
    order = house.order()
    order.course.submits = [Submit.ACCEPT_AND_HANG]
    await order.start()
    await eventually(lambda: _has_asked(order), "the workflow sends it")
    await house.start_venue_worker()
    await order.until(OrderStatus.SUBMITTING)

    await eventually(lambda: _is_at_the_venue(order), "the venue has it")
    house.venue.tell(house.venue.accepted_news(order.id))
    await order.until(OrderStatus.ACCEPTED)
    await order.until_told()
    monkeypatch.setattr(nudges, "GRACE_S", 1.0)
    house.venue.fill(order.id, "4")
    await order.until(OrderStatus.FILLED)
    house.venue.hang_up()

    assert (await order.ended()).status is OrderStatus.FILLED


async def _has_asked(order: Order) -> bool:
    return bool((await order.workflow.describe()).raw_description.pending_activities)


async def _asks_the_venue(order: Order) -> bool:
    pending = (await order.workflow.describe()).raw_description.pending_activities
    started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    return any(activity.state == started for activity in pending)


async def _is_at_the_venue(order: Order) -> bool:
    return order.house.venue.status(order.id) is not None
