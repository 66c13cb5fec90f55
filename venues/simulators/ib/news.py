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
from venues.simulators.ib.account_messages import AccountBook
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.errors import canceled
from venues.simulators.ib.executions import (
    Execution,
    Executions,
    commission_report,
    exec_details,
)
from venues.simulators.ib.listings import BY_NAME
from venues.simulators.ib.market_feed import MarketFeed
from venues.simulators.ib.oca import OcaGroups
from venues.simulators.ib.order_messages import open_order, order_status
from venues.simulators.ib.ticket_book import Booked, TicketBook
from venues.simulators.matching import ZERO
from venues.simulators.orders import Fill, Order

PRE_SUBMITTED = "PreSubmitted"


class News:
    """Listens to the exchange; what belongs to one action is told when the action is done."""

    def __init__(
        self,
        name: str,
        clients: Clients,
        tickets: TicketBook,
        executions: Executions,
        accounts: AccountBook,
        market: MarketFeed,
        groups: OcaGroups,
        faults: Faults,
    ) -> None:
        self._name = name
        self._clients = clients
        self._tickets = tickets
        self._executions = executions
        self._accounts = accounts
        self._market = market
        self._groups = groups
        self._faults = faults
        self._working: dict[int, tuple[Booked, EventPlan]] = {}
        self._executed: list[tuple[Execution, EventPlan]] = []

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """A step of an order."""
        booked = self._tickets.of(order)
        plan = self._faults.event_plan(self._name, step, order.client_order_id) or EventPlan()
        self._working.pop(order.order_id, None)
        match step:
            case Step.NEW:
                _often(plan, lambda: self.tell_order(booked, PRE_SUBMITTED))
                self._working[order.order_id] = (booked, plan)
            case Step.TRIGGERED | Step.AMENDED:
                self._working[order.order_id] = (booked, plan)
            case Step.TRADE:
                assert fill is not None
                self._on_fill(booked, fill, plan)
            case Step.CANCELED | Step.EXPIRED:
                _often(plan, lambda: self._tell_end(booked))

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """An action is done: say what now works, then what the executions cost."""
        working, self._working = self._working, {}
        for booked, plan in working.values():
            if booked.is_open:
                _often(plan, partial(self.tell_order, booked, booked.status))
        executed, self._executed = self._executed, []
        for booked in {e.booked.perm_id: e.booked for e, _ in executed}.values():
            commission = self._executions.commission_of(booked)
            self.tell_order(booked, booked.status, commission)
        for execution, plan in executed:
            if not plan.status_only:
                self._tell_cost(execution, plan)
        if traded:
            self._tell_accounts(symbols)
            self._groups.after_trades([execution.booked for execution, _ in executed], now_ns)

    def on_print(self, trade: Print) -> None:
        """A public trade."""
        self._market.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed."""
        self._market.on_book(symbol)

    def tell_order(self, booked: Booked, status: str, commission: Decimal | None = None) -> None:
        """openOrder and orderStatus, to the client that placed the order."""
        owner = self._clients.owner(booked)
        if owner is not None:
            owner.send(open_order(booked, owner.version, status, commission))
            owner.send(order_status(booked, status))

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
        if not plan.status_only:
            _often(plan, lambda: self._tell_execution(execution))
        self._executed.append((execution, plan))
        # The state is told in time: it may run ahead of its execution.
        self.tell_order(booked, booked.status)

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

    def _tell_accounts(self, symbols: Iterable[str]) -> None:
        if self._clients.offline:
            return
        for symbol in symbols:
            listed = BY_NAME[symbol]
            position = self._accounts.account.position(symbol)
            for connection in self._clients.wants_positions:
                connection.send(self._accounts.position_message(listed, position))
            for connection in self._clients.wants_account:
                connection.send(self._accounts.portfolio_message(listed, position))


def _often(plan: EventPlan, tell: Callable[[], None]) -> None:
    """Tell something as often and as late as a plan says."""
    for _ in range(plan.copies):
        if plan.delay_ms:
            asyncio.get_running_loop().call_later(plan.delay_ms / 1000, tell)
        else:
            tell()
