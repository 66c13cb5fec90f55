"""Orders as Temporal sees them: start their workflow, tell it of a cancel, decide a stuck step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import ORDERS_QUEUE, OperatorDecision
from api.errors import NotStuck, TemporalUnavailable
from domain.identifiers import (
    list_workflow_id_for,
    revived_workflow_id_for,
    workflow_id_for,
)
from domain.lists.request import OrderListRequest
from domain.orders import OrderRequest, OrderState, UnifiedOrder
from workflows.life import Life
from workflows.order import OrderWorkflow
from workflows.order_list import ListLife, OrderListWorkflow
from workflows.story import TASK_TIMEOUT, list_summary, search_attributes, summary

logger = logging.getLogger(__name__)

# The client tries again by itself for so long; a short outage of Temporal goes by unseen.
START_BOUND_S = 5.0
_ANSWER_BOUND_S = 5.0
_NUDGE_BOUND_S = 2.0

_FINGERPRINT = "fingerprint"

_ASK_AGAIN = "Temporal did not answer; send the same request again in a moment."


@dataclass(frozen=True, slots=True)
class Started:
    """`is_same`: it was the same request."""

    has_ended: bool
    is_same: bool


class OrderWorkflows:
    """The workflows of orders, by the names that the rest of the API uses."""

    def __init__(self, client: Client, *, start_bound_s: float = START_BOUND_S) -> None:
        self._client = client
        self._start_bound_s = start_bound_s

    async def start(self, request: OrderRequest) -> bool:
        """True if this call made the order durable, False if an earlier one did.

        Raises TemporalUnavailable: then nobody knows whether it did.
        """
        try:
            async with _answering_within(
                self._start_bound_s,
                "Whether the order was taken is unknown: Temporal did not answer. Send the same "
                f"request with the same client_order_id {request.client_order_id!r} again; it is "
                "never placed twice.",
            ):
                await self._client.start_workflow(
                    OrderWorkflow.run,
                    Life(request),
                    id=workflow_id_for(request.strategy_id, request.client_order_id),
                    task_queue=ORDERS_QUEUE,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    task_timeout=TASK_TIMEOUT,
                    request_eager_start=True,
                    static_summary=summary(request),
                    search_attributes=search_attributes(request),
                    memo={_FINGERPRINT: request.fingerprint()},
                )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def revive(self, order: UnifiedOrder) -> None:
        """Follow an order that lives although its workflow has ended, and tell of its news.

        Its id is derived, so one workflow at a time follows it. Raises RPCError.
        """
        request, state = order.request, OrderState.of(order)
        await self._client.start_workflow(
            OrderWorkflow.run,
            Life(request, order=state),
            id=revived_workflow_id_for(order.strategy_id, order.client_order_id),
            task_queue=ORDERS_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            task_timeout=TASK_TIMEOUT,
            start_signal="order_changed",
            start_signal_args=[state],
            static_summary=f"{summary(request)} (revived)",
            search_attributes=search_attributes(request),
        )

    async def start_list(self, request: OrderListRequest) -> None:
        """Make the list durable; once, unless its workflow was lost before its end.

        Raises TemporalUnavailable: send the same list again.
        """
        again = (
            "Whether the list was taken is unknown: Temporal did not answer. Send the same request "
            "again; its orders are never placed twice."
        )
        with suppress(WorkflowAlreadyStartedError):
            async with _answering_within(self._start_bound_s, again):
                await self._client.start_workflow(
                    OrderListWorkflow.run,
                    ListLife(request),
                    id=list_workflow_id_for(request.strategy_id, request.client_list_id),
                    task_queue=ORDERS_QUEUE,
                    id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                    task_timeout=TASK_TIMEOUT,
                    request_eager_start=True,
                    static_summary=list_summary(request),
                )

    async def follow_list(self, request: OrderListRequest) -> None:
        """Let the list's workflow look again. A list without one gets one, which goes on with the
        orders that there are; it does not begin a list late that was never begun. Raises RPCError.
        """
        first = request.order(request.roles[0], 1, request.quantity)
        with suppress(WorkflowAlreadyStartedError):  # it has ended by itself
            await self._client.start_workflow(
                OrderListWorkflow.run,
                ListLife(request, placed=[first.client_order_id]),
                id=list_workflow_id_for(request.strategy_id, request.client_list_id),
                task_queue=ORDERS_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                task_timeout=TASK_TIMEOUT,
                start_signal="leg_changed",
                static_summary=list_summary(request),
            )

    async def tell_list_of_cancel(self, request: OrderListRequest) -> None:
        """Nudge a list's workflow. The row already says that it shall be canceled."""
        try:
            async with asyncio.timeout(_NUDGE_BOUND_S):
                await self.follow_list(request)
        except (RPCError, TimeoutError) as error:
            logger.warning("could not tell %s of its cancel: %s", request.list_id, error)

    async def started(self, request: OrderRequest) -> Started:
        """What is known of the workflow that an earlier request started under this id.

        Raises TemporalUnavailable.
        """
        workflow_id = workflow_id_for(request.strategy_id, request.client_order_id)
        async with _answering_within(_ANSWER_BOUND_S, _ASK_AGAIN):
            found = await self._client.get_workflow_handle(workflow_id).describe()
            fingerprint = (await found.memo()).get(_FINGERPRINT)
        return Started(
            has_ended=found.status is not WorkflowExecutionStatus.RUNNING,
            # An order of a list carries none, and its id is made by the list.
            is_same=fingerprint in (None, request.fingerprint()),
        )

    async def running(self) -> AsyncIterator[str]:
        """Ids of the workflows of orders and lists that run, as the index of Temporal has them."""
        types = "WorkflowType IN ('OrderWorkflow', 'OrderListWorkflow')"
        query = f"{types} AND ExecutionStatus = 'Running'"
        async for execution in self._client.list_workflows(query):
            yield execution.id

    async def runs(self, workflow_id: str) -> bool:
        """Whether there is such a workflow and it has not ended. Raises RPCError."""
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return found.status is WorkflowExecutionStatus.RUNNING

    async def tell_of_cancel(self, workflow_id: str, by: str) -> None:
        """Nudge the workflow. The row already says that the order shall be canceled."""
        try:
            async with asyncio.timeout(_NUDGE_BOUND_S):
                await self._client.get_workflow_handle(workflow_id).signal(OrderWorkflow.cancel, by)
        except (RPCError, TimeoutError) as error:
            logger.warning("could not tell %s of its cancel: %s", workflow_id, error)

    async def decide(self, workflow_id: str, decision: OperatorDecision) -> None:
        """Hand an operator's decision to a stuck workflow. Raises NotStuck, TemporalUnavailable."""
        try:
            async with _answering_within(
                _ANSWER_BOUND_S,
                "Whether the decision was taken is unknown: the order's workflow did not answer. "
                "Look at the order, then decide again if it is still stuck.",
            ):
                await self._resolve(workflow_id, decision)
        except WorkflowUpdateFailedError as error:
            raise NotStuck(str(error.cause)) from None
        except RPCError:
            raise NotStuck("This order is finished: no step of it waits for a decision.") from None

    async def _resolve(self, workflow_id: str, decision: OperatorDecision) -> None:
        """By the order's own workflow, or by the one that follows it since its end."""
        try:
            await self._client.get_workflow_handle(workflow_id).execute_update(
                OrderWorkflow.resolve, decision
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self._client.get_workflow_handle(f"revived-{workflow_id}").execute_update(
                OrderWorkflow.resolve, decision
            )

    async def id_of(self, order_id: str) -> str | None:
        """The workflow of an order that got stuck before it was recorded, by search attribute."""
        async with _answering_within(_ANSWER_BOUND_S, _ASK_AGAIN):
            found = self._client.list_workflows(f"OrderId = '{order_id}'", limit=1)
            async for execution in found:
                return execution.id
        return None


@asynccontextmanager
async def _answering_within(bound_s: float, unknown: str) -> AsyncIterator[None]:
    """Silence and failure of Temporal become one error, which says what is `unknown` now.

    Its answer that it has no such workflow (RPCError NOT_FOUND) is neither, and passes.
    """
    try:
        async with asyncio.timeout(bound_s):
            yield
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise
        logger.error("Temporal: %s", error)
        raise TemporalUnavailable(unknown) from None
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        logger.error("Temporal gave no answer within %s s", bound_s)
        raise TemporalUnavailable(unknown) from None
