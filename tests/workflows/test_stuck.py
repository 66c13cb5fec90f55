"""A failed step never kills an order: it waits for an operator, who is told what can be done."""

from datetime import UTC, datetime

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.ports import Decision, OperatorDecision
from domain.orders import OrderStatus
from tests.support.books import INSTRUMENTS, PERPETUAL
from tests.support.order_house import Order, OrderHouse, eventually, order_admission, table_away
from tests.support.scripted_venue import Cancel
from workflows.order import OrderWorkflow


async def refusal_of(order: Order, decision: Decision) -> str:
    """What the validator says to the decision."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await order.resolve(decision)
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause.message


async def test_an_order_that_cannot_be_recorded_is_stuck_until_retry(house: OrderHouse) -> None:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        details = await order.stuck()

    assert "**Stuck at: admission**" in details
    assert 'relation "order_events" does not exist' in details
    assert "- `retry`: record, route and check the order again" in details
    assert await house.books.oms.order(order.id) is None
    await order.resolve(Decision.RETRY)
    await order.until(OrderStatus.ACCEPTED)

    await order.until_not_stuck()
    assert "Stuck" not in await order.details()


async def test_an_order_aborted_before_it_was_recorded_ends_as_a_failed_workflow(
    house: OrderHouse,
) -> None:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()

    await order.resolve(Decision.ABORT)
    with pytest.raises(WorkflowFailureError) as failed:
        await order.ended()

    assert "nothing was sent" in str(failed.value.cause)
    assert order.sent == 0


async def test_an_aborted_order_that_was_recorded_after_all_is_canceled_not_forgotten(
    house: OrderHouse,
) -> None:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()
    # The database kept the record, and its answer was lost; the venue's worker has heard of it.
    await house.books.oms.admit(order.request, datetime.now(UTC), order_admission(), INSTRUMENTS)
    await order.until(OrderStatus.ACCEPTED)

    await order.resolve(Decision.ABORT, by="ann")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_a_canceled_workflow_is_not_lost_while_its_admission_is_stuck(
    house: OrderHouse,
) -> None:
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()
        await order.workflow.cancel()
        # What comes with the cancel in one task is heard before it.
        await order.until_heard(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)

    await order.resolve(Decision.RETRY)
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "canceled_unsent")
    assert order.sent == 0


async def test_a_wish_to_cancel_that_cannot_be_recorded_is_stuck_until_retry(
    house: OrderHouse,
) -> None:
    order = await house.place()
    async with table_away(house, "order_events"):
        await order.workflow.signal("cancel")
        details = await order.stuck()
    assert "**Stuck at: recording the cancel**" in details

    await order.resolve(Decision.RETRY)

    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_an_order_that_cannot_be_settled_is_stuck_and_abort_ends_it_unsent(
    house: OrderHouse,
) -> None:
    order = house.order(instrument_id=PERPETUAL.instrument_id, send_within_ms=500)
    await order.start()
    await order.until(OrderStatus.APPROVED)
    async with table_away(house, "order_events"):
        details = await order.stuck()
    assert "**Stuck at: submission**" in details

    await order.resolve(Decision.ABORT, by="ann")
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.EXPIRED, "deadline_passed")
    assert (await order.row()).submitted_at is None
    assert await _decisions(order) == [("abort", "submission", "ann")]


async def test_a_decision_on_an_order_that_is_not_stuck_is_refused_without_a_trace(
    house: OrderHouse,
) -> None:
    order = await house.place()
    before = await order.history()

    refused = await refusal_of(order, Decision.RETRY)

    assert refused == "the order is not stuck, there is nothing to decide"
    assert await order.history() == before


async def test_a_decision_that_the_step_does_not_allow_is_refused_without_a_trace(
    house: OrderHouse,
) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()
    before = await order.history()

    refused = await refusal_of(order, Decision.ABORT)

    assert refused == "abort is not possible at cancel; choose retry, skip"
    assert await order.history() == before


async def test_a_signalled_decision_that_does_not_fit_changes_nothing(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()

    await order.workflow.signal(OrderWorkflow.decide, OperatorDecision(Decision.ABORT))
    assert (await order.attributes())["Stuck"]
    await order.workflow.signal(OrderWorkflow.decide, OperatorDecision(Decision.SKIP, "bob"))
    await order.until_not_stuck()

    decided = await eventually(lambda: _decisions(order), "the decision is recorded")
    assert decided == [("skip", "cancel", "bob")]


async def _decisions(order: Order) -> list[tuple[str, str, str]]:
    events = await order.house.books.oms.events(order.id)
    return [
        (event.detail["decision"], event.detail["step"], event.detail["by"])
        for event in events
        if event.name == "OperatorDecided"
    ]
