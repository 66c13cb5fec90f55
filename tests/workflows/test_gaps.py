"""What is rare and must not be lost: contradictions, hanging calls, a database that stays away."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from activities import desk, nudges, unfollowed
from activities.ports import Decision
from activities.unfollowed import Unfollowed
from api.order_workflows import OrderWorkflows
from db.order_lists import OrderLists
from db.outbox import Outbox
from domain.identifiers import revived_workflow_id_for
from domain.lists.request import ListKind, ListStatus, Role
from domain.orders import OrderState, OrderStatus
from tests.support.books import PERPETUAL
from tests.support.order_house import OrderHouse, eventually, table_away
from tests.support.orders import a_fill
from tests.support.placed_list import PlacedList, a_list
from tests.support.scripted_venue import Cancel, Submit
from workflows import steps
from workflows.order import OrderWorkflow


async def test_a_skipped_cancel_leaves_the_list_of_what_needs_a_person(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()

    await order.resolve(Decision.SKIP)
    await order.until_not_stuck()

    assert (await order.row()).cancel_requested_at is None
    order.course.cancels = [Cancel.OBEY]
    await house.books.oms.request_cancel(order.id, by="desk")  # the row alone knows
    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_an_order_that_lives_on_after_its_end_is_followed_again(house: OrderHouse) -> None:
    order = house.order(instrument_id=PERPETUAL.instrument_id, send_within_ms=300)
    await order.start()  # at a venue without a worker
    ended = await order.ended()
    assert ended.status is OrderStatus.EXPIRED

    await house.books.oms.book_fill(a_fill(await order.row(), quantity=Decimal(1)), PERPETUAL)
    revived = house.client.get_workflow_handle(
        revived_workflow_id_for("demo", order.request.client_order_id)
    )

    async def followed() -> bool:
        try:
            state = await revived.query(OrderWorkflow.state)
        except Exception:  # noqa: BLE001 - not there yet
            return False
        return state is not None and state.status is OrderStatus.PARTIALLY_FILLED

    await eventually(followed, "somebody follows it")
    await house.books.oms.book_fill(
        a_fill(await order.row(), trade_id="2", quantity=Decimal(3)), PERPETUAL
    )
    assert (await revived.result())["status"] == OrderStatus.FILLED
    assert (await order.row()).anomaly is not None


async def test_a_submission_that_hangs_does_not_hold_up_a_cancel(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "ANSWER_WITHIN_S", 0.2)
    order = house.order()
    order.course.submits = [Submit.ACCEPT_AND_HANG]
    await order.start()
    await order.until(OrderStatus.SUBMITTING)

    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert house.venue.status(order.id) is OrderStatus.CANCELED


async def test_an_order_whose_call_hangs_is_never_called_absent(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "ANSWER_WITHIN_S", 0.1)
    order = house.order()
    order.course.submits = [Submit.HANG, Submit.ACCEPT]
    await order.start()
    await order.until(OrderStatus.SUBMITTING)

    await asyncio.sleep(1.0)  # far past the venue's horizon

    assert (await order.row()).status.is_in_doubt
    assert order.sent == 1


async def test_what_the_database_parked_goes_on_by_itself(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PARKED_RETRY_AFTER", timedelta(milliseconds=500))
    order = house.order()
    async with table_away(house, "order_events"):
        await order.start()
        await order.stuck()

    await order.until(OrderStatus.ACCEPTED)  # and nobody has said a word


async def test_an_order_whose_workflow_was_terminated_is_followed_by_another(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "_UNFOLLOWED", timedelta(0))
    order = await house.place()
    await order.workflow.terminate("by mistake")

    house.venue.fill(order.id, "1")
    revived = order.revived
    await eventually(lambda: _follows(revived, OrderStatus.PARTIALLY_FILLED), "followed")
    house.venue.fill(order.id, "3")

    assert (await revived.result()).status is OrderStatus.FILLED
    assert (await order.row()).anomaly is None


async def test_orders_without_a_workflow_are_looked_for(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the loss of Temporal's database: no news would ever bring it to light."""
    monkeypatch.setattr(nudges, "_UNFOLLOWED", timedelta(0))
    lost, followed = await house.place(), await house.place()
    await lost.workflow.terminate("lost")
    workflows = OrderWorkflows(house.client)
    running = "ExecutionStatus = 'Running' AND StrategyId = 'demo'"
    await eventually(lambda: _counts(house, running, 1), "the index has heard")
    outbox, lists = Outbox(house.books.pool), OrderLists(house.books.pool)

    await Unfollowed(outbox, lists, workflows.running, workflows.follow_list).look()

    revived = lost.revived
    await eventually(lambda: _follows(revived, OrderStatus.ACCEPTED), "followed again")
    await followed.workflow.signal("cancel")
    await lost.house.books.oms.request_cancel(lost.id, by="desk")
    assert (await followed.ended()).status is OrderStatus.CANCELED
    assert (await revived.result()).status is OrderStatus.CANCELED


async def test_a_list_without_a_workflow_is_looked_for(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfollowed, "_BEING_PLACED", timedelta(0))
    placed = await house.place_list(ListKind.BRACKET)
    entry = await placed.working(Role.ENTRY)
    await placed.workflow.terminate("lost")
    running = f"WorkflowId = '{placed.workflow.id}' AND ExecutionStatus = 'Running'"
    await eventually(lambda: _counts(house, running, 0), "the index has heard")
    workflows = OrderWorkflows(house.client)

    outbox, lists = Outbox(house.books.pool), OrderLists(house.books.pool)
    await Unfollowed(outbox, lists, workflows.running, workflows.follow_list).look()
    house.venue.fill(entry.id, "4")

    await placed.working(Role.STOP_LOSS, quantity="4")
    await placed.working(Role.TAKE_PROFIT, quantity="4")
    assert entry.sent == 1


async def test_an_order_that_is_followed_again_tells_its_list(
    house: OrderHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudges, "_UNFOLLOWED", timedelta(0))
    placed = await house.place_list(ListKind.BRACKET)
    entry = await placed.working(Role.ENTRY)
    await entry.until_listed_as(OrderStatus.ACCEPTED)
    await entry.workflow.terminate("by mistake")

    house.venue.fill(entry.id, "1")

    await placed.working(Role.STOP_LOSS, quantity="1")
    await entry.revived.terminate("the test is over")


async def test_a_list_whose_workflow_was_terminated_can_be_canceled(house: OrderHouse) -> None:
    placed = await house.place_list(ListKind.BRACKET)
    entry = await placed.working(Role.ENTRY)
    await placed.workflow.terminate("by mistake")

    await placed.cancel()

    assert (await placed.ended()).status is ListStatus.CANCELED
    assert house.venue.status(entry.id) is OrderStatus.CANCELED


async def test_a_list_that_was_never_begun_is_not_begun_late(house: OrderHouse) -> None:
    placed = PlacedList(house, a_list(ListKind.BRACKET))
    await placed.lists.open(placed.request)  # and the call that placed it died right here
    house.lists.append(placed)

    await OrderWorkflows(house.client).follow_list(placed.request)

    record = await placed.ended()
    assert (record.status, record.attention) == (ListStatus.FAILED, True)
    assert await placed.orders() == []


async def _follows(
    workflow: WorkflowHandle[OrderWorkflow, OrderState], status: OrderStatus
) -> bool:
    try:
        state = await workflow.query(OrderWorkflow.state)
    except RPCError:
        return False  # not there yet
    return state is not None and state.status is status


async def _counts(house: OrderHouse, query: str, wanted: int) -> bool:
    return (await house.client.count_workflows(query)).count == wanted
