"""What TWS says of our orders, made into answers and news, in the order in which it was said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

from domain.order_events import (
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueTriggered,
)
from domain.outcomes import Rejected, Unknown
from venues.interactive_brokers.answers import Answers
from venues.interactive_brokers.codes import CANCELED, is_note
from venues.interactive_brokers.executions import trade_id
from venues.interactive_brokers.fills import Fills, is_ours
from venues.interactive_brokers.known_orders import (
    ACCEPTED,
    CANCELED_STATES,
    INACTIVE,
    KnownOrder,
    KnownOrders,
)
from venues.interactive_brokers.listings import Listings
from venues.interactive_brokers.messages import (
    CommissionSaid,
    ErrorSaid,
    ExecutionSaid,
    OrderSaid,
    StatusSaid,
)
from venues.interactive_brokers.missing import Missing
from venues.interactive_brokers.terms import has_own_trigger
from venues.port import FillNews, OrderNews, StreamRestored, VenueEvent

logger = logging.getLogger(__name__)

# An order that ends before it was accepted may have been refused: the error that says so comes
# within this time.
_REASON_S = 0.3


class Hearing:
    """`pull` is that of `Missing`; `cancel` cancels an order that TWS has told of."""

    def __init__(
        self,
        account_id: str,
        client_id: int,
        listings: Listings,
        pull: Callable[[datetime], Awaitable[bool]],
        cancel: Callable[[KnownOrder], Awaitable[object]],
    ) -> None:
        self.orders = KnownOrders(client_id)
        self.answers = Answers()
        self.fills = Fills(account_id, listings.name_of, self._tell_fill)
        self.missing = Missing(self.fills, pull)
        self._listings = listings
        self._cancel = cancel
        self._news: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._ends: dict[str, asyncio.Task[None]] = {}

    async def events(self) -> AsyncIterator[VenueEvent]:
        while True:
            yield await self._news.get()

    def restored(self) -> None:
        self._news.put_nowait(StreamRestored())

    async def stop(self) -> None:
        ends = list(self._ends.values())
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, self.missing.stop(), return_exceptions=True)

    # --- what TWS says ---

    def on_order(self, said: OrderSaid) -> None:
        """openOrder: terms and state."""
        known = self.orders.get(said.order_ref)
        before = known.terms if known is not None and known.quantity is not None else None
        order = self.orders.heard(said)
        if order is None:
            return
        if before is not None and order.terms != before and order.is_working:
            quantity, price, trigger = order.terms
            self._tell(order, VenueAmended(quantity, price, trigger))
        self.answers.has_terms(order.order_id, order.terms)
        self._follow(order)

    def on_status(self, said: StatusSaid) -> None:
        """orderStatus, which may repeat itself and may run ahead of the executions."""
        order = self.orders.heard_status(said)
        if order is not None:
            self._follow(order)

    def on_execution(self, said: ExecutionSaid) -> None:
        """execDetails, live or asked for, of whatever contract."""
        if not is_ours(said):
            return
        order = self.orders.get(said.order_ref)
        if order is not None:
            order.perm_id = order.perm_id or said.perm_id
            self._accept(order)
            self._trigger(order)
        latest = self.fills.add(said)
        if order is not None:
            order.traded[trade_id(said.exec_id)] = latest.quantity
        self.missing.notice_fill()

    def on_commission(self, said: CommissionSaid) -> None:
        """commissionReport: the fill that waited for it can be told."""
        self.fills.add_cost(said)

    def on_error(self, said: ErrorSaid) -> None:
        """error with the id of an order."""
        order = self.orders.of_id(said.request_id)
        name = order.ref if order is not None else f"order id {said.request_id}"
        if is_note(said.code):
            logger.info("IB, of %s: %s %s", name, said.code, said.text)
            return
        outcome = self.answers.error(said)
        if order is None:
            logger.warning("IB, of %s: %s %s", name, said.code, said.text)
            return
        order.reason = f"{said.code}: {said.text}"
        if isinstance(outcome, Rejected):
            order.refused = True
        elif outcome is None and said.code != CANCELED:
            # A refusal of a live order: perhaps it is gone, perhaps it stands. It must be asked
            # for, as after a gap in the stream.
            logger.warning("IB, of %s: %s", name, order.reason)
            self.restored()

    # --- what it means ---

    def _follow(self, order: KnownOrder) -> None:
        """The order's state as it is now."""
        if order.status in ACCEPTED:
            self._accept(order)
        if order.status == "Submitted" and order.is_conditional:
            traded = self._listings.of(order.con_id)
            if traded is not None and has_own_trigger(traded.instrument):
                self._trigger(order)
        if order.status in ("PendingCancel", *CANCELED_STATES):
            self.answers.canceling(order.order_id)
        if order.status in (*CANCELED_STATES, INACTIVE) and not order.told_end:
            self._end(order)
        self.missing.notice(order)

    def _accept(self, order: KnownOrder) -> None:
        if order.told_accepted or not order.perm_id:
            return
        order.told_accepted = True
        self.answers.accepted(order.order_id, order.perm_id)
        self._tell(order, VenueAccepted(str(order.perm_id)))

    def _trigger(self, order: KnownOrder) -> None:
        if order.is_conditional and not order.told_triggered:
            order.told_triggered = True
            self._tell(order, VenueTriggered())

    def _end(self, order: KnownOrder) -> None:
        """Tell the end once its reason and its executions are there."""
        at_work = self._ends.get(order.ref)
        if at_work is not None and not at_work.done():
            return
        task = asyncio.create_task(self._finish(order), name=f"end of {order.ref}")
        self._ends[order.ref] = task
        task.add_done_callback(lambda done: self._forget(order.ref, done))

    def _forget(self, ref: str, done: asyncio.Task[None]) -> None:
        if self._ends.get(ref) is done:
            del self._ends[ref]

    async def _finish(self, order: KnownOrder) -> None:
        if self.answers.awaits_submit(order.order_id):
            await asyncio.sleep(_REASON_S)
        if order.refused:
            order.told_end = True
            return
        if order.status == INACTIVE:
            await self._withdraw(order)
        if order.status not in CANCELED_STATES:
            return
        self._accept(order)
        if not order.reason:
            await asyncio.sleep(0)  # the 202 with the reason is in the same packet, behind
        await self.missing.found(order)
        if order.status not in CANCELED_STATES or order.told_end:
            return  # it came back to life, or somebody else told
        order.told_end = True
        reason = order.reason or "IB reports it as canceled"
        self._tell(order, VenueExpired(reason) if order.ends_by_itself else VenueCanceled(reason))

    async def _withdraw(self, order: KnownOrder) -> None:
        """TWS holds an order that does not work. IB has refused it, most often, but somebody can
        transmit it there later: only what is canceled has ended."""
        inactive = f"IB holds the order inactive. {order.reason}".strip()
        self.answers.submitted(order.order_id, Unknown(inactive))
        logger.warning("%s: %s", order.ref, inactive)
        await self._cancel(order)

    def _tell_fill(self, news: FillNews) -> None:
        self._news.put_nowait(news)

    def _tell(self, order: KnownOrder, event: object) -> None:
        self._news.put_nowait(OrderNews(order.ref, event))  # type: ignore[arg-type]
