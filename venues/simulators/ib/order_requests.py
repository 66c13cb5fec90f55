"""What clients may ask about orders and executions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from venues.simulators.ib.answering import Answer, Handlers
from venues.simulators.ib.booked import CANCELED, FILLED, Booked
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.executions import (
    ExecutionFilter,
    Executions,
    commission_report,
    exec_details,
)
from venues.simulators.ib.hours import time_text
from venues.simulators.ib.order_messages import completed_order, open_order, order_status
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.trading_day import TradingDay
from venues.simulators.ib.wire_format import Fields
from venues.simulators.orders import EndReason


@dataclass(frozen=True, slots=True)
class OrderRequests:
    """Lists of the day. ``forgotten_before_ns`` is when an armed fault lets them begin."""

    tickets: TicketBook
    executions: Executions
    day: TradingDay
    forgotten_before_ns: Callable[[int], int]

    def handlers(self) -> Handlers:
        """Handlers by message."""
        return {
            5: self.own_open_orders,
            7: self.request_executions,
            8: self.next_id,
            16: self.all_open_orders,
            99: self.completed_orders,
        }

    def own_open_orders(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Those of the client that asks."""
        mine = [b for b in self.tickets.open_orders() if b.client_id == client.client_id]
        return self._open(client, mine)

    def all_open_orders(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Those of the account; from now on the client's order ids must be above all of them."""
        orders = self.tickets.open_orders()
        for booked in orders:
            if booked.is_told:
                self.tickets.has_seen(client.client_id, booked)
        return self._open(client, orders)

    def _open(self, client: Connection, orders: Iterable[Booked]) -> Answer:
        for booked in orders:
            if booked.is_open and booked.is_told:
                yield open_order(booked, client.version)
                yield order_status(booked)
        yield (53, 1)

    def completed_orders(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Finished orders of the day; of API clients only, if they are asked for."""
        api_only = fields.flag()
        since_ns = max(self.day.began_ns(now_ns), self.forgotten_before_ns(now_ns))
        for booked in self.tickets:
            wanted = booked.is_told and not (api_only and booked.order_id < 0)
            if wanted and not booked.is_open and booked.finished_ns >= since_ns:
                time = time_text(booked.finished_ns)
                yield completed_order(booked, client.version, time, _completed_status(booked))
        yield (102,)

    def request_executions(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """Executions of the day, then what they cost."""
        fields.skip(1)
        request_id = fields.integer()
        wanted = ExecutionFilter.read(fields)
        chosen = self.executions.chosen(wanted, self.day.began_ns(now_ns))
        for execution in chosen:
            yield exec_details(execution, request_id, client.version)
        yield (55, 1, request_id)
        for execution in chosen:
            yield commission_report(execution)

    def next_id(self, client: Connection, fields: Fields, now_ns: int) -> Answer:
        """The lowest order id that is free."""
        yield (9, 1, self.tickets.next_id(client.client_id))


def _completed_status(booked: Booked) -> str:
    """How an order ended, in IB's words."""
    if booked.status == FILLED:
        return f"Filled Size: {booked.executed:f}"
    if booked.status != CANCELED:
        return booked.reason
    by_us = booked.order is None or booked.order.end_reason is EndReason.REQUESTED
    return "Cancelled by Trader" if by_us else "Cancelled by System:\n"
