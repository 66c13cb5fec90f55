"""OrderListWorkflow: a bracket or an OCO pair, from its first order to the end of its last.

Its orders are ordinary orders with workflows of their own; this one reads where they stand, asks a
pure function what that calls for, does it, and waits for news. So a crash at any line costs time
and nothing else: every step done again finds itself done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from temporalio import workflow
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ActivityHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.ports import Decision, ListProgress, ListView, ReadList, ResizeLeg
    from domain.identifiers import workflow_id_for
    from domain.lists.legs import Memory, Tried
    from domain.lists.plan import Action, Cancel, Place, Plan, Resize, next_plan
    from domain.lists.request import ListStatus, OrderListRequest
    from workflows.life import Life
    from workflows.order import OrderWorkflow, failure_of
    from workflows.parking import Parking
    from workflows.steps import (
        LIST_LOOKS_AFTER,
        PARKED_RETRY_AFTER,
        read_list,
        record_list,
        request_cancel,
        request_list_cancel,
        resize_leg,
    )
    from workflows.story import TASK_TIMEOUT, list_summary, search_attributes, summary
    from workflows.stuck import Step

_STEP = Step("the list's next step", {Decision.RETRY: "do it again (the database must answer)"})


@dataclass(slots=True)
class ListLife:
    """What the list remembers: a request to begin with, and what it did by itself since."""

    request: OrderListRequest
    placed: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)
    resizes: dict[str, Tried] = field(default_factory=dict)
    put_off: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    attention: bool = False
    broken: bool = False


@workflow.defn
class OrderListWorkflow(Parking):
    @workflow.init
    def __init__(self, life: ListLife) -> None:
        super().__init__()
        self._life = life
        self._request = life.request
        self._list_id = life.request.list_id
        self._news = False
        self._cancel_unrecorded = False
        self._retry_due = False

    @workflow.run
    async def run(self, life: ListLife) -> ListStatus:
        await self._record(ListStatus.WORKING, ())
        while True:
            self._news = False
            if self._cancel_unrecorded:
                await self._done(lambda: request_list_cancel(self._list_id))
                self._cancel_unrecorded = False
            # Only now, and without an await in between: a wish that is not on record would be lost.
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(life)
            end = await self._go_on(await self._read())
            if end is not None:
                await self._wait(workflow.all_handlers_finished)
                return end

    async def _go_on(self, view: ListView) -> ListStatus | None:
        """Do what the orders call for; how the list ended, if it has."""
        if await self._give_up_on(view):
            return None
        plan, self._retry_due = self._plan(view), False
        if plan.end is not None:
            return await self._end(plan.end, plan, view)
        await self._say(plan)
        for action in plan.actions:
            await self._do(action)
        if not plan.actions:
            heard = await self._wait(lambda: self._news, plan.retry_after or LIST_LOOKS_AFTER)
            self._retry_due = plan.retry_after is not None and not heard
        return None

    async def _end(self, end: ListStatus, plan: Plan, view: ListView) -> ListStatus | None:
        """None if an order has traded since the end was decided: then it is decided anew."""
        end = ListStatus.FAILED if self._life.broken else end
        filled = sum((leg.filled for leg in view.legs), Decimal(0))
        is_so = await self._record(
            end, self._new(plan.notes), attention=plan.attention, filled=filled
        )
        return end if is_so else None

    def _plan(self, view: ListView) -> Plan:
        memory = Memory(
            self._life.canceled, self._life.resizes, self._life.put_off, self._retry_due
        )
        return next_plan(
            self._request,
            view.legs,
            view.sizes,
            memory,
            cancel_wanted=view.cancel_wanted,
            unrecorded=bool(view.unrecorded),
        )

    async def _give_up_on(self, view: ListView) -> bool:
        """Orders of which nothing can come: whose ids belong to other orders, or whose workflow an
        operator ended before they could be recorded. Then the list ends, too."""
        why = dict.fromkeys(view.foreign, "its id belongs to another order already")
        why |= dict.fromkeys(view.gone, "it was never begun, or ended before it was recorded")
        for client_order_id, reason in why.items():
            self._life.placed.remove(client_order_id)
            if view.cancel_wanted and client_order_id in view.gone:
                continue  # it was not even begun, and need not be any more
            self._life.broken = True
            note = f"{client_order_id}: {reason}"
            await self._record(ListStatus.WORKING, (note,), attention=True)
            await self._done(lambda: request_list_cancel(self._list_id))
        return bool(why)

    async def _do(self, action: Action) -> None:
        match action:
            case Place():
                await self._place(action)
            case Resize():
                await self._resize(action)
            case Cancel(order_id):
                self._life.canceled.append(order_id)
                await self._done(lambda: request_cancel(order_id, f"list {self._list_id}"))

    async def _place(self, place: Place) -> None:
        """As a workflow of its own, which outlives this one: an order does not vanish."""
        request = self._request.order(place.role, place.seq, place.quantity)
        if request.client_order_id not in self._life.placed:
            self._life.placed.append(request.client_order_id)
        starting = workflow.start_child_workflow(
            OrderWorkflow.run,
            Life(request),
            id=workflow_id_for(request.strategy_id, request.client_order_id),
            parent_close_policy=ParentClosePolicy.ABANDON,
            task_timeout=TASK_TIMEOUT,
            static_summary=summary(request),
            search_attributes=search_attributes(request),
        )
        try:
            await self._uncut(starting)
        except WorkflowAlreadyStartedError:
            return  # by us, before a crash; if not, reading the list says so

    async def _resize(self, resize: Resize) -> None:
        """What is refused for a passing reason does not count as a try: the exit stays."""
        command = ResizeLeg(self._list_id, resize.order_id, resize.amend_id, resize.quantity)
        resized = await self._done(lambda: resize_leg(command))
        if resize.order_id in self._life.put_off:
            self._life.put_off.remove(resize.order_id)
        if resized.passing:
            self._life.put_off.append(resize.order_id)
        else:
            self._life.resizes[resize.order_id] = Tried(resize.quantity, resize.times)
        if resized.refused:
            note = f"{resize.order_id} was not resized to {resize.quantity}: {resized.refused}"
            await self._record(ListStatus.WORKING, (note,), attention=resized.passing)

    async def _read(self) -> ListView:
        command = ReadList(self._request, tuple(self._life.placed))
        return await self._done(lambda: read_list(command))

    async def _say(self, plan: Plan) -> None:
        new = self._new(plan.notes)
        if new or (plan.attention and not self._life.attention):
            await self._record(ListStatus.WORKING, new, attention=plan.attention)

    def _new(self, notes: Sequence[str]) -> tuple[str, ...]:
        return tuple(note for note in notes if note not in self._life.noted)

    async def _record(
        self,
        status: ListStatus,
        notes: tuple[str, ...],
        *,
        attention: bool = False,
        filled: Decimal | None = None,
    ) -> bool:
        attention = self._life.attention or attention
        progress = ListProgress(self._list_id, status, notes, attention, filled)
        if not await self._done(lambda: record_list(progress)):
            return False
        self._life.noted.extend(notes)
        self._life.attention = attention
        workflow.set_current_details(self._story())
        return True

    async def _done[T](self, begin: Callable[[], ActivityHandle[T]]) -> T:
        """Do a step until it is done; a database that is away is waited for."""
        while True:
            step = begin()
            await self._wait(step.done)
            try:
                return step.result()
            except FailureError as error:
                await self._park(_STEP, failure_of(error), lambda: False, PARKED_RETRY_AFTER)

    @workflow.signal(description="Something about the list or its orders changed: look again.")
    def leg_changed(self) -> None:
        self._news = True

    @workflow.signal(description="Cancel the list and its orders.")
    def cancel(self) -> None:
        self._cancel_unrecorded = self._news = True

    def _story(self) -> str:
        return "\n\n".join([list_summary(self._request), *self._life.noted])

    def _canceled_by_temporal(self) -> None:
        self.cancel()
