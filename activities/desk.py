"""VenueDesk: what one process does with one venue account, durable or not.

The Temporal activities and the venue's own news both come here, so there is one place where an
order meets its venue. Each method leaves the database right at every line it may die on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

from db.oms import UnifiedOMS
from domain.errors import OdumError, UnknownOrder
from domain.fills import Fill
from domain.order_events import (
    CancelRefused as CancelRefusedEvent,
)
from domain.order_events import (
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    VenueAccepted,
    VenueCanceled,
    VenueExpired,
    VenueRejected,
)
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
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

_AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


class NotYetCertain(OdumError):
    """The venue's answer proves nothing yet; ask again."""

    code = "not_yet_certain"
    status = 503
    retryable = True


class _Submitting:
    """One submission at work: when the venue has answered, and when the order has ended."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()
        self.ended: asyncio.Future[UnifiedOrder] = asyncio.get_running_loop().create_future()

    async def ended_order(self, order: UnifiedOrder, linger_s: float) -> UnifiedOrder:
        """The order once it has ended, or as it is if it does not end in time."""
        at_once = order.order_type is OrderType.MARKET or order.time_in_force in _AT_ONCE
        if order.status.is_terminal or not at_once or not linger_s:
            return order
        done, _ = await asyncio.wait({self.ended}, timeout=linger_s)
        return self.ended.result() if done else order


class VenueDesk:
    def __init__(self, oms: UnifiedOMS, adapter: ExternalAdapter) -> None:
        self._oms = oms
        self._adapter = adapter
        self._submissions: dict[str, _Submitting] = {}
        self._cancels: dict[str, asyncio.Task[CancelOutcome]] = {}

    @property
    def venue(self) -> str:
        return self._adapter.venue

    def is_submitting(self, order_id: str) -> bool:
        """True while `submit` is at work on the order: its answer will carry the news."""
        return order_id in self._submissions

    async def submit(
        self, order_id: str, lease_token: int, *, linger_s: float = 0.0
    ) -> UnifiedOrder:
        """Send the order if it may be sent, once; the order as it stands afterwards.

        An order that trades at once is given `linger_s` to end, so that one answer tells it all:
        the acknowledgement is written and notified by then, only the return is later.
        """
        work = self._submissions.setdefault(order_id, _Submitting())
        try:
            submission = await self._oms.begin_submission(order_id, lease_token)
            if not submission.send:
                return submission.order
            written = time.monotonic()
            outcome = await self._send(submission.order, written)
            order = await self._oms.apply(order_id, _event_of(outcome))
            work.answered.set()
            return await work.ended_order(order, linger_s)
        finally:
            work.answered.set()
            self._submissions.pop(order_id, None)

    async def cancel(self, order_id: str) -> CancelOutcome:
        """Ask the venue to cancel; callers at the same time share one request."""
        task = self._cancels.get(order_id)
        if task is None:
            task = asyncio.create_task(self._cancel(order_id), name=f"cancel {order_id}")
            self._cancels[order_id] = task
            task.add_done_callback(lambda _: self._cancels.pop(order_id, None))
        return await asyncio.shield(task)

    async def ask(self, order_id: str) -> UnifiedOrder:
        """Ask the venue what became of the order, book the answer, and give the order after it.

        Raises VenueUnreachable or NotYetCertain while nothing certain can be said.
        """
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
            return self._noted(await self._oms.book_fill(fill, instrument))
        except UnknownOrder:
            logger.error("fill %s is of %s, which we do not know", fill.trade_id, fill.order_id)
            return None

    async def hear(self, order_id: str, event: OrderEvent) -> UnifiedOrder | None:
        """Book what the venue says of an order; None if the order is not ours."""
        try:
            return self._noted(await self._oms.apply(order_id, event, tell_workflow=True))
        except UnknownOrder:
            logger.error("the venue speaks of %s, which we do not know", order_id)
            return None

    def _noted(self, order: UnifiedOrder | None) -> UnifiedOrder | None:
        if order is not None and order.status.is_terminal:
            work = self._submissions.get(order.order_id)
            if work is not None and not work.ended.done():
                work.ended.set_result(order)
        return order

    async def _send(self, order: UnifiedOrder, written: float) -> SubmitOutcome:
        if time.monotonic() - written > SEND_AT_ONCE_S:
            return Unknown("the process stalled before the call, so it was not made")
        return await self._adapter.submit_order(order)

    async def _cancel(self, order_id: str) -> CancelOutcome:
        work = self._submissions.get(order_id)
        if work is not None:
            await work.answered.wait()  # a cancel that overtakes its order would find nothing
        order = await self._order(order_id)
        if not order.status.is_working:
            return CancelRefused(f"the order is {order.status}")
        outcome = await self._adapter.cancel_order(order)
        if isinstance(outcome, CancelRefused):
            await self._oms.apply(order_id, CancelRefusedEvent(outcome.reason))
        return outcome

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


_OVERLAP = timedelta(seconds=5)


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
