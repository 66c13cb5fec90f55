"""A wish to cancel is seen through to the order's end, whoever has it and whatever goes wrong."""

import asyncio
import random
from decimal import Decimal

from activities.ports import Decision
from domain.orders import OrderStatus
from tests.support.books import PERPETUAL
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.scripted_venue import Cancel, Submit
from workflows.order import OrderWorkflow


async def requested_by(order: Order) -> list[str]:
    """Who wanted the order canceled, by its audit trail."""
    events = await order.house.books.oms.events(order.id)
    return [event.detail["by"] for event in events if event.name == "CancelRequested"]


async def test_a_signal_from_temporal_cancels_the_order(house: OrderHouse) -> None:
    order = await house.place()

    await order.workflow.signal("cancel")  # as Temporal UI sends it, without an argument
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED
    assert await requested_by(order) == ["operator"]


async def test_canceling_the_workflow_cancels_the_order(house: OrderHouse) -> None:
    order = await house.place()
    house.venue.fill(order.id, "1")
    await order.until(OrderStatus.PARTIALLY_FILLED)

    await order.workflow.cancel()
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.CANCELED, Decimal(1))
    assert house.venue.status(order.id) is OrderStatus.CANCELED
    assert await requested_by(order) == ["temporal"]


async def test_no_cancellation_of_a_workflow_is_lost_whenever_it_comes(house: OrderHouse) -> None:
    orders = [house.order() for _ in range(12)]
    moments = random.Random(7)
    outcomes = [Submit.ACCEPT, Submit.ACCEPT_SILENTLY, Submit.LOSE]

    async def live(order: Order) -> None:
        order.course.submits = [moments.choice(outcomes)]
        await order.start()
        await asyncio.sleep(moments.random() * 0.5)
        await order.workflow.cancel()
        await order.ended()

    await asyncio.gather(*map(live, orders))

    for order in orders:
        row = await order.row()
        assert row.status is OrderStatus.CANCELED
        assert house.venue.status(order.id) in (None, OrderStatus.CANCELED)


async def test_a_cancel_while_the_order_is_being_sent_waits_for_the_answer(
    house: OrderHouse,
) -> None:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_AND_HANG]
    await order.start()
    await order.until(OrderStatus.SUBMITTING)

    await order.workflow.cancel()
    await eventually(lambda: _recorded(order), "the wish is recorded")
    assert house.venue.canceled[order.id] == 0
    house.venue.hang_up()
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_a_cancel_before_the_order_was_sent_ends_it_unsent(house: OrderHouse) -> None:
    order = house.order(instrument_id=PERPETUAL.instrument_id)  # whose venue has no worker
    await order.start()
    await order.until(OrderStatus.APPROVED)

    await order.workflow.signal(OrderWorkflow.cancel, "ann")
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "canceled_unsent")
    assert "SubmissionStarted" not in await order.events()
    assert await requested_by(order) == ["ann"]


async def test_a_cancel_that_loses_the_race_against_a_fill_ends_filled(house: OrderHouse) -> None:
    order = await house.place()

    house.venue.fill(order.id, "4", told=False)  # the news is still on its way
    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(4))


async def test_a_cancel_whose_confirmation_is_lost_is_asked_for(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.OBEY_SILENTLY]

    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED


async def test_a_cancel_that_the_venue_refuses_at_first_is_tried_again(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE, Cancel.REFUSE, Cancel.REFUSE, Cancel.OBEY]

    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.canceled[order.id] == 4
    assert (await order.events()).count("VenueRefusedCancel") == 3


async def test_a_wish_that_only_the_row_knows_is_seen_through(house: OrderHouse) -> None:
    order = await house.place()
    # The venue's worker hears of it and fails; the signal to the workflow is lost.
    order.course.cancels = [Cancel.REFUSE, Cancel.OBEY]

    await house.books.oms.request_cancel(order.id, by="desk")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.canceled[order.id] >= 2


async def test_a_cancel_in_doubt_is_recorded_at_once_and_done_when_the_order_is_found(
    house: OrderHouse,
) -> None:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]
    order.course.reachable = False
    await order.start()
    await order.until(OrderStatus.UNKNOWN)

    await order.workflow.signal("cancel")
    await eventually(lambda: _recorded(order), "the wish is recorded")
    assert (await order.row()).status is OrderStatus.UNKNOWN
    order.course.reachable = True
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert order.sent == 1


async def test_a_lost_order_that_is_canceled_is_not_sent_again(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.LOSE, Submit.ACCEPT]
    await order.start()
    await order.until(OrderStatus.UNKNOWN)

    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "canceled_unsent")
    assert order.sent == 1


async def test_a_cancel_that_is_never_done_gets_stuck_and_retry_cancels(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.IGNORE]
    await order.workflow.signal("cancel")

    details = await order.stuck()
    assert "**Stuck at: cancel**" in details
    assert "The venue keeps the order working." in details
    order.course.cancels = [Cancel.OBEY]
    await order.resolve(Decision.RETRY)
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED


async def test_skip_leaves_the_order_working_until_somebody_cancels_it_again(
    house: OrderHouse,
) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()

    await order.resolve(Decision.SKIP, by="ann")
    await order.until_not_stuck()
    tried = house.venue.canceled[order.id]
    house.venue.fill(order.id, "1")
    await order.until(OrderStatus.PARTIALLY_FILLED)
    await asyncio.sleep(0.3)
    assert house.venue.canceled[order.id] == tried

    order.course.cancels = [Cancel.OBEY]
    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.CANCELED, Decimal(1))


async def test_a_fill_while_the_cancel_is_stuck_ends_the_order(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()

    house.venue.fill(order.id, "4")
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert not (await order.attributes())["Stuck"]


async def _recorded(order: Order) -> bool:
    return (await order.row()).cancel_requested_at is not None
