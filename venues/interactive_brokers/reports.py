"""IB's lists put together: what it knows of an order, of all orders, of fills, cash and positions.

An order can be in three places: open, completed, or only in the executions of the day. It is absent
when all three have answered without it, if it was sent today: the lists of yesterday are gone.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from venues.interactive_brokers.executions import as_corrected
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.known_orders import INACTIVE, KnownOrder, KnownOrders
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.listings import Listings
from venues.interactive_brokers.messages import (
    AccountValue,
    ExecutionSaid,
    OrderSaid,
    PositionSaid,
    StatusSaid,
)
from venues.interactive_brokers.questions import Refused
from venues.port import Balance, NotFound, OrderReport, PositionReport

logger = logging.getLogger(__name__)

_CASH_TAGS = "AvailableFunds,$LEDGER:ALL"
_ALL_CURRENCIES = "BASE"

# IB's times are whole seconds.
_SECOND = timedelta(seconds=1)

# What an order traded is never before it was sent, but IB's clock need not be ours.
_CLOCKS_DIFFER = timedelta(minutes=10)


class Reports:
    """All raise VenueUnreachable where TWS gives no usable answer."""

    def __init__(self, link: Link, listings: Listings, hearing: Hearing) -> None:
        self._link = link
        self._listings = listings
        self._hearing = hearing
        self.account = ""
        # Whether TWS takes a time from which it is to tell executions; very old ones do not.
        self._selects = True

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """Completed orders are asked for last: an order that ends meanwhile moves there."""
        ref = order.venue_client_id
        open_order = (await self._open()).get(ref)
        if open_order is not None:
            status = open_order.report_status()
            if open_order.status == INACTIVE:
                status = open_order.working_status()
            return self._report(open_order, order.instrument_id, status)
        since = (order.submitted_at or order.created_at) - _CLOCKS_DIFFER
        executed = [said for said in await self.executions(since) if said.order_ref == ref]
        filled = sum((said.quantity for said in as_corrected(executed)), Decimal(0))
        completed = (await self._completed()).get(ref)
        if completed is not None:
            completed.cancel_asked = order.cancel_requested_at is not None
            completed.filled = max(completed.filled, filled)
            return self._report(completed, order.instrument_id, completed.report_status())
        if executed:
            complete = filled >= order.quantity
            return OrderReport(
                venue_client_id=ref,
                venue_order_id=str(executed[-1].perm_id),
                instrument_id=order.instrument_id,
                status=OrderStatus.FILLED if complete else OrderStatus.PARTIALLY_FILLED,
                filled_qty=filled,
            )
        return NotFound(
            "IB has it neither open nor completed, and no execution of it",
            records_since=self._link.tws.day_began(datetime.now(UTC)),
        )

    async def open_orders(self) -> Sequence[OrderReport]:
        """Working orders of ours; what others placed has no id that we could say."""
        return [
            self._report(order, self._listings.name_of(order), order.report_status())
            for order in await self._open()
            if order.is_working
        ]

    async def working(self, instrument_id: str) -> list[OrderSaid]:
        """Every working order in an instrument, ours or not."""
        said = await self._link.ask("open orders", self._link.tws.ask_open_orders)
        return [
            order
            for order in said
            if isinstance(order, OrderSaid) and self._listings.name_of(order) == instrument_id
        ]

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        """IB tells of today alone (since midnight where TWS is set to that, at most a week).

        Where the connection was away since then, all of it is given: an old execution may have been
        corrected, or been told its commission, while nobody listened. One whose commission is still
        awaited is left out: it is told as an event.
        """
        up_since = self._link.up_since
        missed_nothing = up_since is not None and since >= up_since
        said = await self.executions(since if missed_nothing else None)
        return self._hearing.fills.of(said)

    async def executions(self, since: datetime | None = None) -> list[ExecutionSaid]:
        """The account's executions of today, those since then where IB can tell them apart. Their
        commissions follow behind the list, and have come too when this returns."""
        said = await self._executions(since if self._selects else None)
        if said:
            await self._link.caught_up()
        return said

    async def _executions(self, since: datetime | None) -> list[ExecutionSaid]:
        tws = self._link.tws
        request_id = tws.next_id() if tws.is_ready else -1
        from_second = None if since is None else self._second_there(since)
        try:
            return await self._link.ask(
                request_id, lambda: tws.ask_executions(request_id, self.account, from_second)
            )
        except Refused as error:
            if since is None:
                raise
            logger.warning("executions are asked for by the day from now on: %s", error)
            self._selects = False
            return await self._executions(None)

    def _second_there(self, since: datetime) -> datetime:
        """A second that TWS's clock shows no later than then. Where ours is ahead, what trades now
        is told with a time that has passed here."""
        return since - self._link.ahead - _SECOND

    async def positions(self) -> Sequence[PositionReport]:
        said: list[PositionSaid] = await self._link.ask("positions", self._link.tws.ask_positions)
        held = {one.con_id: one for one in said if one.account == self.account}
        named = [(self._listings.name_of(one), one.quantity) for one in held.values()]
        return [
            PositionReport(name, quantity)
            for name, quantity in named
            if quantity and self._listings.is_named(name)
        ]

    async def balances(self) -> Sequence[Balance]:
        """Cash by currency. IB margins the account as a whole: what is free of the base currency is
        AvailableFunds, where that is less than the cash."""
        request_id = self._link.tws.next_id() if self._link.tws.is_ready else -1
        ask = self._link.tws.ask_account
        said: list[AccountValue] = await self._link.ask(
            request_id, lambda: ask(request_id, _CASH_TAGS)
        )
        self._link.tws.leave_account(request_id)
        mine = [one for one in said if one.account == self.account]
        available = {
            one.currency: Decimal(one.value) for one in mine if one.tag == "AvailableFunds"
        }
        return [
            _balance(one.currency, Decimal(one.value), available)
            for one in mine
            if one.tag == "CashBalance" and one.currency != _ALL_CURRENCIES
        ]

    async def _open(self) -> KnownOrders:
        said = await self._link.ask("open orders", self._link.tws.ask_open_orders)
        return _gathered(said)

    async def _completed(self) -> KnownOrders:
        said = await self._link.ask("completed orders", self._link.tws.ask_completed_orders)
        return _gathered(said)

    def _report(self, order: KnownOrder, instrument_id: str, status: OrderStatus) -> OrderReport:
        return OrderReport(
            venue_client_id=order.ref,
            venue_order_id=str(order.perm_id),
            instrument_id=instrument_id,
            status=status,
            filled_qty=order.filled,
            # TWS tells completed orders with a quantity of zero; it is no term of any order.
            quantity=order.quantity or None,
            price=order.price,
            trigger_price=order.trigger_price,
        )


def _gathered(said: Sequence[OrderSaid | StatusSaid]) -> KnownOrders:
    """The orders of one list, each with its state."""
    orders = KnownOrders(client_id=-1)
    for one in said:
        if isinstance(one, OrderSaid):
            orders.heard(one)
        else:
            orders.heard_status(one)
    return orders


def _balance(currency: str, cash: Decimal, available: dict[str, Decimal]) -> Balance:
    free = min(cash, available.get(currency, cash))
    return Balance(currency, total=cash, free=free)
