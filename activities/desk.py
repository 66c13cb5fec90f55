"""VenueDesk: what one process does with one venue account, durable or not.

The Temporal activities and the venue's own news both come here, so there is one place where an
order meets its venue. Each method leaves the database right at every line it may die on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from db.oms import UnifiedOMS
from domain.errors import OdumError, UnknownOrder
from domain.fills import Fill
from domain.order_events import (
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    VenueAccepted,
    VenueCanceled,
    VenueExpired,
    VenueRefusedCancel,
    VenueRejected,
)
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import (
    Accepted,
    CancelOutcome,
    CancelRefused,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.port import ExternalAdapter, NotFound, OrderReport

logger = logging.getLogger(__name__)

# A process that stalls between writing SUBMITTING and the call must not send late: by then somebody
# else may have proven the order absent. Far below every venue's visibility horizon.
SEND_AT_ONCE_S = 1.0

_OVERLAP = timedelta(seconds=5)


class NotYetCertain(OdumError):
    """The venue's answer proves nothing yet; ask again."""

    code = "not_yet_certain"
    status = 503
    retryable = True


class VenueDesk:
    def __init__(self, oms: UnifiedOMS, adapter: ExternalAdapter) -> None:
        self._oms = oms
        self._adapter = adapter
        self._submissions: dict[str, asyncio.Task[UnifiedOrder]] = {}
        self._cancels: dict[str, asyncio.Task[CancelOutcome]] = {}

    @property
    def venue(self) -> str:
        return self._adapter.venue

    async def submit(self, order_id: str, lease_token: int) -> UnifiedOrder:
        """Send the order if it may be sent, once; the order as it stands afterwards.

        Callers at the same time share one submission.
        """
        return await _shared(
            self._submissions, order_id, lambda: self._submit(order_id, lease_token)
        )

    async def cancel(self, order_id: str) -> CancelOutcome:
        """Ask the venue to cancel; callers at the same time share one request."""
        return await _shared(self._cancels, order_id, lambda: self._cancel(order_id))

    async def ask(self, order_id: str) -> UnifiedOrder:
        """Ask the venue what became of the order, book the answer, and give the order after it.

        Raises VenueUnreachable or NotYetCertain while nothing certain can be said.
        """
        await self._answer_of_submission(order_id)
        order = await self._order(order_id)
        if order.status.is_terminal or order.status is OrderStatus.APPROVED:
            return order
        answer = await self._adapter.find_by_client_id(order)
        if isinstance(answer, NotFound):
            return await self._absent(order, answer)
        return await self._absorb(order, answer)

    async def book(self, fill: Fill) -> UnifiedOrder | None:
        """Book one fill; None if it was booked before or belongs to no order of ours."""
        instrument = next(
            i for i in self._adapter.instruments() if i.instrument_id == fill.instrument_id
        )
        try:
            return await self._oms.book_fill(fill, instrument)
        except UnknownOrder:
            logger.error("fill %s is of %s, which we do not know", fill.trade_id, fill.order_id)
            return None

    async def hear(self, order_id: str, event: OrderEvent) -> UnifiedOrder | None:
        """Book what the venue says of an order; None if the order is not ours."""
        try:
            return await self._oms.apply(order_id, event, tell_workflow=True)
        except UnknownOrder:
            logger.error("the venue speaks of %s, which we do not know", order_id)
            return None

    async def _submit(self, order_id: str, lease_token: int) -> UnifiedOrder:
        submission = await self._oms.begin_submission(order_id, lease_token)
        if not submission.send:
            return submission.order
        written = time.monotonic()
        outcome = await self._send(submission.order, written)
        return await self._oms.apply(order_id, _event_of(outcome), tell_workflow=True)

    async def _send(self, order: UnifiedOrder, written: float) -> SubmitOutcome:
        if time.monotonic() - written > SEND_AT_ONCE_S:
            return Unknown("the process stalled before the call, so it was not made")
        return await self._adapter.submit_order(order)

    async def _cancel(self, order_id: str) -> CancelOutcome:
        await self._answer_of_submission(order_id)  # a cancel before its order would find nothing
        order = await self._order(order_id)
        if not order.status.is_working:
            return CancelRefused(f"the order is {order.status}")
        outcome = await self._adapter.cancel_order(order)
        if isinstance(outcome, CancelRefused):
            await self._oms.apply(order_id, VenueRefusedCancel(outcome.reason))
        return outcome

    async def _answer_of_submission(self, order_id: str) -> None:
        """Wait until no submission of the order is at work in this process."""
        submission = self._submissions.get(order_id)
        if submission is not None:
            await asyncio.wait({submission})

    async def _absent(self, order: UnifiedOrder, answer: NotFound) -> UnifiedOrder:
        if not order.status.is_in_doubt or order.submitted_at is None:
            raise NotYetCertain(
                f"the venue does not find the {order.status} order {order.order_id}: "
                f"{answer.reason}"
            )
        horizon = self._adapter.capabilities.visibility_horizon
        if datetime.now(UTC) - order.submitted_at < horizon:
            raise NotYetCertain(f"not found yet, and may still appear: {answer.reason}")
        return await self._oms.apply(
            order.order_id, ProvenAbsent(f"{answer.reason}, {horizon} after it was sent")
        )

    async def _absorb(self, order: UnifiedOrder, report: OrderReport) -> UnifiedOrder:
        order = await self._oms.apply(
            order.order_id, VenueAccepted(report.venue_order_id), tell_workflow=True
        )
        if report.filled_qty > order.filled_qty:
            await self.book_fills_since((order.submitted_at or order.created_at) - _OVERLAP)
            order = await self._order(order.order_id)
        if report.filled_qty > order.filled_qty:
            raise NotYetCertain(
                f"the venue says {report.filled_qty} filled, its trades say {order.filled_qty}"
            )
        ending = _ending_of(report)
        if ending is not None:
            order = await self._oms.apply(order.order_id, ending, tell_workflow=True)
        return order

    async def book_fills_since(self, since: datetime) -> int:
        """Pull the venue's executions and book those that we missed; how many those were."""
        missed = await self._oms.unbooked(await self._adapter.fills_since(since))
        booked = [fill for fill in missed if await self.book(fill) is not None]
        return len(booked)

    async def _order(self, order_id: str) -> UnifiedOrder:
        order = await self._oms.order(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order


def _event_of(outcome: SubmitOutcome) -> OrderEvent:
    match outcome:
        case Accepted(venue_order_id):
            return VenueAccepted(venue_order_id)
        case Rejected(code, reason):
            return VenueRejected(code, reason)
        case Unknown(reason):
            return OutcomeUnknown(reason)


def _ending_of(report: OrderReport) -> OrderEvent | None:
    """The end that the venue reports; a full fill ends an order by its fills alone."""
    match report.status:
        case OrderStatus.CANCELED:
            return VenueCanceled("the venue reports it as canceled")
        case OrderStatus.EXPIRED:
            return VenueExpired("the venue reports it as expired")
        case OrderStatus.REJECTED:
            return VenueRejected("rejected_at_venue", "the venue reports it as rejected")
        case _:
            return None


async def _shared[T](
    running: dict[str, asyncio.Task[T]], order_id: str, begin: Callable[[], Coroutine[Any, Any, T]]
) -> T:
    """The result of the one run at work for the order; a caller that gives up does not end it."""
    task = running.get(order_id)
    if task is None:
        task = running[order_id] = asyncio.create_task(begin(), name=f"order {order_id}")
        task.add_done_callback(lambda _: running.pop(order_id, None))
    return await asyncio.shield(task)
