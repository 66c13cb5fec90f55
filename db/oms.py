"""UnifiedOMS: every change of an order, each in one transaction under the order's row lock.

The decisions are pure functions of `domain`; here they get the row and their answer is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import asyncpg

from db.admission_facts import BEGIN_UNDER_RISK_LOCK, read_facts
from db.amends import LOCKED_BY_OWNER, Amends
from db.bookings import Bookings
from db.order_folding import fold, locked
from db.order_writes import (
    CANCELS_CHANNEL,
    SUBMITS_CHANNEL,
    insert_order,
    update_order,
)
from db.pool import transaction
from db.records import order_of
from domain.admission import OrderAdmission
from domain.capabilities import Capabilities
from domain.errors import LeaseLost, OrderFinished, UnknownOrder
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
        hold under concurrency: the risk lock orders all admissions.
        """
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        candidates = admission.candidates(request, instruments, capabilities)
        try:
            async with transaction(self._pool, BEGIN_UNDER_RISK_LOCK) as connection:
                facts = await read_facts(
                    connection,
                    request.strategy_id,
                    [c.instrument_id for c in candidates],
                    admission.par_currencies,
                )
                opening = admission.decide(request, received_at, candidates, facts, capabilities)
                await insert_order(connection, opening.order, opening.events, offer=offer)
                return opening.order
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
        async with transaction(self._pool) as connection:
            order, now = await locked(connection, order_id)
            if of_leg not in (None, order.venue_client_id):
                return order
            changed, links = fold(order, (event,), now)
            if links:
                next_leg = isinstance(event, LegReplaced) and changed.status is OrderStatus.APPROVED
                await update_order(
                    connection,
                    changed,
                    links,
                    tell_workflow=tell_workflow,
                    nudge=SUBMITS_CHANNEL if next_leg else None,
                )
            return changed

    async def begin_submission(self, order_id: str, lease_token: int) -> Submission:
        """Write SUBMITTING before the venue is called, or end the order unsent.

        Whatever else the answer says, only `send=True` allows the call. Raises LeaseLost if this
        process does not own the venue account, UnknownOrder.
        """
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(LOCKED_BY_OWNER, order_id, lease_token)
            if row is None:
                raise UnknownOrder(order_id)
            order = order_of(row)
            if not row["owned"]:
                raise LeaseLost(f"another process owns the account {order.account_id}")
            event = next_step(order, row["now"], trading=row["trading"])
            if event is None:
                return Submission(order, send=False)
            changed, links = fold(order, (event,), row["now"])
            await update_order(connection, changed, links)
            return Submission(changed, send=isinstance(event, SubmissionStarted))

    async def end_if_unsent(self, order_id: str, *, abort: bool = False) -> UnifiedOrder:
        """End an order that was not sent and must not be any more; else leave it as it is.

        `abort`: an operator wants it ended although it still might be sent.
        """
        async with transaction(self._pool) as connection:
            order, now = await locked(connection, order_id)
            event = unsent_end(order, now)
            if event is None and abort and order.status is OrderStatus.APPROVED:
                event = EndedUnsent("aborted_unsent", "aborted by an operator before it was sent")
            if event is None:
                return order
            changed, links = fold(order, (event,), now)
            await update_order(connection, changed, links)
            return changed

    async def request_cancel(self, order_id: str, by: str) -> UnifiedOrder:
        """Record the wish and nudge the venue's worker; an order not yet sent ends at once.

        Asking again nudges again. Raises UnknownOrder, OrderFinished.
        """
        async with transaction(self._pool) as connection:
            order, now = await locked(connection, order_id)
            if order.status.is_terminal:
                raise OrderFinished(order_id, order.status)
            changed, links = fold(order, (CancelRequested(by, now),), now)
            ending = unsent_end(changed, now)
            if ending is not None:
                changed, more = fold(changed, (ending,), now)
                links += more
            await update_order(
                connection,
                changed,
                links,
                tell_workflow=True,  # it sees the cancel through, whatever becomes of the nudges
                nudge=None if changed.status.is_terminal else CANCELS_CHANNEL,
            )
            return changed
