"""Reconciliation: make our book of one account equal its venue's, at the start of its worker, after
each gap in its stream, and now and then without one, because a healthy stream can drop news too.

Executions are pulled from where the last complete pull ended, however old the open orders are. Then
the venue's list of open orders is held against ours, in both directions; at last, what is held in
instruments that have expired is closed as the venue closed it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from activities.inquiry import Inquiry, NotYetCertain
from db.deliveries import Deliveries
from db.leases import VenueLeases
from db.oms import UnifiedOMS
from db.pool import DATABASE_AWAY
from domain.identifiers import order_id_of_venue_client_id
from domain.order_events import FoundOpen
from domain.orders import UnifiedOrder
from venues.port import ExternalAdapter, OrderReport, VenueUnreachable

logger = logging.getLogger(__name__)

# Venues list an execution somewhat after it happened. How far back is looked for one that is late:
# in routine so little that a busy account is not asked for the same thousands again and again, and
# after a gap or a start, which are rare, with time to spare.
ROUTINE_OVERLAP = timedelta(seconds=30)
OVERLAP = timedelta(minutes=10)

# What changed here so shortly before the list was asked for may not be in it yet.
_SETTLED = timedelta(seconds=10)

_UNCERTAIN_RETRY_S = 5.0
_RETRY_S = 0.25
_RETRY_MAX_S = 5.0
_UNREACHABLE_MAX = 3


class Reconciliation:
    def __init__(
        self,
        adapter: ExternalAdapter,
        inquiry: Inquiry,
        oms: UnifiedOMS,
        leases: VenueLeases,
        deliveries: Deliveries,
    ) -> None:
        self._adapter = adapter
        self._inquiry = inquiry
        self._oms = oms
        self._leases = leases
        self._deliveries = deliveries
        self._gap = asyncio.Event()

    def missed_something(self) -> None:
        """The stream was away."""
        self._gap.set()

    async def keep(self, every_s: float) -> None:
        """Catch up after every gap, and `every_s` seconds after the last time, for ever."""
        wait_s, retry_s = every_s, _RETRY_S
        while True:
            overlap = OVERLAP
            try:
                async with asyncio.timeout(wait_s):
                    await self._gap.wait()
            except TimeoutError:
                overlap = ROUTINE_OVERLAP
            self._gap.clear()
            try:
                certain = await self.catch_up(overlap)
            except (VenueUnreachable, *DATABASE_AWAY) as error:
                logger.warning("cannot catch up with %s yet: %s", self._adapter.venue, error)
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, _RETRY_MAX_S)
                self._gap.set()
                continue
            retry_s = _RETRY_S
            wait_s = every_s if certain else min(every_s, _UNCERTAIN_RETRY_S)

    async def catch_up(self, overlap: timedelta = OVERLAP) -> bool:
        """Pull what the venue knows, executions from `overlap` before the end of the last pull;
        whether all of it is certain now. Raises VenueUnreachable."""
        began = datetime.now(UTC)
        await self._inquiry.book_fills_since(await self._since(began) - overlap)
        await self._leases.note_pulled(self._adapter.account_id, began)
        live = await self._oms.live_orders(self._adapter.account_id)
        asked_at = datetime.now(UTC)
        listed = {report.venue_client_id: report for report in await self._adapter.open_orders()}
        doubtful = [order for order in live if _is_doubtful(order, listed)]
        certain = await self._ask_for(doubtful)
        present = {order.venue_client_id for order in live}
        strays = [report for name, report in listed.items() if name not in present]
        await self._look_at(strays, asked_at)
        await self._book_deliveries()
        return certain

    async def _since(self, now: datetime) -> datetime:
        pulled = await self._leases.pulled_until(self._adapter.account_id)
        if pulled is None:  # the first time: from the oldest order that lives
            live = await self._oms.live_orders(self._adapter.account_id)
            pulled = min([now, *_submission_times(live)])
        return pulled

    async def _book_deliveries(self) -> None:
        """Positions end with their instruments, and no trade says so."""
        account_id = self._adapter.account_id
        awaited = await self._deliveries.awaited(account_id)
        for delivery in await self._adapter.deliveries(awaited) if awaited else ():
            order = await self._deliveries.book(account_id, delivery)
            if order is not None:
                logger.info("%s was delivered: %s", delivery.instrument_id, order.order_id)

    async def _ask_for(self, orders: Sequence[UnifiedOrder]) -> bool:
        """Ask for each; one that cannot be asked for keeps no other from its turn.

        Whether all is certain. Raises VenueUnreachable, at the end or when it is the venue's fault.
        """
        certain, unreachable, in_a_row = True, None, 0
        for order in orders:
            try:
                await self._inquiry.ask(order.order_id)
                in_a_row = 0
            except NotYetCertain as error:
                logger.warning("%s: %s", order.order_id, error)
                certain, in_a_row = False, 0
            except VenueUnreachable as error:
                logger.warning("%s: %s", order.order_id, error)
                unreachable, in_a_row = error, in_a_row + 1
                if in_a_row == _UNREACHABLE_MAX:
                    break
        if unreachable is not None:
            raise unreachable
        return certain

    async def _look_at(self, strays: Sequence[OrderReport], asked_at: datetime) -> None:
        """Orders that the venue has open and we have not: ours that were taken for dead, or legs
        that were taken for replaced. What others placed on the account is none of our business."""
        named = {
            report.venue_client_id: order_id
            for report in strays
            if (order_id := order_id_of_venue_client_id(report.venue_client_id)) is not None
        }
        if not named:
            return
        orders = {o.order_id: o for o in await self._oms.orders_by_id(list(named.values()))}
        for report in strays:
            order = orders.get(named.get(report.venue_client_id, ""))
            if order is None:
                if report.venue_client_id in named:
                    name = report.venue_client_id
                    logger.error("%s has %s open, which we do not know", self._adapter.venue, name)
            elif asked_at - order.updated_at >= _SETTLED:
                await self._found_open(order, report)

    async def _found_open(self, order: UnifiedOrder, report: OrderReport) -> None:
        name = report.venue_client_id
        if order.venue_client_id != name:
            leg = f"leg {name} is still open at {self._adapter.venue}; cancel it there"
            await self._inquiry.contradict(order.order_id, leg)
        elif order.status.is_terminal:
            logger.error("%s has %s open, it was %s here", order.venue, name, order.status)
            await self._inquiry.hear(order.order_id, FoundOpen(report.venue_order_id), name)


def _is_doubtful(order: UnifiedOrder, listed: dict[str, OrderReport]) -> bool:
    """Whether the venue must be asked for the order: its list does not say all that we want."""
    if order.submitted_at is None:
        return False  # not sent, so not to be found
    report = listed.get(order.venue_client_id)
    if report is None or not order.status.is_working or order.amend_pending:
        return True
    return report.filled_qty > order.at_venue.filled_qty or report.contradiction is not None


def _submission_times(orders: Iterable[UnifiedOrder]) -> list[datetime]:
    return [order.submitted_at for order in orders if order.submitted_at is not None]
