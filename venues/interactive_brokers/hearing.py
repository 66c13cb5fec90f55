"""What TWS says of our orders, made into answers and news, in the order in which it was said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

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
from venues.interactive_brokers.contracts import Traded
from venues.interactive_brokers.fills import Fills
from venues.interactive_brokers.known_orders import (
    ACCEPTED,
    CANCELED_STATES,
    KnownOrder,
    KnownOrders,
)
from venues.interactive_brokers.messages import (
    CommissionSaid,
    ErrorSaid,
    ExecutionSaid,
    OrderSaid,
    StatusSaid,
)
from venues.interactive_brokers.terms import has_own_trigger
from venues.port import FillNews, OrderNews, StreamRestored, VenueEvent

logger = logging.getLogger(__name__)

# An order that ends before it was accepted may have been refused: the error that says so comes
# within this time.
_REASON_S = 0.3
# How long the end of an order waits for executions that its status speaks of.
_EXECUTIONS_S = 10.0
_LOOK_AGAIN_S = 0.5


class Hearing:
    """`pull` asks IB for open orders and today's executions, which are heard like live ones; False
    if it could not ask."""

    def __init__(
        self, account_id: str, client_id: int, pull: Callable[[], Awaitable[bool]]
    ) -> None:
        self.orders = KnownOrders(client_id)
        self.answers = Answers()
        self.fills = Fills(account_id, self._tell_fill)
        self.traded: Mapping[int, Traded] = {}
        self.learning = False
        self._pull = pull
        self._news: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._ends: dict[str, asyncio.Task[None]] = {}
        self._missing: asyncio.Task[None] | None = None
        self._behind: set[str] = set()
        self._doubted = False

    async def events(self) -> AsyncIterator[VenueEvent]:
        while True:
            yield await self._news.get()

    def restored(self) -> None:
        self._news.put_nowait(StreamRestored())

    def doubt(self) -> None:
        """A submit has no answer: look whether IB has it, and whether it has traded."""
        self._doubted = True
        self._look_for_missing()

    async def stop(self) -> None:
        waiting = [*self._ends.values(), *([self._missing] if self._missing else [])]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

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
        """execDetails, live or asked for."""
        traded = self.traded.get(said.con_id)
        if traded is None or not self.fills.is_ours(said):
            return
        order = self.orders.get(said.order_ref)
        if order is not None:
            order.perm_id = order.perm_id or said.perm_id
            self._accept(order)
            self._trigger(order)
        if self.learning:
            self.fills.learn(said)
        else:
            self.fills.add(said, traded)
        if order is not None:
            order.traded[self.fills.trade_id(said)] = said.quantity
        if self.fills.is_waiting:
            self._look_for_missing()

    def on_commission(self, said: CommissionSaid) -> None:
        """commissionReport: the fill that waited for it can be told."""
        self.fills.add_commission(said)

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
            traded = self.traded.get(order.con_id)
            if traded is not None and has_own_trigger(traded.instrument):
                self._trigger(order)
        if order.status in ("PendingCancel", *CANCELED_STATES):
            self.answers.canceling(order.order_id)
        if order.status in (*CANCELED_STATES, "Inactive") and not order.told_end:
            self._end(order)
        if order.filled > order.executed:
            self._behind.add(order.ref)
            self._look_for_missing()

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
        if order.ref in self._ends:
            return
        task = asyncio.create_task(self._finish(order), name=f"end of {order.ref}")
        self._ends[order.ref] = task
        task.add_done_callback(lambda _: self._ends.pop(order.ref, None))

    async def _finish(self, order: KnownOrder) -> None:
        if self.answers.awaits_submit(order.order_id):
            await asyncio.sleep(_REASON_S)
        if order.refused:
            order.told_end = True
            return
        if order.status == "Inactive":
            # Not working, perhaps parked: IB has said no more, so the order must be asked for.
            inactive = f"IB holds the order inactive. {order.reason}".strip()
            self.answers.submitted(order.order_id, Unknown(inactive))
            return
        self._accept(order)
        if not order.reason:
            await asyncio.sleep(0)  # the 202 with the reason is in the same packet, behind
        await self._executions_of(order)
        if order.status not in CANCELED_STATES or order.told_end:
            return  # it came back to life, or somebody else told
        order.told_end = True
        reason = order.reason or "IB reports it as canceled"
        self._tell(order, VenueExpired(reason) if order.ends_by_itself else VenueCanceled(reason))

    async def _executions_of(self, order: KnownOrder) -> None:
        """Wait until all that the order's state speaks of has been handed on."""
        try:
            async with asyncio.timeout(_EXECUTIONS_S):
                while order.filled > order.executed or self.fills.holds(order.ref):
                    await self._pull()
                    await asyncio.sleep(_LOOK_AGAIN_S)
        except TimeoutError:
            logger.error(
                "IB says that %s of %s is filled; its executions say %s",
                *(order.filled, order.ref, order.executed),
            )

    def _look_for_missing(self) -> None:
        """A state without its execution, or one without its commission: ask, a little later."""
        if self._missing is None or self._missing.done():
            self._missing = asyncio.create_task(self._find_missing(), name="missing executions")

    async def _find_missing(self) -> None:
        tries = 0
        while tries < _EXECUTIONS_S / _LOOK_AGAIN_S:
            await asyncio.sleep(_LOOK_AGAIN_S)
            self._behind = {ref for ref in self._behind if self._is_behind(ref)}
            if not self._behind and not self.fills.is_waiting and not self._doubted:
                return
            if await self._pull():
                tries += 1
                self._doubted = False
        self._behind.clear()
        self.fills.tell_without_commission()

    def _is_behind(self, ref: str) -> bool:
        order = self.orders.get(ref)
        return order is not None and order.filled > order.executed

    def _tell_fill(self, news: FillNews) -> None:
        self._news.put_nowait(news)

    def _tell(self, order: KnownOrder, event: object) -> None:
        self._news.put_nowait(OrderNews(order.ref, event))  # type: ignore[arg-type]
