"""OrderWorkflow: the life of one order, from the request to the last fill.

The row in the database says where the order stands; this workflow says what to do next. Every loop
looks at the state and does the one thing that state asks for, so a crash, a retry or a continued
run goes on from wherever the row is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypedDict

from temporalio import workflow
from temporalio.common import (
    Priority,
    RetryPolicy,
    SearchAttributeKey,
    SearchAttributeUpdate,
)
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.ports import (
        AdmissionPort,
        AdmitOrder,
        CancelOrder,
        Decision,
        OperatorDecision,
        VenuePort,
        venue_queue,
    )
    from domain.identifiers import order_id_for
    from domain.orders import OrderRequest, OrderState, OrderStatus
    from workflows.stuck import ADMISSION, CANCEL, FINDING_OUT, SUBMISSION, StuckStep


class Local(TypedDict):
    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    retry_policy: RetryPolicy


DB_WRITE: Local = {
    "start_to_close_timeout": timedelta(seconds=6),
    "schedule_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=100),
        backoff_coefficient=2,
        maximum_interval=timedelta(seconds=1),
    ),
}
ONCE = RetryPolicy(maximum_attempts=1)
PATIENTLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=250),
    backoff_coefficient=1.5,
    maximum_interval=timedelta(seconds=5),
)
VENUE_COMMAND_TIMEOUT = timedelta(seconds=6)
VENUE_QUERY_TIMEOUT = timedelta(seconds=6)
FIND_OUT_WITHIN = timedelta(seconds=60)
CANCEL_CONFIRMED_WITHIN = timedelta(seconds=2)
CANCEL_ATTEMPTS_MAX = 5
PAUSE = timedelta(milliseconds=250)
CANCELS_FIRST = Priority(priority_key=1)

STATUS = SearchAttributeKey.for_keyword("OrderStatus")
VENUE = SearchAttributeKey.for_keyword("Venue")
STUCK = SearchAttributeKey.for_bool("Stuck")


@workflow.defn
class OrderWorkflow:
    @workflow.init
    def __init__(self, request: OrderRequest) -> None:
        self._request = request
        self._order_id = order_id_for(request.strategy_id, request.client_order_id)
        self._state: OrderState | None = None
        self._published: OrderStatus | None = None
        self._cancel_by: str | None = None
        self._cancels_unconfirmed = 0
        self._cancel_dropped = False
        self._stuck: StuckStep | None = None
        self._decision: OperatorDecision | None = None

    @workflow.run
    async def run(self, request: OrderRequest) -> OrderState:
        await self._admit()
        while not self._order.status.is_terminal:
            try:
                await self._do_next()
            except (asyncio.CancelledError, ActivityError) as error:
                if not is_cancelled_exception(error):
                    raise
                self._cancel_by = (
                    "temporal"  # an order does not vanish: it is canceled and followed
                )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(request)
        self._publish()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._order

    async def _do_next(self) -> None:
        order = self._order
        if self._cancel_by is not None and not order.cancel_requested:
            await self._record_cancel(self._cancel_by)
        elif order.status is OrderStatus.APPROVED:
            await self._send()
        elif order.status.is_in_doubt:
            await self._find_out()
        elif order.cancel_requested and not self._cancel_dropped:
            await self._cancel()
        else:
            await self._wait_for_news()

    # The steps, in the order of an order's life.

    async def _admit(self) -> None:
        command = AdmitOrder(self._request, workflow.info().workflow_start_time)
        while self._state is None:
            try:
                self._learn(
                    await workflow.execute_local_activity_method(
                        AdmissionPort.admit_order,
                        command,
                        summary="record, route, check risk",
                        **DB_WRITE,
                    )
                )
            except ActivityError as error:
                await self._park(StuckStep("admission", _failure(error), ADMISSION))
                if self._take_decision() is Decision.ABORT:
                    raise ApplicationError(
                        "aborted by an operator before it could be recorded; nothing was sent",
                        non_retryable=True,
                    ) from error

    async def _send(self) -> None:
        order = self._order
        time_left = max(order.send_deadline - workflow.now(), timedelta(0)) + PAUSE
        try:
            self._learn(
                await workflow.execute_activity_method(
                    VenuePort.submit_order,
                    self._order_id,
                    task_queue=venue_queue(order.venue),
                    schedule_to_start_timeout=time_left,
                    start_to_close_timeout=VENUE_COMMAND_TIMEOUT,
                    retry_policy=ONCE,
                    summary=f"send to {order.venue}",
                )
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # Nobody took it, or somebody did and did not answer. The row knows which.
            await self._settle(error)

    async def _settle(self, cause: ActivityError) -> None:
        try:
            state = await self._locally(AdmissionPort.settle_unsent, "sent or not?")
        except ActivityError as error:
            await self._park(StuckStep("submission", _failure(error), SUBMISSION))
            if self._take_decision() is Decision.ABORT:
                self._learn(await self._locally(AdmissionPort.abort_unsent, "end it unsent"))
            return
        self._learn(state)
        if state.status is OrderStatus.APPROVED:
            workflow.logger.warning("not sent: %s; trying again", _failure(cause))
            await workflow.sleep(PAUSE)

    async def _find_out(self) -> None:
        try:
            self._learn(await self._ask_venue())
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            await self._park(
                StuckStep("finding out what the venue did", _failure(error), FINDING_OUT),
                at_most=FIND_OUT_WITHIN,
            )
            if self._take_decision() is Decision.ABORT:
                self._cancel_by = "operator"

    async def _cancel(self) -> None:
        asked = workflow.start_activity_method(
            VenuePort.cancel_order,
            self._order_id,
            task_queue=venue_queue(self._order.venue),
            start_to_close_timeout=VENUE_COMMAND_TIMEOUT,
            retry_policy=PATIENTLY,
            priority=CANCELS_FIRST,
            summary="cancel",
        )
        await workflow.wait_condition(lambda: asked.done() or self._order.status.is_terminal)
        if await self._ended_within(CANCEL_CONFIRMED_WITHIN):
            return
        # The acknowledgement or the news is lost, or the venue refused: it is asked, not believed.
        await self._find_out()
        self._cancels_unconfirmed += 1
        if self._order.status.is_working and self._cancels_unconfirmed >= CANCEL_ATTEMPTS_MAX:
            await self._park(StuckStep("cancel", "The venue keeps the order working.", CANCEL))
            self._cancel_dropped = self._take_decision() is Decision.SKIP
            self._cancels_unconfirmed = 0

    async def _wait_for_news(self) -> None:
        self._publish()
        version = self._order.version
        waits_for = f"fills of the {self._order.status} order at {self._order.venue}"
        workflow.set_current_details(f"{self._story()}\n\nWaiting for {waits_for}.")
        await workflow.wait_condition(
            lambda: (
                self._order.version > version
                or (self._cancel_by is not None and not self._order.cancel_requested)
            )
        )

    # How the story is told to the world, and what it is told.

    @workflow.signal(description="The order changed; sent by whoever booked the change.")
    def order_changed(self, state: OrderState) -> None:
        self._learn(state)

    @workflow.signal(description="Cancel the order. `by` says who wants it.")
    def cancel(self, by: str = "operator") -> None:
        self._cancel_by = by

    @workflow.signal(description="Decide on a stuck step: the batch twin of `resolve`.")
    def decide(self, decision: OperatorDecision) -> None:
        if self._refusal(decision) is None:
            self._decision = decision

    @workflow.update(description="Decide on a stuck step: retry, skip or abort.")
    def resolve(self, decision: OperatorDecision) -> str:
        self._decision = decision
        return f"{decision.decision} taken for {self._order_id}"

    @resolve.validator
    def _check_decision(self, decision: OperatorDecision) -> None:
        refusal = self._refusal(decision)
        if refusal is not None:
            raise ApplicationError(refusal, type="NotStuck", non_retryable=True)

    @workflow.query(description="The order as this workflow knows it; None before admission.")
    def state(self) -> OrderState | None:
        return self._state

    @property
    def _order(self) -> OrderState:
        assert self._state is not None, "the order is admitted first"
        return self._state

    def _learn(self, state: OrderState) -> None:
        """Take over newer news; older news has been overtaken."""
        if self._state is not None and state.version <= self._state.version:
            return
        self._state = state
        workflow.set_current_details(self._story())

    def _publish(self) -> None:
        """Let lists and searches know the status. Only where the order rests: each costs an event
        and a write of the index, and what lasts for milliseconds nobody reads."""
        order = self._order
        if order.status is self._published:
            return
        attributes: list[SearchAttributeUpdate[Any]] = [STATUS.value_set(order.status)]
        if self._published is None and order.venue:
            attributes.append(VENUE.value_set(order.venue))
        workflow.upsert_search_attributes(attributes)
        self._published = order.status

    def _story(self) -> str:
        order, request = self._order, self._request
        price = f" at {request.price}" if request.price is not None else ""
        average = f" at {order.avg_px}" if order.avg_px is not None else ""
        reason = f"\n\n{order.reason_code}: {order.reason}" if order.reason_code else ""
        return (
            f"{request.side} {request.quantity} {order.instrument_id} {request.order_type}{price} "
            f"for {request.strategy_id}: **{order.status}**, "
            f"filled {order.filled_qty} of {order.quantity}{average}{reason}"
        )

    async def _park(self, step: StuckStep, at_most: timedelta | None = None) -> None:
        """Wait for an operator, for news of the order, or for the time to try again by itself."""
        if self._state is not None:
            self._publish()
        version = self._state.version if self._state is not None else 0
        self._stuck = step
        self._decision = None
        workflow.upsert_search_attributes([STUCK.value_set(True)])
        workflow.set_current_details(step.details())
        try:
            await workflow.wait_condition(
                lambda: (
                    self._decision is not None
                    or (self._state is not None and self._state.version > version)
                ),
                timeout=at_most,
                timeout_summary="try again, or an operator decides",
            )
        except TimeoutError:
            workflow.logger.info("%s: trying again", step.name)
        finally:
            self._stuck = None
            workflow.upsert_search_attributes([STUCK.value_set(False)])

    def _take_decision(self) -> Decision | None:
        decision, self._decision = self._decision, None
        return decision.decision if decision is not None else None

    def _refusal(self, decision: OperatorDecision) -> str | None:
        if self._stuck is None:
            return "the order is not stuck, there is nothing to decide"
        if decision.decision not in self._stuck.meaning:
            allowed = ", ".join(self._stuck.meaning)
            return f"{decision.decision} is not possible at {self._stuck.name}; choose {allowed}"
        return None

    async def _record_cancel(self, by: str) -> None:
        self._learn(
            await workflow.execute_local_activity_method(
                AdmissionPort.request_cancel,
                CancelOrder(self._order_id, by),
                summary="record the cancel",
                **DB_WRITE,
            )
        )

    async def _ask_venue(self) -> OrderState:
        return await workflow.execute_activity_method(
            VenuePort.ask_venue,
            self._order_id,
            task_queue=venue_queue(self._order.venue),
            start_to_close_timeout=VENUE_QUERY_TIMEOUT,
            schedule_to_close_timeout=FIND_OUT_WITHIN,
            retry_policy=PATIENTLY,
            summary="ask the venue what became of it",
        )

    async def _locally(
        self, step: Callable[[AdmissionPort, str], Awaitable[OrderState]], summary: str
    ) -> OrderState:
        return await workflow.execute_local_activity_method(
            step, self._order_id, summary=summary, **DB_WRITE
        )

    async def _ended_within(self, bound: timedelta) -> bool:
        try:
            await workflow.wait_condition(lambda: self._order.status.is_terminal, timeout=bound)
        except TimeoutError:
            return False
        return True


def _failure(error: ActivityError) -> str:
    cause = error.cause or error
    return f"{type(cause).__name__}: {cause}"
