"""Orders, changes and cancels on their way to TWS. Nothing is sent twice; no answer is Unknown."""

from __future__ import annotations

import asyncio

from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.interactive_brokers.contracts import Traded
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.known_orders import KnownOrder
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.messages import Ticket
from venues.interactive_brokers.pacing import Turn
from venues.interactive_brokers.settings import Settings
from venues.interactive_brokers.tally import Tally
from venues.port import NoRoom, VenueUnreachable

_IDS_SKIPPED = 1000
_DUPLICATE_ID = "103"


class Commands:
    """Every command is bounded by `answer_s`; a cancel's wait for its place is part of that."""

    def __init__(self, settings: Settings, link: Link, hearing: Hearing) -> None:
        self._settings = settings
        self._link = link
        self._hearing = hearing
        self.tally = Tally()
        self._submitting: set[str] = set()

    async def room(self) -> None:
        """Wait for a command's place among the messages. Raises NoRoom, VenueUnreachable."""
        if not self._link.up.is_set():
            raise VenueUnreachable(f"{self._link.why_down}; nothing was sent.")
        try:
            async with asyncio.timeout(self._settings.answer_s):
                await self._link.pacing.turn(Turn.COMMAND)
        except TimeoutError:
            raise NoRoom("IB takes 50 messages a second; there was no place in time.") from None

    async def submit(self, traded: Traded, ticket: Ticket) -> SubmitOutcome:
        """Place the order, once and at once. `room` went before."""
        known = self._hearing.orders.get(ticket.order_ref)
        if known is not None and (known.told_accepted or known.perm_id):
            return Unknown("IB has had an order with this id; nothing was sent, ask for it.")
        if ticket.order_ref in self._submitting:
            return Unknown("a submit with this id is under way; nothing more was sent.")
        # Noted before the first wait: two callers must not both find nothing and both send.
        self._submitting.add(ticket.order_ref)
        try:
            outcome = await self._submit(traded, ticket)
        finally:
            self._submitting.discard(ticket.order_ref)
        self.tally.count(failed=isinstance(outcome, Unknown))
        if isinstance(outcome, Rejected) and outcome.code == _DUPLICATE_ID:
            # Somebody else counts with our client id, or the counter was set back: step over.
            self._link.tws.step_over(self._link.tws.next_id() + _IDS_SKIPPED)
        return outcome

    async def cancel(self, known: KnownOrder | None) -> CancelOutcome:
        """Cancel an order that TWS has told of."""
        if not self._link.up.is_set():
            return self._failed(Unknown(f"{self._link.why_down}; the cancel was not sent."))
        if known is None or not known.order_id:
            return CancelRefused("IB has no such working order.")
        if known.client_id != self._settings.client_id:
            return CancelRefused(
                f"IB lets only API client {known.client_id} cancel this order, which placed it; "
                "cancel it there, in TWS, or all orders at once."
            )
        known.cancel_asked = True
        answer = self._hearing.answers.expect_cancel(known.order_id)
        try:
            async with asyncio.timeout(self._settings.answer_s):
                await self._link.pacing.turn(Turn.CANCEL)
                if not self._link.up.is_set():
                    return self._failed(Unknown(f"{self._link.why_down}; the cancel was not sent."))
                self._link.tws.cancel(known.order_id)
                outcome = await asyncio.shield(answer)
        except TimeoutError:
            outcome = Unknown("IB gave no answer to the cancel in time.")
        finally:
            self._hearing.answers.forget_cancel(known.order_id)
        known.cancel_asked = not isinstance(outcome, CancelRefused)
        self.tally.count(failed=isinstance(outcome, Unknown))
        return outcome

    async def amend(self, known: KnownOrder | None, traded: Traded, ticket: Ticket) -> AmendOutcome:
        """Place the order again under its own id, with its new terms. `room` went before."""
        if not self._link.up.is_set():
            return self._failed(Unknown(f"{self._link.why_down}; the change was not sent."))
        if known is None or not known.order_id or not known.is_working:
            return AmendRefused("IB has no such working order.")
        if known.client_id != self._settings.client_id:
            return AmendRefused(f"IB lets only API client {known.client_id} change this order.")
        changed = KnownOrder(
            ref=known.ref,
            order_type=ticket.order_type,
            quantity=ticket.quantity,
            limit=ticket.limit,
            aux=ticket.aux,
        )
        answer = self._hearing.answers.expect_change(known.order_id, changed.terms)
        if answer is None:
            return AmendRefused("another change of this order is under way; nothing was sent.")
        try:
            async with asyncio.timeout(self._settings.answer_s):
                self._link.tws.place(known.order_id, traded.details.contract, ticket)
                outcome = await answer
        except TimeoutError:
            outcome = Unknown("IB gave no answer to the change in time.")
        finally:
            self._hearing.answers.forget_change(known.order_id)
        self.tally.count(failed=isinstance(outcome, Unknown))
        return outcome

    async def cancel_all(self) -> CancelOutcome:
        """The global cancel: every order of the login, whoever placed it. IB does not answer it;
        the end of each order is heard."""
        try:
            async with asyncio.timeout(self._settings.answer_s):
                await self._link.pacing.turn(Turn.CANCEL)
        except TimeoutError:
            return self._failed(Unknown("there was no place among the messages; nothing was sent."))
        if not self._link.up.is_set():
            return self._failed(Unknown(f"{self._link.why_down}; the cancel was not sent."))
        for order in self._hearing.orders:
            order.cancel_asked = order.cancel_asked or order.is_working
        self._link.tws.cancel_all()
        self.tally.count(failed=False)
        return CancelTaken()

    async def _submit(self, traded: Traded, ticket: Ticket) -> SubmitOutcome:
        link = self._link
        if not link.up.is_set():
            return Unknown(f"{link.why_down}; nothing was sent.")
        order_id = link.tws.next_id()
        self._hearing.orders.sending(order_id, ticket)
        answer = self._hearing.answers.expect_submit(order_id)
        try:
            link.tws.place(order_id, traded.details.contract, ticket)
            async with asyncio.timeout(self._settings.answer_s):
                done, _ = await asyncio.wait({answer}, timeout=self._settings.look_after_s)
                if not done:
                    self._hearing.missing.doubt()  # IB may have it, and its answer may be lost
                return await answer
        except TimeoutError:
            return Unknown("IB gave no answer in time.")
        finally:
            self._hearing.answers.forget_submit(order_id)

    def _failed(self, outcome: Unknown) -> Unknown:
        self.tally.count(failed=True)
        return outcome
