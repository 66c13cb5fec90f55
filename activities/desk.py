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

from activities.venue_words import end_of_amend, ending_of, event_of
from db.oms import UnifiedOMS
from domain.errors import OdumError, UnknownOrder
from domain.fills import Fill
from domain.order_events import (
    LegReplaced,
    MissingAtVenue,
    OrderEvent,
    ProvenAbsent,
    VenueAccepted,
    VenueCanceled,
    VenueRefusedAmend,
    VenueRefusedCancel,
)
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import (
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    SubmitOutcome,
    Unknown,
)
from venues.port import Amendment, ExternalAdapter, NotFound, OrderReport

logger = logging.getLogger(__name__)

# A process that stalls between writing SUBMITTING and the call must not send late: by then somebody
# else may have proven the order absent. Far below every venue's visibility horizon.
SEND_AT_ONCE_S = 1.0

# A submission at work in this process answers within a few seconds; an adapter that hangs longer
# must hold up neither a cancel nor a question.
ANSWER_WITHIN_S = 3.0

# The news of an amend or a cancel follows its answer at once; only then the venue is asked.
_NEWS_WITHIN_S = 0.2

# A new leg is sent as soon as the one before has ended, or not at all.
_LEG_SENT_WITHIN = timedelta(seconds=10)

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
        self._amends: dict[str, asyncio.Task[UnifiedOrder]] = {}

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

    async def amend(self, order_id: str, lease_token: int) -> UnifiedOrder:
        """Send the amend of the order if it may be sent, once, and see it through: the order once
        its end is known. Callers at the same time share this.

        Raises VenueUnreachable or NotYetCertain while nothing certain can be said.
        """
        return await _shared(self._amends, order_id, lambda: self._amend(order_id, lease_token))

    async def ask(self, order_id: str) -> UnifiedOrder:
        """Ask the venue what became of the order, book the answer, and give the order after it.

        Raises VenueUnreachable or NotYetCertain while nothing certain can be said.
        """
        answered = await self._answer_of_submission(order_id)
        order = await self._order(order_id)
        if order.status.is_terminal or order.status is OrderStatus.APPROVED:
            return order
        answer = await self._adapter.find_by_client_id(order.at_venue)
        if isinstance(answer, NotFound):
            if not answered:
                raise NotYetCertain("not found, but the call that sends it has not returned yet")
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

    async def hear(
        self, order_id: str, event: OrderEvent, venue_client_id: str
    ) -> UnifiedOrder | None:
        """Book what the venue says of an order; None if the order is not ours."""
        try:
            return await self._oms.apply(
                order_id, event, tell_workflow=True, of_leg=venue_client_id
            )
        except UnknownOrder:
            logger.error("the venue speaks of %s, which we do not know", order_id)
            return None

    async def _submit(self, order_id: str, lease_token: int) -> UnifiedOrder:
        submission = await self._oms.begin_submission(order_id, lease_token)
        if not submission.send:
            return submission.order
        written = time.monotonic()
        outcome = await self._send(submission.order, written)
        return await self._oms.apply(order_id, event_of(outcome), tell_workflow=True)

    async def _send(self, order: UnifiedOrder, written: float) -> SubmitOutcome:
        if time.monotonic() - written > SEND_AT_ONCE_S:
            return Unknown("the process stalled before the call, so it was not made")
        return await self._adapter.submit_order(order.at_venue)

    async def _cancel(self, order_id: str) -> CancelOutcome:
        # A cancel before its order would find nothing.
        answered = await self._answer_of_submission(order_id)
        order = await self._order(order_id)
        if answered and not order.status.is_working:
            return CancelRefused(f"the order is {order.status}")
        outcome = await self._adapter.cancel_order(order.at_venue)
        if isinstance(outcome, CancelRefused):
            await self._oms.apply(order_id, VenueRefusedCancel(outcome.reason))
        return outcome

    async def _amend(self, order_id: str, lease_token: int) -> UnifiedOrder:
        begun = await self._oms.begin_amend(order_id, lease_token)
        if begun.order.replacing:
            return await self._replace_leg(begun.order)
        if begun.send:
            await self._send_amend(begun.order)
            order = await self._order(order_id)
        else:
            order = begun.order
        if order.amend_pending and not order.status.is_terminal:
            order = await self.ask(order_id)
        if order.amend_pending and not order.status.is_terminal:
            raise NotYetCertain(f"the venue does not say yet whether it took {order.amend_id}")
        return order

    async def _send_amend(self, order: UnifiedOrder) -> None:
        assert order.amend_id is not None, "it was begun"
        quantity = order.amend_quantity
        terms = Amendment(
            None if quantity is None else quantity - order.earlier_filled_qty,
            order.amend_price,
            order.amend_trigger_price,
        )
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                outcome = await self._adapter.amend_order(order.at_venue, terms)
        except TimeoutError:
            return  # nothing is known: the venue is asked
        if isinstance(outcome, AmendRefused):
            refused = VenueRefusedAmend(order.amend_id, outcome.reason)
            await self._oms.apply(order.order_id, refused, tell_workflow=True)
        else:
            await asyncio.sleep(_NEWS_WITHIN_S)

    async def _replace_leg(self, order: UnifiedOrder) -> UnifiedOrder:
        """End the leg at the venue; once its end and its fills are certain the next is approved."""
        outcome = await self._adapter.cancel_order(order.at_venue)
        if isinstance(outcome, CancelRefused):
            await self._oms.apply(order.order_id, VenueRefusedCancel(outcome.reason))
        else:
            await asyncio.sleep(_NEWS_WITHIN_S)
        order = await self.ask(order.order_id)
        if order.replacing and not order.status.is_terminal:
            raise NotYetCertain(f"the venue has not ended leg {order.leg} yet")
        return order

    async def _answer_of_submission(self, order_id: str) -> bool:
        """Wait until no submission of the order is at work in this process; whether that is so.

        Not for ever: a call that hangs must not keep a cancel from the venue.
        """
        submission = self._submissions.get(order_id)
        if submission is None:
            return True
        answered, _ = await asyncio.wait({submission}, timeout=ANSWER_WITHIN_S)
        return bool(answered)

    async def _absent(self, order: UnifiedOrder, answer: NotFound) -> UnifiedOrder:
        """Not found: an order in doubt is absent, a confirmed one is a riddle for a person."""
        horizon = self._adapter.capabilities.visibility_horizon
        sent_at = order.submitted_at or order.created_at
        if datetime.now(UTC) - sent_at < horizon:
            raise NotYetCertain(f"not found yet, and may still appear: {answer.reason}")
        if not order.status.is_in_doubt:
            await self._oms.apply(order.order_id, MissingAtVenue(answer.reason))
            raise NotYetCertain(
                f"the venue does not find the {order.status} order {order.order_id}: "
                f"{answer.reason}"
            )
        return await self._oms.apply(
            order.order_id, ProvenAbsent(f"{answer.reason}, {horizon} after it was sent")
        )

    async def _absorb(self, order: UnifiedOrder, report: OrderReport) -> UnifiedOrder:
        """Make the order what the venue reports of its leg: confirmed, filled, amended, ended."""
        order = await self._learn(order, VenueAccepted(report.venue_order_id))
        if report.filled_qty > order.at_venue.filled_qty:
            await self.book_fills_since((order.submitted_at or order.created_at) - _OVERLAP)
            order = await self._order(order.order_id)
        if report.filled_qty > order.at_venue.filled_qty:
            raise NotYetCertain(
                f"the venue says {report.filled_qty} filled, its trades say "
                f"{order.at_venue.filled_qty}"
            )
        horizon = self._adapter.capabilities.visibility_horizon
        amend = end_of_amend(order, report, datetime.now(UTC) - horizon)
        if amend is not None:
            order = await self._learn(order, amend)
        ending = ending_of(report)
        if isinstance(ending, VenueCanceled) and order.replacing:
            ending = LegReplaced(order.venue_client_id, datetime.now(UTC) + _LEG_SENT_WITHIN)
        if ending is not None:
            order = await self._learn(order, ending)
        return order

    async def _learn(self, order: UnifiedOrder, event: OrderEvent) -> UnifiedOrder:
        """Book what the venue says of the leg that the order had when it was asked."""
        return await self._oms.apply(
            order.order_id, event, tell_workflow=True, of_leg=order.venue_client_id
        )

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


async def _shared[T](
    running: dict[str, asyncio.Task[T]], order_id: str, begin: Callable[[], Coroutine[Any, Any, T]]
) -> T:
    """The result of the one run at work for the order; a caller that gives up does not end it."""
    task = running.get(order_id)
    if task is None:
        task = running[order_id] = asyncio.create_task(begin(), name=f"order {order_id}")
        task.add_done_callback(lambda _: running.pop(order_id, None))
        # Its callers may all have given up; then nobody is left to hear of a failure.
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return await asyncio.shield(task)
