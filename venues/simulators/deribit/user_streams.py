"""Private channels: orders, trades, both together, the portfolio of an account and its logins.

One action of the matching engine is told as a whole: each order in its last state, and all its
trades in one list. The state of an order that traded at once is therefore never "open".
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from venues.simulators.deribit.account_api import AccountApi
from venues.simulators.deribit.channels import RAW, Channel
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.instruments import CURRENCIES, LISTINGS
from venues.simulators.deribit.messages import triggered_message
from venues.simulators.deribit.subscribers import Intervals, Subscriber, Subscribers
from venues.simulators.deribit.wire_format import notification
from venues.simulators.events import Step
from venues.simulators.fault_plans import EventPlan
from venues.simulators.faults import Faults
from venues.simulators.orders import Fill, Order

type View = dict[str, Any]
"""An order or a trade as the venue shows it."""


@dataclass(slots=True)
class _Action:
    """What one action did to an account's orders, in order."""

    orders: dict[int, Order] = field(default_factory=dict)
    steps: dict[int, list[Step]] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)


class UserStreams:
    """All private subscriptions of the venue."""

    def __init__(self, venue: str, desk: Desk, accounts: AccountApi, faults: Faults) -> None:
        self._subscribers = Subscribers()
        self._venue = venue
        self._desk = desk
        self._accounts = accounts
        self._faults = faults
        self._intervals = Intervals()
        self._actions: dict[str, _Action] = {}
        self._portfolios: dict[tuple[str, str], View] = {}

    def subscribe(self, channel: Channel, subscriber: Subscriber, now_ns: int) -> None:
        """Begin to tell a connection; of a portfolio what it is now."""
        self._subscribers.add(channel, subscriber)
        account = subscriber.speaks_for
        if channel.topic == "user.portfolio" and account is not None:
            for currency in _currencies_of(channel):
                summary = self._accounts.summary(account, currency)
                subscriber.send(notification(channel.name, summary))

    def unsubscribe(self, name: str, subscriber: Subscriber) -> None:
        """Tell a connection no more."""
        self._subscribers.discard(subscriber, name)

    def drop(self, subscriber: Subscriber) -> None:
        """Forget a connection."""
        self._subscribers.drop(subscriber)

    def on_login(self, account: str, entry: View) -> None:
        """Somebody logged in, or tried."""
        for channel in self._subscribers.channels():
            if channel.topic == "user.access_log":
                self._send(channel, account, entry)

    def beat(self, accounts: Iterable[str]) -> None:
        """Portfolios change with the market too."""
        if any(channel.topic == "user.portfolio" for channel in self._subscribers.channels()):
            for account in accounts:
                self._tell_portfolio(account, CURRENCIES)

    def on_step(self, step: Step, order: Order, fill: Fill | None) -> None:
        """Note a step; it is told when the action is over."""
        action = self._actions.setdefault(order.account, _Action())
        action.orders[order.order_id] = order
        action.steps.setdefault(order.order_id, []).append(step)
        if fill is not None:
            action.fills.append(fill)

    def on_funds(self, account: str, symbols: Iterable[str], *, traded: bool) -> None:
        """The action is over: tell it."""
        action = self._actions.pop(account, None)
        if action is not None:
            self._tell(account, action)
        if traded:
            settled = {LISTINGS[symbol].instrument.settle for symbol in symbols}
            self._tell_portfolio(account, settled)

    def _tell(self, account: str, action: _Action) -> None:
        """Tell everything at once, but for what armed faults have struck."""
        orders: list[View] = []
        for order_id, order in action.orders.items():
            views = [self._desk.order_view(order)]
            if Step.TRIGGERED in action.steps[order_id]:
                views.insert(0, triggered_message(order))
            plans = [self._plan(step, order) for step in action.steps[order_id]]
            delay_ms = max(plan.delay_ms for plan in plans)
            lost = any(plan.copies == 0 for plan in plans)
            views *= 0 if lost else max(plan.copies for plan in plans)
            if delay_ms:
                self._later(delay_ms, account, views, [])
            else:
                orders += views
        trades: list[View] = []
        for fill in action.fills:
            plan = self._faults.fill_plan(self._venue, fill.client_order_id) or EventPlan()
            copies = 0 if plan.status_only else plan.copies
            told = [self._desk.trade_view(fill)] * copies
            if plan.delay_ms:
                self._later(plan.delay_ms, account, [], told)
            else:
                trades += told
        self._deliver(account, orders, trades)

    def _plan(self, step: Step, order: Order) -> EventPlan:
        """What armed faults do to the news of a step; fills are asked for one by one."""
        if step is Step.TRADE:
            return EventPlan()
        plan = self._faults.event_plan(self._venue, step, order.client_order_id)
        return plan or EventPlan()

    def _deliver(self, account: str, orders: list[View], trades: list[View]) -> None:
        for channel in self._subscribers.channels():
            own_orders = [x for x in orders if x["instrument_name"] in channel.symbols]
            own_trades = [x for x in trades if x["instrument_name"] in channel.symbols]
            if channel.topic == "user.orders":
                for view in own_orders:
                    self._push(channel, account, view)
            elif channel.topic == "user.trades" and own_trades:
                self._push_trades(channel, account, own_trades)
            elif channel.topic == "user.changes":
                self._push_changes(channel, account, own_orders, own_trades)

    def _push_trades(self, channel: Channel, account: str, trades: list[View]) -> None:
        """A list always: of an action on a raw channel, of an interval on the others."""
        if channel.interval == RAW:
            self._send(channel, account, trades)
            return
        for view in trades:
            self._push(channel, account, view)

    def _push_changes(
        self, channel: Channel, account: str, orders: list[View], trades: list[View]
    ) -> None:
        for symbol in dict.fromkeys(view["instrument_name"] for view in (*orders, *trades)):
            data = {
                "instrument_name": symbol,
                "orders": [view for view in orders if view["instrument_name"] == symbol],
                "trades": [view for view in trades if view["instrument_name"] == symbol],
                "positions": [self._accounts.position(account, symbol)],
            }
            self._send(channel, account, data)

    def _tell_portfolio(self, account: str, currencies: Iterable[str]) -> None:
        """Tell the currencies that are not as they were last told."""
        for currency in currencies:
            summary = self._accounts.summary(account, currency)
            if summary == self._portfolios.get((account, currency)):
                continue
            self._portfolios[account, currency] = summary
            for channel in self._subscribers.channels():
                if channel.topic == "user.portfolio" and currency in _currencies_of(channel):
                    self._send(channel, account, summary)

    def _push(self, channel: Channel, account: str, view: View) -> None:
        """A raw channel tells each item at once, the others all of an interval in a list."""
        if channel.interval == RAW:
            self._send(channel, account, view)
            return
        self._intervals.hold(channel, account, view, partial(self._send, channel, account))

    def _send(self, channel: Channel, account: str, data: Any) -> None:
        text = notification(channel.name, data)
        for subscriber in self._subscribers.of(channel.name):
            if subscriber.speaks_for == account:
                subscriber.send(text)

    def _later(self, delay_ms: int, account: str, orders: list[View], trades: list[View]) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(delay_ms / 1000, self._deliver, account, orders, trades)


def _currencies_of(channel: Channel) -> tuple[str, ...]:
    """The currencies of a channel of portfolios; nothing is held in some that there are."""
    if channel.target == "ANY":
        return CURRENCIES
    return (channel.target,) if channel.target in CURRENCIES else ()
