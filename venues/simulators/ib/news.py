"""From the exchange's life to the messages of the API, in the real venue's order.

A market order: openOrder and orderStatus PreSubmitted, execDetails, openOrder and orderStatus
Filled, then both again with the commission, then commissionReport. The repetitions are IB's own:
"orderStatus() may return duplicate messages".
"""

import asyncio
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial

from venues.simulators.events import Print, Step
from venues.simulators.fault_plans import EventPlan
from venues.simulators.faults import Faults
from venues.simulators.ib.account_requests import AccountRequests
from venues.simulators.ib.booked import PRE_SUBMITTED, Booked
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.errors import canceled
from venues.simulators.ib.executions import (
    Execution,
    Executions,
    commission_report,
    exec_details,
)
from venues.simulators.ib.market_news import MarketNews
from venues.simulators.ib.order_entry import OrderEntry
from venues.simulators.ib.order_messages import order_status
from venues.simulators.ib.pegs import Pegs
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.matching import ZERO
from venues.simulators.orders import Fill, Order


class News:
    """Listens to the exchange; what belongs to one action is told when the action is done."""

    def __init__(
        self,
        name: str,
        clients: Clients,
        tickets: TicketBook,
        executions: Executions,
        accounts: AccountRequests,
        market: MarketNews,
        entry: OrderEntry,
        pegs: Pegs,
        faults: Faults,
    ) -> None:
        self._name = name
        self._clients = clients
        self._tickets = tickets
        self._executions = executions
        self._accounts = accounts
        self._market = market
        self._entry = entry
        self._pegs = pegs
        self._faults = faults
        self._working: dict[int, tuple[Booked, EventPlan]] = {}
        self._executed: list[tuple[Execution, EventPlan]] = []
        self._ended: list[Booked] = []

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """A step of an order."""
        booked = self._tickets.of(order)
        if step is Step.AMENDED and booked.kind.pegged and self._pegs.moving:
            return  # an order that follows the quote is not told again at each of its prices
        plan = self._faults.event_plan(self._name, step, order.client_order_id) or EventPlan()
        self._working.pop(order.order_id, None)
        match step:
            case Step.NEW:
                _often(plan, lambda: self._clients.tell_order(booked, PRE_SUBMITTED))
                self._working[order.order_id] = (booked, plan)
            case Step.TRIGGERED | Step.AMENDED:
                self._working[order.order_id] = (booked, plan)
            case Step.TRADE:
                assert fill is not None
                self._on_fill(booked, fill, plan)
            case Step.CANCELED | Step.EXPIRED:
                self._ended.append(booked)
                _often(plan, lambda: self._tell_end(booked))

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """An action is done: say what now works, then what the executions cost."""
        working, self._working = self._working, {}
        for booked, plan in working.values():
            if booked.is_open:
                _often(plan, partial(self._clients.tell_order, booked, booked.status))
        executed, self._executed = self._executed, []
        traded_by = _summed(execution for execution, _ in executed)
        for booked, _ in traded_by.values():
            commission = self._executions.commission_of(booked)
            self._clients.tell_order(booked, booked.status, commission)
        for execution, plan in executed:
            if not plan.status_only:
                self._tell_cost(execution, plan)
        if traded and not self._clients.offline:
            self._accounts.feed.on_trade(symbols, now_ns)
        ended, self._ended = self._ended, []
        self._entry.groups.after_trades(traded_by, now_ns)
        self._entry.attached.after([*(booked for booked, _ in traded_by.values()), *ended], now_ns)

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        self._market.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed."""
        self._market.on_book(symbol, now_ns)
        self._pegs.follow(symbol, now_ns)

    def correct(self, execution: Execution, price: Decimal, quantity: Decimal) -> None:
        """IB corrects an execution; one of nothing is busted. The account keeps what it traded."""
        corrected = self._executions.correct(execution, price, quantity)
        self._tell_execution(corrected)
        self._clients.tell(corrected.booked, commission_report(corrected))

    def _tell_end(self, booked: Booked) -> None:
        self._clients.tell(booked, order_status(booked))
        self._clients.tell_error(booked, canceled())

    def _on_fill(self, booked: Booked, fill: Fill, plan: EventPlan) -> None:
        execution = self._executions.add(booked, fill)
        self._accounts.profit.on_fill(fill)
        if not plan.status_only:
            _often(plan, lambda: self._tell_execution(execution))
        self._executed.append((execution, plan))
        # The state is told in time: it may run ahead of its execution.
        self._clients.tell_order(booked, booked.status)

    def _tell_cost(self, execution: Execution, plan: EventPlan) -> None:
        report = commission_report(execution)
        _often(plan, lambda: self._clients.tell(execution.booked, report))
        if plan.correction_ticks is not None or plan.bust:
            ticks = plan.correction_ticks or 0
            price = execution.price + ticks * execution.booked.listed.instrument.tick
            quantity = ZERO if plan.bust else execution.quantity
            _often(plan, lambda: self.correct(execution, price, quantity))

    def _tell_execution(self, execution: Execution) -> None:
        owner = self._clients.owner(execution.booked)
        if owner is not None:
            owner.send(exec_details(execution, -1, owner.version))


def _summed(executions: Iterable[Execution]) -> dict[int, tuple[Booked, Decimal]]:
    """The orders that traded, by permId, and how much of each."""
    summed: dict[int, tuple[Booked, Decimal]] = {}
    for execution in executions:
        booked = execution.booked
        _, so_far = summed.get(booked.perm_id, (booked, ZERO))
        summed[booked.perm_id] = booked, so_far + execution.quantity
    return summed


def _often(plan: EventPlan, tell: Callable[[], None]) -> None:
    """Tell something as often and as late as a plan says."""
    for _ in range(plan.copies):
        if plan.delay_ms:
            asyncio.get_running_loop().call_later(plan.delay_ms / 1000, tell)
        else:
            tell()
