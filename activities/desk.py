"""VenueDesk: the commands of one process to one venue account, durable or not.

The Temporal activities and the quick road both come here, so there is one place where an order
goes to its venue. Each method leaves the database right at every line it may die on.
"""

from __future__ import annotations

import asyncio
import time

from activities.at_work import AtWork
from activities.inquiry import Inquiry, NotYetCertain
from activities.venue_words import event_of
from db.known_instruments import KnownInstruments
from db.oms import UnifiedOMS
from domain.order_events import AmendDropped, VenueRefusedAmend, VenueRefusedCancel
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import (
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    SubmitOutcome,
    Unknown,
)
from venues.port import Amendment, ExternalAdapter

# A process that stalls between writing what it sends and the call must not send late: by then
# somebody else may have proven the order absent, or the amend not taken. Far below every venue's
# visibility horizon.
SEND_AT_ONCE_S = 1.0

# A submission at work in this process answers within a few seconds; an adapter that hangs longer
# must hold up neither a cancel nor a question.
ANSWER_WITHIN_S = 3.0

# The news of an amend or a cancel follows its answer at once; only then the venue is asked.
_NEWS_WITHIN_S = 0.2


class VenueDesk:
    def __init__(
        self, oms: UnifiedOMS, adapter: ExternalAdapter, instruments: KnownInstruments
    ) -> None:
        self._oms = oms
        self._adapter = adapter
        self._submissions: AtWork[UnifiedOrder] = AtWork()
        self._cancels: AtWork[CancelOutcome] = AtWork()
        self._amends: AtWork[UnifiedOrder] = AtWork()
        self._amend_calls: AtWork[None] = AtWork()
        self.inquiry = Inquiry(
            oms, adapter, instruments, self._submission_answered, self._amend_calls.has
        )

    @property
    def venue(self) -> str:
        return self._adapter.venue

    async def submit(self, order_id: str, lease_token: int) -> UnifiedOrder:
        """Send the order if it may be sent, once; the order as it stands afterwards.

        Callers at the same time share one submission. Raises NoRoom or VenueUnreachable where it
        cannot be sent now; then it is still APPROVED.
        """
        return await self._submissions.shared(order_id, lambda: self._submit(order_id, lease_token))

    async def cancel(self, order_id: str) -> CancelOutcome:
        """Ask the venue to cancel; callers at the same time share one request."""
        return await self._cancels.shared(order_id, lambda: self._cancel(order_id))

    async def amend(self, order_id: str, lease_token: int) -> UnifiedOrder:
        """Send the amend of the order if it may be sent, once, and see it through: the order once
        its end is known. Callers at the same time share this.

        Raises VenueUnreachable, NoRoom or NotYetCertain while nothing certain can be said.
        """
        return await self._amends.shared(order_id, lambda: self._amend(order_id, lease_token))

    async def ask(self, order_id: str) -> UnifiedOrder:
        """See `Inquiry.ask`."""
        return await self.inquiry.ask(order_id)

    async def _submit(self, order_id: str, lease_token: int) -> UnifiedOrder:
        order = await self.inquiry.order(order_id)
        if order.status is not OrderStatus.APPROVED:
            return order
        # While it waits for its turn the order can still be canceled, stopped, or run out of time.
        refused = await self._adapter.ready_to_submit(order.at_venue)
        submission = await self._oms.begin_submission(order_id, lease_token)
        if not submission.send:
            return submission.order
        written = time.monotonic()
        outcome = refused or await self._send(submission.order, written)
        return await self._oms.apply(order_id, event_of(outcome), tell_workflow=True)

    async def _send(self, order: UnifiedOrder, written: float) -> SubmitOutcome:
        if time.monotonic() - written > SEND_AT_ONCE_S:
            return Unknown("the process stalled before the call, so it was not made")
        return await self._adapter.submit_order(order.at_venue)

    async def _cancel(self, order_id: str) -> CancelOutcome:
        # A cancel before its order would find nothing.
        answered = await self._submission_answered(order_id)
        order = await self.inquiry.order(order_id)
        if order.status.is_terminal or (answered and not order.status.is_working):
            return CancelRefused(f"the order is {order.status}")
        outcome = await self._adapter.cancel_order(order.at_venue)
        if isinstance(outcome, CancelRefused):
            await self._oms.apply(order_id, VenueRefusedCancel(outcome.reason))
        return outcome

    async def _amend(self, order_id: str, lease_token: int) -> UnifiedOrder:
        order = await self.inquiry.order(order_id)
        if order.amend_pending and order.amend_sent_at is None and not order.replacing:
            await self._adapter.ready_to_amend(order.at_venue)
        began = time.monotonic()
        begun = await self._oms.begin_amend(order_id, lease_token)
        if begun.order.replacing:
            return await self._replace_leg(begun.order)
        if begun.send:
            await self._amend_calls.shared(order_id, lambda: self._send_amend(begun.order, began))
            order = await self.inquiry.order(order_id)
        else:
            order = begun.order
        if order.amend_pending and not order.status.is_terminal:
            order = await self.ask(order_id)
        if order.amend_pending and not order.status.is_terminal:
            raise NotYetCertain(f"the venue does not say yet whether it took {order.amend_id}")
        return order

    async def _send_amend(self, order: UnifiedOrder, began: float) -> None:
        """Make the one call of an amend. `began` is earlier than the time that the row says."""
        assert order.amend_id is not None, "it was begun"
        if time.monotonic() - began > SEND_AT_ONCE_S:
            stalled = "the process stalled before the call, so it was not made"
            dropped = AmendDropped(order.amend_id, "stalled", stalled)
            await self._oms.apply(order.order_id, dropped, tell_workflow=True)
            return
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

    async def _submission_answered(self, order_id: str) -> bool:
        """Wait until no submission of the order is at work in this process; whether that is so.

        Not for ever: a call that hangs must not keep a cancel from the venue.
        """
        return await self._submissions.over(order_id, ANSWER_WITHIN_S)
