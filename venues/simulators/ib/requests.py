"""What clients may ask that changes no order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from venues.simulators.ib import errors
from venues.simulators.ib.account_messages import AccountBook
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.contract_messages import contract_details, market_rule
from venues.simulators.ib.desk import Desk
from venues.simulators.ib.executions import (
    ExecutionFilter,
    Executions,
    commission_report,
    exec_details,
)
from venues.simulators.ib.hours import local_time, time_text
from venues.simulators.ib.listings import RULES, Listed, Wanted, matching
from venues.simulators.ib.market_feed import RT_VOLUME_REQUEST, DepthWatch, MarketFeed, TopWatch
from venues.simulators.ib.order_messages import completed_order, open_order, order_status
from venues.simulators.ib.ticket_book import Booked, TicketBook
from venues.simulators.ib.tickets import read_contract
from venues.simulators.ib.wire_format import Field, Fields

type Handler = Callable[[Connection, Fields, int], None]

DEEPEST = 20


def one_listed(wanted: Wanted) -> Listed:
    """The contract that a description names. Raises ApiError 200 for none or several."""
    found = matching(wanted)
    if not found:
        raise errors.no_such_contract()
    if len(found) > 1:
        raise errors.ambiguous(wanted.symbol or wanted.local_symbol)
    return found[0]


@dataclass(frozen=True, slots=True)
class Requests:
    """Answers by message id. A handler gets the message without its id."""

    clients: Clients
    tickets: TicketBook
    executions: Executions
    accounts: AccountBook
    market: MarketFeed
    desk: Desk
    forgotten_before_ns: Callable[[], int]

    def handlers(self) -> Mapping[int, Handler]:
        """Handlers by message id."""
        ignored = self._ignore
        return {
            1: self.market_data,
            2: self.cancel_market_data,
            5: self.own_open_orders,
            6: self.account_updates,
            7: self.request_executions,
            8: self.next_id,
            9: self.details,
            10: self.depth,
            11: self.cancel_market_data,
            14: ignored,  # log level of the server
            15: ignored,  # binding of orders from the window: there is no window
            16: self.all_open_orders,
            17: self.managed_accounts,
            20: self.historical,
            25: ignored,
            49: self.current_time,
            59: ignored,  # kind of market data: all of it is live
            61: self.positions,
            62: self.summary,
            63: ignored,
            64: self.cancel_positions,
            74: self.positions_multi,
            75: ignored,
            76: self.updates_multi,
            77: ignored,
            91: self.rule,
            92: self.profit,
            93: ignored,
            99: self.completed_orders,
        }

    def market_data(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        if fields.flag():
            fields.skip(3)
        generic, snapshot = fields.text().split(","), fields.flag()
        trades = RT_VOLUME_REQUEST in generic
        watch = TopWatch(connection=client, request_id=request_id, listed=listed, trades=trades)
        self.market.watch_top(watch, snapshot=snapshot)

    def cancel_market_data(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        self.market.unwatch(client, fields.integer())

    def depth(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        listed = one_listed(read_contract(fields))
        rows, smart = min(fields.integer(), DEEPEST), fields.flag()
        self.market.watch_depth(
            DepthWatch(
                connection=client, request_id=request_id, listed=listed, rows=rows, smart=smart
            )
        )

    def historical(self, client: Connection, fields: Fields, now_ns: int) -> None:
        text = "Historical Market Data Service error message:No historical data is simulated"
        client.error(fields.integer(), errors.ApiError(162, text))

    def details(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        found = matching(read_contract(fields))
        if not found:
            raise errors.no_such_contract()
        is_open = self.desk.market_open
        for listed in found:
            client.send(
                contract_details(listed, request_id, client.version, now_ns, is_open=is_open)
            )
        client.send((52, 1, request_id))

    def rule(self, client: Connection, fields: Fields, now_ns: int) -> None:
        rule_id = fields.integer()
        if rule_id not in RULES:
            raise errors.invalid(f"Unknown market rule {rule_id}")
        client.send(market_rule(rule_id, RULES[rule_id]))

    def own_open_orders(self, client: Connection, fields: Fields, now_ns: int) -> None:
        mine = [b for b in self.tickets if b.client_id == client.client_id]
        self._tell_open(client, mine)

    def all_open_orders(self, client: Connection, fields: Fields, now_ns: int) -> None:
        self._tell_open(client, list(self.tickets))

    def completed_orders(self, client: Connection, fields: Fields, now_ns: int) -> None:
        """Finished orders of the account; those of before a retention window are gone."""
        before_ns = self.forgotten_before_ns()
        for booked in self.tickets:
            order = booked.order
            if booked.is_open or order is None or order.updated_ns < before_ns:
                continue
            said = "Cancelled" if booked.status == "Cancelled" else "Filled Size: "
            size = "" if booked.status == "Cancelled" else f"{booked.executed:f}"
            time = time_text(order.updated_ns)
            client.send(completed_order(booked, client.version, time, said + size))
        client.send((102,))

    def request_executions(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        chosen = list(self.executions.chosen(ExecutionFilter.read(fields), now_ns))
        for execution in chosen:
            client.send(exec_details(execution, request_id, client.version))
        client.send((55, 1, request_id))
        for execution in chosen:
            client.send(commission_report(execution))

    def next_id(self, client: Connection, fields: Fields, now_ns: int) -> None:
        client.send((9, 1, self.tickets.next_id(client.client_id)))

    def managed_accounts(self, client: Connection, fields: Fields, now_ns: int) -> None:
        client.send((15, 1, self.accounts.number))

    def current_time(self, client: Connection, fields: Fields, now_ns: int) -> None:
        client.send((49, 1, now_ns // 1_000_000_000))

    def positions(self, client: Connection, fields: Fields, now_ns: int) -> None:
        """All positions now, and each that changes later."""
        self.clients.wants_positions.add(client)
        for listed, position in self.accounts.positions():
            client.send(self.accounts.position_message(listed, position))
        client.send((62, 1))

    def cancel_positions(self, client: Connection, fields: Fields, now_ns: int) -> None:
        self.clients.wants_positions.discard(client)

    def positions_multi(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        for listed, position in self.accounts.positions():
            _, _, *told = self.accounts.position_message(listed, position)
            client.send((71, 1, request_id, *told, ""))
        client.send((72, 1, request_id))

    def account_updates(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        if not fields.flag():
            self.clients.wants_account.discard(client)
            return
        self.clients.wants_account.add(client)
        number = self.accounts.number
        for tag, value, currency in (*self.accounts.values(), *self.accounts.ledger()):
            client.send((6, 2, tag, value, currency, number))
        for listed, position in self.accounts.positions():
            client.send(self.accounts.portfolio_message(listed, position))
        client.send((8, 1, f"{local_time(now_ns):%H:%M}"))
        client.send((54, 1, number))

    def updates_multi(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        for tag, value, currency in (*self.accounts.values(), *self.accounts.ledger()):
            client.send((73, 1, request_id, self.accounts.number, "", tag, value, currency))
        client.send((74, 1, request_id))

    def summary(self, client: Connection, fields: Fields, now_ns: int) -> None:
        fields.skip(1)
        request_id = fields.integer()
        fields.skip(1)
        wanted = fields.text().split(",")
        told = [row for row in self.accounts.values() if row[0] in wanted]
        if "$LEDGER:ALL" in wanted:
            told += self.accounts.ledger()
        for row in told:
            client.send((63, 1, request_id, self.accounts.number, *row))
        client.send((64, 1, request_id))

    def profit(self, client: Connection, fields: Fields, now_ns: int) -> None:
        request_id = fields.integer()
        unrealized = self.accounts.account.unrealized_pnl("USD")
        realized = sum(position.realized for _, position in self.accounts.positions())
        figures: tuple[Field, ...] = (unrealized + realized, unrealized, realized)
        client.send((94, request_id, *figures))

    def _tell_open(self, client: Connection, orders: list[Booked]) -> None:
        for booked in orders:
            if booked.is_open:
                client.send(open_order(booked, client.version))
                client.send(order_status(booked))
        client.send((53, 1))

    def _ignore(self, client: Connection, fields: Fields, now_ns: int) -> None:
        """Taken without an answer, as the real one does."""
