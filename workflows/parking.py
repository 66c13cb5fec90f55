"""Workflows that a failed step does not end: they park until an operator has decided."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.ports import OperatorDecision
from workflows.story import STUCK
from workflows.stuck import Step, refusal


class Parking(ABC):
    """What such a workflow can do, and the two ways in which an operator's word reaches it."""

    def __init__(self) -> None:
        self._stuck: Step | None = None
        self._decision: OperatorDecision | None = None

    @abstractmethod
    def _story(self) -> str:
        """Markdown for Temporal UI: what goes on when nothing is stuck."""

    @abstractmethod
    def _canceled_by_temporal(self) -> None:
        """Somebody canceled the workflow. It goes on: this says what it shall do instead."""

    @workflow.signal(description="Decide on a stuck step: the batch twin of `resolve`.")
    def decide(self, decision: OperatorDecision) -> None:
        if refusal(self._stuck, self._decision, decision) is None:
            self._decision = decision

    @workflow.update(description="Decide on a stuck step: retry, skip or abort.")
    def resolve(self, decision: OperatorDecision) -> str:
        self._decision = decision
        return f"{decision.decision} taken"

    @resolve.validator
    def _check_decision(self, decision: OperatorDecision) -> None:
        refused = refusal(self._stuck, self._decision, decision)
        if refused is not None:
            raise ApplicationError(refused, type="NotStuck", non_retryable=True)

    async def _park(
        self,
        step: Step,
        failure: str,
        until: Callable[[], bool],
        at_most: timedelta | None = None,
    ) -> OperatorDecision | None:
        """Wait for an operator's word, or until there is no more need of one, or the time is up."""
        self._stuck, self._decision = step, None
        workflow.upsert_search_attributes([STUCK.value_set(True)])
        workflow.set_current_details(step.stuck(failure))
        await self._wait(lambda: self._decision is not None or until(), at_most)
        decision, self._decision, self._stuck = self._decision, None, None
        workflow.upsert_search_attributes([STUCK.value_set(False)])
        workflow.set_current_details(self._story())
        return decision

    async def _uncut[T](self, doing: Coroutine[Any, Any, T]) -> T:
        """Do what has an answer of its own to wait for: in a task that Temporal's cancellation does
        not reach, which would else end the workflow there, or be swallowed."""
        task = asyncio.create_task(doing)
        await self._wait(task.done)
        return task.result()

    async def _wait(self, until: Callable[[], bool], at_most: timedelta | None = None) -> bool:
        """Wait until it holds; False at the time-out. Every wait of the workflow is this one.

        Temporal's own cancellation arrives here, and nowhere else, so it cuts no step off.
        """
        try:
            await workflow.wait_condition(until, timeout=at_most)
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            self._canceled_by_temporal()
            return await self._wait(until, at_most)
        return True
