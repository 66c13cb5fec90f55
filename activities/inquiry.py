"""Inquiry: what a venue knows of our orders, asked for or told, and booked.

Every answer that changes an order goes through here, and every answer is worth what it proves and
not more: the pure functions that say how much are `domain.absence` and `activities.venue_words`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from activities.at_work import AtWork
from activities.venue_words import end_of_amend, ending_of
from db.known_instruments import KnownInstruments
from db.oms import UnifiedOMS
from domain.absence import absence
from domain.errors import OdumError, UnknownOrder
from domain.fills import Fill
from domain.order_events import (
    ContradictedByVenue,
    LegReplaced,
    OrderEvent,
    ProvenAbsent,
    VenueAccepted,
    VenueCanceled,
)
from domain.orders import OrderStatus, UnifiedOrder
from venues.port import ExternalAdapter, NotFound, OrderReport

logger = logging.getLogger(__name__)

# A new leg is sent as soon as the one before has ended, or not at all.
_LEG_SENT_WITHIN = timedelta(seconds=10)

# An adapter answers or gives up within some seconds; one that hangs must not hang all who ask.
_ANSWER_WITHIN_S = 20.0

_OVERLAP = timedelta(seconds=5)

# What was traded before has been pulled long since, most probably: an order may be weeks old.
_RECENTLY = timedelta(minutes=10)

# A venue's list of trades may lag behind its list of orders, but not for so long.
_TRADES_FOLLOW_WITHIN = timedelta(seconds=10)


class NotYetCertain(OdumError):
    """The venue's answer proves nothing yet; ask again."""

    code = "not_yet_certain"
    status = 503
    retryable = True


class NotOurAccount(OdumError):
    """The order is of an account that this process does not trade: its venue cannot be asked here.

    The profile names another account of the venue than it did when the order was sent.
    """

    code = "not_our_account"
    status = 503
    retryable = True

    def __init__(self, order: UnifiedOrder, served: str) -> None:
        super().__init__(
            f"Order {order.order_id} is of the account {order.account_id!r}, and {served!r} is "
            f"served here; serve that account again until its orders have ended."
        )


class Inquiry:
    def __init__(
        self,
        oms: UnifiedOMS,
        adapter: ExternalAdapter,
        instruments: KnownInstruments,
        submission_answered: Callable[[str], Awaitable[bool]],
        amend_at_work: Callable[[str], bool],
    ) -> None:
        """`submission_answered` waits, for a bounded time, for a call that sends the order, and
        says whether there is none at work any more. `amend_at_work` says whether a call is that
        amends it."""
        self._oms = oms
        self._adapter = adapter
        self._instruments = instruments
        self._submission_answered = submission_answered
        self._amend_at_work = amend_at_work
        self._asking: AtWork[UnifiedOrder] = AtWork()
        # Fills that the venue counts and does not show: how many it counts, and since when.
        self._unshown: dict[str, tuple[Decimal, datetime]] = {}

    async def order(self, order_id: str) -> UnifiedOrder:
        """The order, if its account is served here. Raises UnknownOrder, NotOurAccount."""
        order = await self._oms.order(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        if order.account_id != self._adapter.account_id:
            raise NotOurAccount(order, self._adapter.account_id)
        return order

    async def ask(self, order_id: str) -> UnifiedOrder:
        """Ask the venue what became of the order, book the answer, and give the order after it.

        Callers at the same time share one question. Raises VenueUnreachable or NotYetCertain while
        nothing certain can be said.
        """
        return await self._asking.shared(order_id, lambda: self._ask(order_id))

    async def book(self, fill: Fill) -> UnifiedOrder | None:
        """Book one fill; None if it was booked before or cannot be booked."""
        instrument = await self._instruments.named(fill.instrument_id)
        try:
            if instrument is not None:
                return await self._oms.book_fill(fill, instrument)
            reason = f"fill {fill.trade_id} is in {fill.instrument_id}, which no venue ever offered"
            await self.contradict(fill.order_id, f"{reason}; it is not booked")
        except UnknownOrder:
            logger.error("fill %s is of %s, which we do not know", fill.trade_id, fill.order_id)
        return None

    async def book_fills_since(self, since: datetime) -> int:
        """Pull the venue's executions and book those that we missed; how many those were."""
        missed = await self._oms.unbooked(await self._adapter.fills_since(since))
        booked = [fill for fill in missed if await self.book(fill) is not None]
        return len(booked)

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

    async def contradict(self, order_id: str, reason: str) -> None:
        """Put the order before a person. Raises UnknownOrder."""
        logger.error("%s: %s", order_id, reason)
        await self._oms.apply(order_id, ContradictedByVenue(reason), tell_workflow=True)

    async def _ask(self, order_id: str) -> UnifiedOrder:
        answered = await self._submission_answered(order_id)
        order = await self.order(order_id)
        if order.status.is_terminal or order.status is OrderStatus.APPROVED:
            return order
        asked_at = datetime.now(UTC)
        amend_at_work = self._amend_at_work(order_id)
        answer = await self._answer(order)
        if isinstance(answer, NotFound):
            if not answered:
                raise NotYetCertain("not found, but the call that sends it has not returned yet")
            return await self._absent(order, answer, asked_at)
        # A call that is still at work may reach the venue however long ago it was begun.
        horizon = self._adapter.capabilities.visibility_horizon
        arrived_before = None if amend_at_work else asked_at - horizon
        return await self._absorb(order, answer, asked_at, arrived_before)

    async def _answer(self, order: UnifiedOrder) -> OrderReport | NotFound:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                return await self._adapter.find_by_client_id(order.at_venue)
        except TimeoutError:
            raise NotYetCertain(f"{order.venue} has not answered yet") from None

    async def _absent(
        self, order: UnifiedOrder, answer: NotFound, asked_at: datetime
    ) -> UnifiedOrder:
        """Not found: an order in doubt is absent, a confirmed one is a riddle for a person."""
        event = absence(
            order,
            answer.reason,
            asked_at=asked_at,
            horizon=self._adapter.capabilities.visibility_horizon,
            records_since=answer.records_since,
        )
        if event is None:
            raise NotYetCertain(f"not found yet, and may still appear: {answer.reason}")
        after = await self._oms.apply(order.order_id, event)
        if isinstance(event, ProvenAbsent):
            return after
        raise NotYetCertain(
            f"the venue does not find the {order.status} order {order.order_id}: {event.reason}"
        )

    async def _absorb(
        self,
        order: UnifiedOrder,
        report: OrderReport,
        asked_at: datetime,
        arrived_before: datetime | None,
    ) -> UnifiedOrder:
        """Make the order what the venue reports of its leg: confirmed, filled, amended, ended."""
        if report.contradiction is not None:
            await self.contradict(order.order_id, report.contradiction)
        order = await self._learn(order, VenueAccepted(report.venue_order_id))
        order = await self._filled_as(order, report, asked_at)
        amend = end_of_amend(order, report, arrived_before)
        if amend is not None:
            order = await self._learn(order, amend)
        ending = ending_of(report)
        if isinstance(ending, VenueCanceled) and order.replacing:
            ending = LegReplaced(order.venue_client_id, datetime.now(UTC) + _LEG_SENT_WITHIN)
        if ending is not None:
            order = await self._learn(order, ending)
        return order

    async def _filled_as(
        self, order: UnifiedOrder, report: OrderReport, asked_at: datetime
    ) -> UnifiedOrder:
        """Book the fills that the report counts and we lack. Raises NotYetCertain while the venue's
        trades do not show them; if they never do, a person is told."""
        order_id = order.order_id
        sent_at = (order.submitted_at or order.created_at) - _OVERLAP
        for since in (max(sent_at, asked_at - _RECENTLY), sent_at):
            if report.filled_qty > order.at_venue.filled_qty:
                await self.book_fills_since(since)
                order = await self.order(order_id)
        booked = order.at_venue.filled_qty
        if report.filled_qty <= booked:
            self._unshown.pop(order_id, None)
            return order
        said = f"the venue says {report.filled_qty} filled, its trades say {booked}"
        counted, since = self._unshown.get(order_id, (None, asked_at))
        if counted != report.filled_qty:
            self._unshown[order_id] = (report.filled_qty, asked_at)
        elif asked_at - since >= _TRADES_FOLLOW_WITHIN:
            await self.contradict(order_id, f"{said}: book the rest from its statement")
        raise NotYetCertain(said)

    async def _learn(self, order: UnifiedOrder, event: OrderEvent) -> UnifiedOrder:
        """Book what the venue says of the leg that the order had when it was asked."""
        return await self._oms.apply(
            order.order_id, event, tell_workflow=True, of_leg=order.venue_client_id
        )
