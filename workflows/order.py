"""OrderWorkflow: the life of one order, from the request to the last fill.

The row in the database says where the order stands; this workflow says what to do next. Every loop
looks at the state and does the one thing that state asks for, so a crash, a retry or a continued
run goes on from wherever the row is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.ports import AdmitOrder, Decision, DecisionTaken, OperatorDecision
    from domain.errors import UnknownOrder
    from domain.identifiers import list_workflow_id_for, order_id_for
    from domain.lists.request import client_list_id_of
    from domain.orders import OrderState, OrderStatus
    from workflows.life import Life
    from workflows.parking import Parking
    from workflows.steps import (
        CANCEL_ATTEMPTS_MAX,
        CANCEL_CONFIRMED_WITHIN,
        FIND_OUT_WITHIN,
        PARKED_RETRY_AFTER,
        PAUSE,
        Answer,
        abort_unsent,
        admit,
        amend_at_venue,
        ask_venue,
        cancel_at_venue,
        give_up,
        record_decision,
        request_cancel,
        settle_unsent,
        submit,
    )
    from workflows.story import STATUS, VENUE, story, waiting_story
    from workflows.stuck import (
        ADMISSION,
        AMEND,
        CANCEL,
        CANCEL_WISH,
        DECISION,
        ENDING,
        FINDING_OUT,
        SUBMISSION,
        Step,
    )

_NOT_ANSWERED = (OrderStatus.APPROVED, OrderStatus.SUBMITTING)


@workflow.defn
class OrderWorkflow(Parking):
    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life
        self._request = life.request
        self._order_id = order_id_for(life.request.strategy_id, life.request.client_order_id)

    @workflow.run
    async def run(self, life: Life) -> OrderState:
        """`life` is a bare request, or comes from a former run whose history had become long."""
        await self._admit()
        while not self._order.status.is_terminal:
            await self._tell_list()
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(life)
            await self._do_next()
        self._publish()
        await self._tell_list()
        await self._wait(workflow.all_handlers_finished)
        return self._order

    async def _do_next(self) -> None:
        order = self._order
        if self._cancel_unrecorded:
            await self._record_cancel()
        elif order.status is OrderStatus.APPROVED:
            await self._send()
        elif order.status.is_in_doubt:
            await self._find_out()
        elif self._cancel_wanted:
            await self._cancel()
        elif order.amend_pending:
            await self._amend()
        else:
            await self._wait_for_news()

    # The steps, in the order of an order's life.

    async def _admit(self) -> None:
        while self._life.order is None:
            aborted = await self._write(ADMISSION, lambda: admit(self._admission()))
            if aborted is not None:
                await self._abandon(aborted)

    def _admission(self) -> AdmitOrder:
        wanted = self._life.cancel_by is None
        return AdmitOrder(self._request, workflow.info().workflow_start_time, offer=wanted)

    async def _abandon(self, decision: OperatorDecision) -> None:
        """End what was not recorded. If it was, and only the answer was lost, it is canceled."""
        self.cancel(decision.by)
        ending = abort_unsent(self._order_id)
        await self._wait(ending.done)
        try:
            self._learn(ending.result())
        except ApplicationError as error:
            if error.type == UnknownOrder.__name__:
                raise ApplicationError(
                    "aborted by an operator before it could be recorded; nothing was sent",
                    non_retryable=True,
                ) from error
            workflow.logger.warning("not abandoned, trying again: %s", failure_of(error))

    async def _send(self) -> None:
        """By the venue's queue. Most orders do not come here: their admission hands them over."""
        time_left = max(self._order.send_deadline - workflow.now(), timedelta(0))
        sending = submit(self._order, start_within=time_left + PAUSE)
        try:
            await self._follow(sending, lambda: self._order.status not in _NOT_ANSWERED)
        except FailureError as error:
            # Nobody took it, or somebody did and did not answer. The row knows which.
            await self._settle(failure_of(error))

    async def _settle(self, cause: str) -> None:
        aborted = await self._write(SUBMISSION, lambda: settle_unsent(self._order_id))
        if aborted is not None:
            await self._record_decision(SUBMISSION, aborted)
            await self._write(ENDING, lambda: abort_unsent(self._order_id))
        elif self._order.status is OrderStatus.APPROVED:
            workflow.logger.warning("not sent: %s; trying again", cause)
            await self._wait(lambda: self._cancel_unrecorded, PAUSE)

    async def _find_out(self) -> None:
        status = self._order.status
        await self._see_through(FINDING_OUT, ask_venue, lambda: self._order.status is not status)

    async def _amend(self) -> None:
        """In place, or by a new leg; what risk reserves for it is held until the end is known."""
        await self._see_through(
            AMEND, amend_at_venue, lambda: not self._order.amend_pending or self._cancel_wanted
        )

    async def _see_through(
        self, step: Step, ask: Callable[..., Answer], over: Callable[[], bool]
    ) -> None:
        """Ask the venue's worker until it knows for certain, or until news make that needless."""
        try:
            await self._follow(ask(self._order, FIND_OUT_WITHIN), over)
            return
        except FailureError as error:
            failure = failure_of(error)
        # From here on an operator may have a word; the venue is asked all the same.
        asking = ask(self._order)
        decision = await self._stuck_at(
            step,
            failure,
            until=lambda: asking.done() or over() or self._cancel_unrecorded,
        )
        if asking.done() and asking.exception() is None:
            self._learn(asking.result())
        give_up(asking)
        if decision is not None:
            await self._record_decision(step, decision)
            if decision.decision is Decision.ABORT:
                self.cancel(decision.by)

    async def _cancel(self) -> None:
        asked = cancel_at_venue(self._order)
        await self._wait(lambda: asked.done() or self._order.status.is_terminal)
        give_up(asked)
        if await self._wait(lambda: self._order.status.is_terminal, CANCEL_CONFIRMED_WITHIN):
            return
        # The acknowledgement or the news is lost, or the venue refused: it is asked, not believed.
        await self._find_out()
        self._life.cancels_unconfirmed += 1
        if self._order.status.is_working and self._life.cancels_unconfirmed >= CANCEL_ATTEMPTS_MAX:
            self._life.cancels_unconfirmed = 0
            decision = await self._stuck_at(CANCEL, "The venue keeps the order working.")
            if decision is not None:
                if decision.decision is Decision.SKIP:
                    self._life.cancel_by, self._life.cancel_dropped = None, True
                await self._record_decision(CANCEL, decision)

    async def _wait_for_news(self) -> None:
        self._publish()
        version = self._order.version
        workflow.set_current_details(waiting_story(self._request, self._order))
        await self._wait(
            lambda: self._version > version or self._cancel_unrecorded or self._cancel_wanted
        )

    # What the story is told by the world, and what it tells.

    @workflow.signal(description="The order changed; sent by whoever booked the change.")
    def order_changed(self, state: OrderState) -> None:
        self._learn(state)

    @workflow.signal(description="Cancel the order. `by` says who wants it.")
    def cancel(self, by: str = "operator") -> None:
        self._life.cancel_by = by
        self._life.cancel_dropped = False

    @workflow.query(description="The order as this workflow knows it; None before admission.")
    def state(self) -> OrderState | None:
        return self._life.order

    def _learn(self, state: OrderState) -> None:
        """Take over newer news; older news has been overtaken."""
        if state.version > self._version:
            self._life.order = state
            if not state.cancel_requested:
                self._life.cancel_dropped = False  # on record, too: the next wish is a new one
            workflow.set_current_details(self._story())

    def _story(self) -> str:
        return story(self._request, self._life.order)

    def _publish(self) -> None:
        """Let lists and searches know the status. Only where the order rests: each costs an event
        and a write of the index, and what lasts for milliseconds nobody reads."""
        order, published = self._order, self._life.published
        if order.status is published:
            return
        attributes: list[SearchAttributeUpdate[Any]] = [STATUS.value_set(order.status)]
        if published is None and order.venue:
            attributes.append(VENUE.value_set(order.venue))
        workflow.upsert_search_attributes(attributes)
        self._life.published = order.status

    async def _tell_list(self) -> None:
        """A leg's list decides anew whenever the leg has changed."""
        request, version = self._request, self._version
        if request.order_list_id is None or self._life.told_list == version:
            return
        self._life.told_list = version
        client_list_id = client_list_id_of(request.client_order_id)
        its_list = workflow.get_external_workflow_handle(
            list_workflow_id_for(request.strategy_id, client_list_id)
        )
        try:
            await self._uncut(its_list.signal("leg_changed"))
        except FailureError as error:
            workflow.logger.info("its list is not there any more: %s", failure_of(error))

    # What the workflow knows.

    @property
    def _order(self) -> OrderState:
        assert self._life.order is not None, "the order is admitted first"
        return self._life.order

    @property
    def _version(self) -> int:
        return self._life.order.version if self._life.order is not None else 0

    @property
    def _cancel_unrecorded(self) -> bool:
        """Somebody wants the order canceled, and the row does not say so yet."""
        return self._life.cancel_by is not None and not self._order.cancel_requested

    @property
    def _cancel_wanted(self) -> bool:
        return self._order.cancel_requested and not self._life.cancel_dropped

    # How it waits.

    async def _follow(self, asked: Answer, overtaken: Callable[[], bool]) -> None:
        """Learn what the venue's worker answers, unless news overtakes it. Raises FailureError.

        A wish to cancel is recorded meanwhile: it must not wait for a venue that is silent.
        """

        def settled() -> bool:
            return asked.done() or overtaken()

        while not settled():
            if self._cancel_unrecorded:
                await self._record_cancel()
            else:
                await self._wait(lambda: settled() or self._cancel_unrecorded)
        if asked.done():
            self._learn(asked.result())
        give_up(asked)

    async def _write(self, step: Step, begin: Callable[[], Answer]) -> OperatorDecision | None:
        """Do a step that needs only the database, until it is done; or the decision to abort it."""
        while True:
            writing = begin()
            await self._wait(writing.done)
            try:
                self._learn(writing.result())
                return None
            except FailureError as error:
                # Orders that are parked since before this was invented have no timer to replay.
                by_itself = PARKED_RETRY_AFTER if workflow.patched("parked-retry") else None
                decision = await self._stuck_at(step, failure_of(error), at_most=by_itself)
            if decision is not None and decision.decision is Decision.ABORT:
                return decision

    async def _record_cancel(self) -> None:
        by = self._life.cancel_by or "operator"
        await self._write(CANCEL_WISH, lambda: request_cancel(self._order_id, by))

    async def _record_decision(self, step: Step, decision: OperatorDecision) -> None:
        taken = DecisionTaken(self._order_id, step.name, decision)
        await self._write(DECISION, lambda: record_decision(taken))

    async def _stuck_at(
        self,
        step: Step,
        failure: str,
        until: Callable[[], bool] = lambda: False,
        at_most: timedelta | None = None,
    ) -> OperatorDecision | None:
        """Wait for an operator's word, for news of the order, or until there is no more need to."""
        if self._life.order is not None:
            self._publish()
        version = self._version
        return await self._park(step, failure, lambda: self._version > version or until(), at_most)

    def _canceled_by_temporal(self) -> None:
        """An order does not vanish: it is canceled, and followed to its end."""
        self.cancel("temporal")


def failure_of(error: FailureError) -> str:
    """What went wrong, down to the first cause; Temporal's wrapping of it left out."""
    causes: list[str] = []
    cause = error.cause
    while cause is not None:
        causes.append(str(cause))
        cause = cause.__cause__
    return ": ".join(causes) or str(error)  # a local activity fails with its own error
