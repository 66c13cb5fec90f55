"""The venue may or may not have the order. It is asked, never guessed, and never sent twice."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.workflowservice.v1 import StartBatchOperationRequest
from temporalio.common import RetryPolicy

from activities.ports import Decision, OperatorDecision
from domain.orders import OrderStatus
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.scripted_venue import HORIZON, Submit
from workers.payloads import DATA_CONVERTER
from workflows import steps


async def in_doubt(house: OrderHouse, *, arrived: bool) -> Order:
    """An order whose outcome is unknown, at a venue that cannot be asked."""
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY if arrived else Submit.LOSE, Submit.ACCEPT]
    order.course.reachable = False
    await order.start()
    await order.until(OrderStatus.UNKNOWN)
    return order


async def test_an_unknown_order_that_is_found_goes_on(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]

    await order.start()
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 1
    assert (await order.events())[-3:] == ["SubmissionStarted", "OutcomeUnknown", "VenueAccepted"]


async def test_an_unknown_order_that_has_filled_meanwhile_is_booked_as_filled(
    house: OrderHouse,
) -> None:
    order = await in_doubt(house, arrived=True)

    house.venue.fill(order.id, "4", told=False)
    order.course.reachable = True
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert order.sent == 1


async def test_an_order_is_sent_again_once_after_it_is_proven_absent(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.LOSE, Submit.ACCEPT]

    await order.start()
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 2
    first, second = house.venue.sent_at[order.id]
    assert second - first >= HORIZON
    assert (await order.events())[3:] == [
        "SubmissionStarted",
        "OutcomeUnknown",
        "ProvenAbsent",
        "SubmissionStarted",
        "VenueAccepted",
    ]


async def test_an_absent_order_past_its_deadline_is_not_sent_again(house: OrderHouse) -> None:
    order = house.order(send_within_ms=200)
    order.course.submits = [Submit.LOSE]

    await order.start()
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.EXPIRED, "deadline_passed")
    assert order.sent == 1


async def test_an_order_whose_worker_died_with_the_answer_is_found(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_AND_HANG]
    await order.start()
    await order.until(OrderStatus.SUBMITTING)

    await house.replace_venue_worker()
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 1


async def test_an_order_whose_worker_died_before_it_left_is_sent_again(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.HANG, Submit.ACCEPT]
    await order.start()
    await order.until(OrderStatus.SUBMITTING)

    await house.replace_venue_worker()
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 2
    first, second = house.venue.sent_at[order.id]
    assert second - first >= HORIZON
    assert "ProvenAbsent" in await order.events()


async def test_an_order_that_nobody_can_find_out_about_stays_unknown_and_is_stuck(
    house: OrderHouse,
) -> None:
    order = await in_doubt(house, arrived=True)

    details = await order.stuck()

    assert (await order.row()).status is OrderStatus.UNKNOWN
    assert (await order.attributes())["OrderStatus"] == "UNKNOWN"
    assert "**Stuck at: finding out what the venue did**" in details
    assert "connection refused by the venue" in details
    assert "- `retry`: ask the venue again now" in details
    assert "- `abort`: cancel the order" in details
    assert "- `skip`: take it as ended" in details
    assert order.sent == 1


async def test_a_stuck_order_goes_on_by_itself_when_the_venue_is_back(house: OrderHouse) -> None:
    order = await in_doubt(house, arrived=True)
    await order.stuck()

    order.course.reachable = True

    await order.until(OrderStatus.ACCEPTED)
    await order.until_not_stuck()
    assert order.sent == 1


async def test_retry_asks_the_venue_at_once(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    rarely = RetryPolicy(initial_interval=timedelta(seconds=60))
    monkeypatch.setattr(steps, "PATIENTLY", rarely)
    order = await in_doubt(house, arrived=True)
    await order.stuck()
    order.course.reachable = True

    answer = await order.resolve(Decision.RETRY, by="ann", reason="the venue is back")

    assert answer == "retry taken"
    await order.until(OrderStatus.ACCEPTED)
    decided = [e for e in await house.books.oms.events(order.id) if e.name == "OperatorDecided"]
    assert [event.detail for event in decided] == [
        {
            "decision": "retry",
            "step": "finding out what the venue did",
            "by": "ann",
            "reason": "the venue is back",
        }
    ]


async def test_all_stuck_orders_are_retried_by_one_batch_of_signals(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    rarely = RetryPolicy(initial_interval=timedelta(seconds=60))
    monkeypatch.setattr(steps, "PATIENTLY", rarely)
    orders = await asyncio.gather(*(in_doubt(house, arrived=True) for _ in range(3)))
    for order in orders:
        await order.stuck()
        order.course.reachable = True
    # The list of workflows lags a little behind the workflows themselves.
    stuck = "Stuck = true AND ExecutionStatus = 'Running' AND StrategyId = 'demo'"
    await eventually(lambda: _counts(house, stuck, len(orders)), "the stuck orders are listed")

    payloads = await DATA_CONVERTER.encode([OperatorDecision(Decision.RETRY, "bob")])
    signal = BatchOperationSignal(signal="decide")
    signal.input.payloads.extend(payloads)
    await house.client.workflow_service.start_batch_operation(
        StartBatchOperationRequest(
            namespace=house.client.namespace,
            job_id=f"retry-{orders[0].id}",
            visibility_query=stuck,
            reason="the venue is back",
            signal_operation=signal,
        )
    )

    for order in orders:
        await order.until(OrderStatus.ACCEPTED)
        assert order.sent == 1


async def test_abort_cancels_the_order_as_soon_as_the_venue_has_it(house: OrderHouse) -> None:
    order = await in_doubt(house, arrived=True)
    await order.stuck()

    await order.resolve(Decision.ABORT, by="ann")
    await eventually(lambda: _is_cancel_requested(order), "the wish is recorded")
    assert (await order.row()).status is OrderStatus.UNKNOWN
    order.course.reachable = True
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_a_person_ends_an_order_of_which_the_venue_says_nothing_any_more(
    house: OrderHouse,
) -> None:
    order = await in_doubt(house, arrived=False)
    await order.stuck()

    await order.resolve(Decision.SKIP, by="ann", reason="not in the statement")
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "ended_by_operator")
    assert ended.reason == "ann: not in the statement"
    assert (await order.row()).leaves_qty == 0


async def test_what_a_person_ended_lives_on_if_the_venue_has_it_after_all(
    house: OrderHouse,
) -> None:
    order = await in_doubt(house, arrived=True)
    await order.stuck()
    await order.resolve(Decision.SKIP, by="ann")
    await order.ended()

    house.venue.fill(order.id, "1")

    row = await order.until(OrderStatus.PARTIALLY_FILLED)
    assert row.anomaly is not None


async def test_news_of_the_stream_ends_the_doubt_while_the_venue_cannot_be_asked(
    house: OrderHouse,
) -> None:
    order = await in_doubt(house, arrived=True)

    house.venue.tell(house.venue.accepted_news(order.id))
    await order.until(OrderStatus.ACCEPTED)
    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED


async def _is_cancel_requested(order: Order) -> bool:
    return (await order.row()).cancel_requested_at is not None


async def _counts(house: OrderHouse, query: str, wanted: int) -> bool:
    return (await house.client.count_workflows(query)).count == wanted
