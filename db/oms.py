"""UnifiedOMS: every change of an order, each by one statement over what was read.

The decisions are pure functions of `domain`; here they get the row and their answer is stored, if
the row is still the same. Else somebody was quicker, and it is decided anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import asyncpg

from db.admission_facts import read_facts
from db.amends import Amends
from db.bookings import Bookings
from db.order_folding import fold, read
from db.order_writes import (
    CANCELS_CHANNEL,
    SUBMITS_CHANNEL,
    Guard,
    change_order,
    open_order,
)
from db.pool import LostUpdate, Pool, until_written
from domain.admission import OrderAdmission
from domain.capabilities import Capabilities
from domain.errors import OrderFinished
from domain.identifiers import order_id_for
from domain.instruments import Instrument
from domain.order_events import (
    CancelRequested,
    EndedUnsent,
    LegReplaced,
    OrderEvent,
    SubmissionStarted,
)
from domain.orders import OrderRequest, OrderStatus, UnifiedOrder
from domain.submission import next_step, unsent_end


@dataclass(frozen=True, slots=True)
class Submission:
    """`send` is True exactly once per permission: the caller must now call the venue."""

    order: UnifiedOrder
    send: bool


class UnifiedOMS(Amends, Bookings):
    """One OMS over all venues."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        # Those of this process need not find out by losing that they come at the same time.
        self._one_at_a_time = asyncio.Lock()

    async def admit(
        self,
        request: OrderRequest,
        received_at: datetime,
        admission: OrderAdmission,
        instruments: Sequence[Instrument],
        capabilities: Mapping[str, Capabilities] = MappingProxyType({}),
        *,
        offer: bool = True,
    ) -> UnifiedOrder:
        """Record the request with its route and its risk decision; the same request again is read.

        `offer`: an approved order is offered to its venue's worker by notification, once. Limits
        hold under concurrency: the risk clock orders all admissions, of all processes.
        """
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        candidates = admission.candidates(request, instruments, capabilities)

        async def attempt() -> UnifiedOrder:
            facts = await read_facts(
                self._pool,
                request.strategy_id,
                [c.instrument_id for c in candidates],
                admission.par_currencies,
            )
            opening = admission.decide(request, received_at, candidates, facts, capabilities)
            if not await open_order(
                self._pool, opening.order, opening.events, turn=facts.turn, offer=offer
            ):
                raise LostUpdate(f"somebody was admitted while {order_id} was decided on")
            return opening.order

        try:
            async with self._one_at_a_time:
                return await until_written(attempt)
        except asyncpg.UniqueViolationError:
            known = await self.order(order_id)
            if known is None:
                raise
            return known

    async def apply(
        self,
        order_id: str,
        event: OrderEvent,
        *,
        tell_workflow: bool = False,
        of_leg: str | None = None,
    ) -> UnifiedOrder:
        """Fold one event into the order; old news changes nothing. Raises UnknownOrder.

        `of_leg` is the venue client id that the event is about: of an earlier leg it is old news.
        """

        async def attempt() -> UnifiedOrder:
            order, now = await read(self._pool, order_id)
            if of_leg not in (None, order.venue_client_id):
                return order
            changed, links = fold(order, (event,), now)
            next_leg = isinstance(event, LegReplaced) and changed.status is OrderStatus.APPROVED
            if links and not await change_order(
                self._pool,
                order,
                changed,
                links,
                tell_workflow=tell_workflow,
                nudge=SUBMITS_CHANNEL if next_leg else None,
            ):
                raise LostUpdate(order_id)
            return changed

        return await until_written(attempt)

    async def begin_submission(self, order_id: str, lease_token: int) -> Submission:
        """Write SUBMITTING before the venue is called, or end the order unsent.

        Whatever else the answer says, only `send=True` allows the call. Raises LeaseLost if this
        process does not own the venue account, UnknownOrder.
        """

        async def attempt() -> Submission:
            order, facts = await self._owned(order_id, lease_token)
            event = next_step(order, facts["now"], trading=facts["trading"])
            if event is None:
                return Submission(order, send=False)
            send = isinstance(event, SubmissionStarted)
            guard = Guard(lease_token, while_trading=send, until=order.send_deadline)
            changed, links = fold(order, (event,), facts["now"])
            if not await change_order(
                self._pool, order, changed, links, guard=guard if send else None
            ):
                raise LostUpdate(order_id)
            return Submission(changed, send=send)

        return await until_written(attempt)

    async def end_if_unsent(self, order_id: str, *, abort: bool = False) -> UnifiedOrder:
        """End an order that was not sent and must not be any more; else leave it as it is.

        `abort`: an operator wants it ended although it still might be sent.
        """

        async def attempt() -> UnifiedOrder:
            order, now = await read(self._pool, order_id)
            event = unsent_end(order, now)
            if event is None and abort and order.status is OrderStatus.APPROVED:
                event = EndedUnsent("aborted_unsent", "aborted by an operator before it was sent")
            if event is None:
                return order
            changed, links = fold(order, (event,), now)
            if not await change_order(self._pool, order, changed, links):
                raise LostUpdate(order_id)
            return changed

        return await until_written(attempt)

    async def request_cancel(self, order_id: str, by: str) -> UnifiedOrder:
        """Record the wish and nudge the venue's worker; an order not yet sent ends at once.

        Asking again nudges again. Raises UnknownOrder, OrderFinished.
        """

        async def attempt() -> UnifiedOrder:
            order, now = await read(self._pool, order_id)
            if order.status.is_terminal:
                raise OrderFinished(order_id, order.status)
            changed, links = fold(order, (CancelRequested(by, now),), now)
            ending = unsent_end(changed, now)
            if ending is not None:
                changed, more = fold(changed, (ending,), now)
                links += more
            if not await change_order(
                self._pool,
                order,
                changed,
                links,
                tell_workflow=True,  # it sees the cancel through, whatever becomes of the nudges
                nudge=None if changed.status.is_terminal else CANCELS_CHANNEL,
            ):
                raise LostUpdate(order_id)
            return changed

        return await until_written(attempt)
