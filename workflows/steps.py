"""How each step of an order is begun: where it runs, how long it may take, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityHandle

from activities.ports import (
    AdmissionPort,
    AdmitOrder,
    CancelOrder,
    DecisionTaken,
    ListProgress,
    ListView,
    OrderListPort,
    ReadList,
    Resized,
    ResizeLeg,
    VenuePort,
    venue_queue,
)
from domain.errors import UnknownOrder
from domain.orders import OrderState
from domain.outcomes import CancelOutcome

type Answer = ActivityHandle[OrderState]


class Local(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


# Bounded by attempts: the retries of a local activity go on past a schedule-to-close time-out
# (measured with temporalio 1.35). Half a minute when the database refuses, some minutes when it is
# silent.
DB_WRITE: Local = {
    "start_to_close_timeout": timedelta(seconds=6),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=100),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=1),
        maximum_attempts=32,
        non_retryable_error_types=[UnknownOrder.__name__],
    ),
}
ONCE = RetryPolicy(maximum_attempts=1)
PATIENTLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=250),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=5),
)
CANCELS_FIRST = Priority(priority_key=1)
VENUE_COMMAND_TIMEOUT = timedelta(seconds=6)
VENUE_QUERY_TIMEOUT = timedelta(seconds=6)
# A person is told after this time; the venue is asked on.
FIND_OUT_WITHIN = timedelta(seconds=30)
CANCEL_CONFIRMED_WITHIN = timedelta(seconds=2)
CANCEL_ATTEMPTS_MAX = 5
PAUSE = timedelta(milliseconds=250)
# What failed for want of the database is tried again without an operator, too.
PARKED_RETRY_AFTER = timedelta(minutes=1)
# Its orders tell a list of their news; it looks by itself for what got lost on the way.
LIST_LOOKS_AFTER = timedelta(minutes=1)


def admit(command: AdmitOrder) -> Answer:
    return workflow.start_local_activity_method(
        AdmissionPort.admit_order,
        command,
        summary="record, route, check, hand over",
        **DB_WRITE,
    )


def settle_unsent(order_id: str) -> Answer:
    return workflow.start_local_activity_method(
        AdmissionPort.settle_unsent, order_id, summary="sent or not?", **DB_WRITE
    )


def abort_unsent(order_id: str) -> Answer:
    return workflow.start_local_activity_method(
        AdmissionPort.abort_unsent, order_id, summary="end it unsent", **DB_WRITE
    )


def request_cancel(order_id: str, by: str) -> Answer:
    return workflow.start_local_activity_method(
        AdmissionPort.request_cancel,
        CancelOrder(order_id, by),
        summary="record the cancel",
        **DB_WRITE,
    )


def record_decision(taken: DecisionTaken) -> Answer:
    return workflow.start_local_activity_method(
        AdmissionPort.record_decision, taken, summary="record the decision", **DB_WRITE
    )


def submit(order: OrderState, start_within: timedelta) -> Answer:
    """Once: whether a submission that failed may be tried again is for the row to say."""
    return workflow.start_activity_method(
        VenuePort.submit_order,
        order.order_id,
        task_queue=venue_queue(order.venue),
        schedule_to_start_timeout=start_within,
        start_to_close_timeout=VENUE_COMMAND_TIMEOUT,
        retry_policy=ONCE,
        summary=f"send to {order.venue}",
    )


def ask_venue(order: OrderState, within: timedelta | None = None) -> Answer:
    """Until the venue has said something certain, or `within` is over."""
    return workflow.start_activity_method(
        VenuePort.ask_venue,
        order.order_id,
        task_queue=venue_queue(order.venue),
        start_to_close_timeout=VENUE_QUERY_TIMEOUT,
        schedule_to_close_timeout=within,
        retry_policy=PATIENTLY,
        summary="ask the venue what became of it",
    )


def amend_at_venue(order: OrderState, within: timedelta | None = None) -> Answer:
    """Until the end of the amend is certain, or `within` is over. It is sent once all the same."""
    return workflow.start_activity_method(
        VenuePort.amend_order,
        order.order_id,
        task_queue=venue_queue(order.venue),
        start_to_close_timeout=VENUE_COMMAND_TIMEOUT,
        schedule_to_close_timeout=within,
        retry_policy=PATIENTLY,
        summary="amend",
    )


def cancel_at_venue(order: OrderState) -> ActivityHandle[CancelOutcome]:
    """Until the venue has answered."""
    return workflow.start_activity_method(
        VenuePort.cancel_order,
        order.order_id,
        task_queue=venue_queue(order.venue),
        start_to_close_timeout=VENUE_COMMAND_TIMEOUT,
        retry_policy=PATIENTLY,
        priority=CANCELS_FIRST,
        summary="cancel",
    )


def read_list(command: ReadList) -> ActivityHandle[ListView]:
    return workflow.start_local_activity_method(
        OrderListPort.read_list, command, summary="read its orders", **DB_WRITE
    )


def record_list(progress: ListProgress) -> ActivityHandle[bool]:
    return workflow.start_local_activity_method(
        OrderListPort.record_list, progress, summary="record the progress", **DB_WRITE
    )


def request_list_cancel(list_id: str) -> ActivityHandle[None]:
    return workflow.start_local_activity_method(
        OrderListPort.request_list_cancel, list_id, summary="record the cancel", **DB_WRITE
    )


def resize_leg(command: ResizeLeg) -> ActivityHandle[Resized]:
    return workflow.start_local_activity_method(
        OrderListPort.resize_leg, command, summary="resize an order", **DB_WRITE
    )


def give_up(asked: ActivityHandle[Any]) -> None:
    """Stop asking, if it is asked still: nobody waits for the answer any more."""
    asked.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
    asked.cancel()
