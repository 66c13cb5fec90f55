"""IB's lists put together: what it knows of an order, of all orders, of fills, cash and positions.

An order can be in three places: open, completed, or only in the executions of the day. It is absent
when all three have answered without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from venues.interactive_brokers.executions import trade_id
from venues.interactive_brokers.fills import chronological
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.known_orders import KnownOrder, KnownOrders
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.listings import Listings
from venues.interactive_brokers.messages import (
    AccountValue,
    ExecutionSaid,
    OrderSaid,
    PositionSaid,
    StatusSaid,
)
from venues.port import Balance, NotFound, OrderReport, PositionReport

_CASH_TAGS = "AvailableFunds,$LEDGER:ALL"
_ALL_CURRENCIES = "BASE"


class Reports:
    """All raise VenueUnreachable where TWS gives no usable answer."""

    def __init__(self, link: Link, listings: Listings, hearing: Hearing) -> None:
        self._link = link
        self._listings = listings
        self._hearing = hearing
        self.account = ""

    async def find(self, order: UnifiedOrder) -> OrderReport | NotFound:
        """Completed orders are asked for last: an order that ends meanwhile moves there."""
        ref = order.venue_client_id
        open_order = (await self._open()).get(ref)
        if open_order is not None:
            return self._report(open_order, order.instrument_id)
        executed = [said for said in await self.executions() if said.order_ref == ref]
        completed = (await self._completed()).get(ref)
        if completed is not None:
            completed.cancel_asked = order.cancel_requested_at is not None
            completed.filled = max(completed.filled, _sum(executed))
            return self._report(completed, order.instrument_id)
        if executed:
            filled = _sum(executed)
            complete = filled >= order.quantity
            return OrderReport(
                venue_client_id=ref,
                venue_order_id=str(executed[-1].perm_id),
                instrument_id=order.instrument_id,
                status=OrderStatus.FILLED if complete else OrderStatus.PARTIALLY_FILLED,
                filled_qty=filled,
            )
        return NotFound("IB has it neither open nor completed, and no execution of it.")

    async def open_orders(self) -> Sequence[OrderReport]:
        """Working orders of ours; what others placed has no id that we could say."""
        reports = []
        for order in await self._open():
            traded = self._listings.by_con_id.get(order.con_id)
            if order.is_working and traded is not None:
                reports.append(self._report(order, traded.instrument_id))
        return reports

    async def working(self, instrument_id: str) -> list[OrderSaid]:
        """Every working order in an instrument, ours or not."""
        said = await self._link.ask("open orders", self._link.tws.ask_open_orders)
        traded = self._listings.by_con_id
        return [
            order
            for order in said
            if isinstance(order, OrderSaid)
            and order.con_id in traded
            and traded[order.con_id].instrument_id == instrument_id
        ]

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        """IB tells of today alone (since midnight where TWS is set to that, at most a week).

        An execution whose commission IB has not told yet is left out: it is told as an event, and
        the next question has it.
        """
        said = await self.executions()
        found = []
        for one in {trade_id(said.exec_id): said for said in said}.values():
            traded = self._listings.by_con_id.get(one.con_id)
            if traded is None or not self._hearing.fills.is_ours(one):
                continue
            fill = self._hearing.fills.fill(one, traded)
            if fill is not None:
                found.append(fill)
        return chronological(found, since)

    async def executions(self) -> list[ExecutionSaid]:
        """Today's executions of the account. Their commissions follow behind the list, so the time
        is asked for too: when that has come, they have."""
        request_id = self._link.tws.next_id() if self._link.tws.is_ready else -1
        ask = self._link.tws.ask_executions
        said = await self._link.ask(request_id, lambda: ask(request_id, self.account))
        if said:
            await self._link.ask("time", self._link.tws.ask_time)
        return list(said)

    async def positions(self) -> Sequence[PositionReport]:
        said: list[PositionSaid] = await self._link.ask("positions", self._link.tws.ask_positions)
        held = {one.con_id: one.quantity for one in said if one.account == self.account}
        traded = self._listings.by_con_id
        return [
            PositionReport(traded[con_id].instrument_id, quantity)
            for con_id, quantity in held.items()
            if con_id in traded and quantity
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

    def _report(self, order: KnownOrder, instrument_id: str) -> OrderReport:
        return OrderReport(
            venue_client_id=order.ref,
            venue_order_id=str(order.perm_id),
            instrument_id=instrument_id,
            status=order.report_status(),
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


def _sum(executions: Sequence[ExecutionSaid]) -> Decimal:
    """Each trade once, as last corrected."""
    latest = {trade_id(said.exec_id): said.quantity for said in executions}
    return sum(latest.values(), Decimal(0))


def _balance(currency: str, cash: Decimal, available: dict[str, Decimal]) -> Balance:
    free = min(cash, available.get(currency, cash))
    return Balance(currency, total=cash, free=free)
