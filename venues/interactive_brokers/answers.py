"""Commands that wait for the venue's word, by order id. The first word counts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.outcomes import (
    Accepted,
    AmendOutcome,
    AmendTaken,
    CancelOutcome,
    CancelTaken,
    SubmitOutcome,
    Unknown,
)
from venues.interactive_brokers.codes import (
    CANCELED,
    amend_outcome,
    cancel_outcome,
    submit_outcome,
)
from venues.interactive_brokers.messages import ErrorSaid

type Terms = tuple[Decimal | None, Decimal | None, Decimal | None]
"""Quantity, limit price and trigger price."""


@dataclass(slots=True)
class _Change:
    wanted: Terms
    answer: asyncio.Future[AmendOutcome]


class Answers:
    def __init__(self) -> None:
        self._submits: dict[int, asyncio.Future[SubmitOutcome]] = {}
        self._cancels: dict[int, asyncio.Future[CancelOutcome]] = {}
        self._changes: dict[int, _Change] = {}

    # --- who waits ---

    def expect_submit(self, order_id: int) -> asyncio.Future[SubmitOutcome]:
        answer: asyncio.Future[SubmitOutcome] = asyncio.get_running_loop().create_future()
        self._submits[order_id] = answer
        return answer

    def expect_cancel(self, order_id: int) -> asyncio.Future[CancelOutcome]:
        """Two who cancel the same order share the answer."""
        answer = self._cancels.get(order_id)
        if answer is None or answer.done():
            answer = asyncio.get_running_loop().create_future()
            self._cancels[order_id] = answer
        return answer

    def expect_change(self, order_id: int, wanted: Terms) -> asyncio.Future[AmendOutcome] | None:
        """None while another change of the order is under way."""
        if order_id in self._changes:
            return None
        answer: asyncio.Future[AmendOutcome] = asyncio.get_running_loop().create_future()
        self._changes[order_id] = _Change(wanted, answer)
        return answer

    def forget_submit(self, order_id: int) -> None:
        self._submits.pop(order_id, None)

    def forget_cancel(self, order_id: int) -> None:
        self._cancels.pop(order_id, None)

    def forget_change(self, order_id: int) -> None:
        self._changes.pop(order_id, None)

    def awaits_submit(self, order_id: int) -> bool:
        answer = self._submits.get(order_id)
        return answer is not None and not answer.done()

    # --- what came ---

    def accepted(self, order_id: int, perm_id: int) -> None:
        """IB has the order."""
        self.submitted(order_id, Accepted(str(perm_id)))

    def submitted(self, order_id: int, outcome: SubmitOutcome) -> None:
        answer = self._submits.get(order_id)
        if answer is not None and not answer.done():
            answer.set_result(outcome)

    def canceling(self, order_id: int) -> None:
        """IB works on the cancel, or the order is gone."""
        answer = self._cancels.get(order_id)
        if answer is not None and not answer.done():
            answer.set_result(CancelTaken())

    def has_terms(self, order_id: int, terms: Terms) -> None:
        """The order stands with these terms."""
        change = self._changes.get(order_id)
        if change is not None and not change.answer.done() and change.wanted == terms:
            change.answer.set_result(AmendTaken())

    def error(self, said: ErrorSaid) -> SubmitOutcome | CancelOutcome | AmendOutcome | None:
        """An error of an order: what it answers, None where nobody waited for it.

        While a cancel and a change wait at once, a code that speaks of canceling is the cancel's.
        """
        if self.awaits_submit(said.request_id):
            if said.code == CANCELED:
                return None  # it was taken before it ended; its state says so
            outcome = submit_outcome(said)
            self._submits[said.request_id].set_result(outcome)
            return outcome
        change, cancel = self._changes.get(said.request_id), self._cancels.get(said.request_id)
        of_cancel = cancel_outcome(said)
        for_cancel = change is None or not isinstance(of_cancel, Unknown)
        if for_cancel and cancel is not None and not cancel.done():
            cancel.set_result(of_cancel)
            return of_cancel
        if change is not None and not change.answer.done():
            of_change = amend_outcome(said)
            change.answer.set_result(of_change)
            return of_change
        return None

    def give_up(self, reason: str) -> None:
        """The connection is gone: what was sent may have arrived or not."""
        waiting: list[asyncio.Future[Any]] = [*self._submits.values(), *self._cancels.values()]
        waiting += [change.answer for change in self._changes.values()]
        for answer in waiting:
            if not answer.done():
                answer.set_result(Unknown(reason))
