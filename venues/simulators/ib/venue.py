"""Putting the simulated TWS together: exchange, account, API and the socket."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from venues.simulators.accounts import Account
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.fault_plans import Loss
from venues.simulators.faults import Faults
from venues.simulators.ib.account_feed import AccountFeed
from venues.simulators.ib.account_messages import PositionBook
from venues.simulators.ib.account_requests import AccountRequests
from venues.simulators.ib.account_values import BASE, AccountValues
from venues.simulators.ib.api import Api
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.connectivity import Connectivity
from venues.simulators.ib.contract_requests import ContractRequests
from venues.simulators.ib.corrections import Corrections
from venues.simulators.ib.desk import Desk
from venues.simulators.ib.errors import PROCESSING_FAILED
from venues.simulators.ib.executions import Executions
from venues.simulators.ib.fees import FixedFees
from venues.simulators.ib.history_requests import HistoryRequests
from venues.simulators.ib.listings import INSTRUMENTS
from venues.simulators.ib.market_news import MarketNews
from venues.simulators.ib.market_requests import MarketRequests
from venues.simulators.ib.news import News
from venues.simulators.ib.order_entry import OrderEntry
from venues.simulators.ib.order_requests import OrderRequests
from venues.simulators.ib.pegs import Pegs
from venues.simulators.ib.profit import Profit
from venues.simulators.ib.requests import all_handlers
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.trading_day import TradingDay
from venues.simulators.opening import open_exchange
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "IB"
NUMBER = "DU1234567"
"""Paper accounts of IB are numbered like this."""

CASH = Decimal(50_000_000)


@dataclass(slots=True, kw_only=True)
class IbVenue:
    """One running TWS. Beyond what every simulated venue does, it can be told IB's own troubles."""

    exchange: Exchange
    ledger_path: Path
    faults: Faults
    day: TradingDay
    clients: Clients
    connectivity: Connectivity
    tickets: TicketBook
    entry: OrderEntry
    news: News
    executions: Executions
    market: MarketNews
    accounts: AccountRequests
    api: Api
    day_began_ns: int
    name: str = NAME
    _server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        self._server = await asyncio.start_server(self.api.serve, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger."""
        if self._server is not None:
            self._server.close()
            self.clients.cut(Cut())
            await self._server.wait_closed()
        self.tickets.close()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """Once a second. Maintenance closes all sockets and lets no new ones in; midnight begins
        another day; subscriptions that follow the clock are told."""
        if self.faults.in_maintenance(self.name):
            self.clients.cut(Cut())
        if self.faults.strike(FaultKind.ERROR_FRAME, self.name) is not None:
            self.clients.tell_all(PROCESSING_FAILED)
        self.entry.end_sessions(now_ns)
        if (began_ns := self.day.began_ns(now_ns)) > self.day_began_ns:
            self._begin_day(began_ns)
        if not self.clients.offline:
            self.connectivity.beat()
            self.market.beat(now_ns)
            self.accounts.feed.beat(self.accounts.held(), now_ns)

    def _begin_day(self, began_ns: int) -> None:
        """Forget what TWS does not tell any more, and count the day's figures anew."""
        self.day_began_ns = began_ns
        self.tickets.forget_before(began_ns)
        self.executions.forget_before(began_ns)
        self.market.history.begin_day()
        self.accounts.profit.begin_day()

    def cut_streams(self, cut: Cut) -> int:
        """End all sockets (IB has no others), refuse new ones for a while."""
        return self.clients.cut(cut)

    def expire_listen_keys(self) -> int:
        """The daily restart: all sessions end at once."""
        return self.clients.cut(Cut())

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume market data."""
        self.market.silence(silent=silent)

    def lose_connectivity(self, duration_s: float, *, data_lost: bool = False) -> None:
        """1100 now, 1102 (1101 with ``data_lost``) after a while; nothing is told in between."""
        self.connectivity.lose(Loss(seconds=duration_s, data_lost=data_lost))

    def correct_latest(self, ticks: int) -> None:
        """IB corrects the price of the latest execution."""
        execution = self.executions.latest()
        assert execution is not None, "nothing has traded that could be corrected"
        tick = execution.booked.listed.instrument.tick
        self.news.correct(execution, execution.price + ticks * tick, execution.quantity)

    def reset_order_ids(self) -> None:
        """Order ids are counted from one again, as when the sequence is reset in TWS."""
        self.tickets.forget_ids()

    def close_market(self) -> None:
        """Hold new orders until ``open_market``."""
        self.entry.market_open = False

    def open_market(self, now_ns: int) -> None:
        """Send what was held."""
        self.entry.open_market(now_ns)


def first_perm_id(now_ns: int) -> int:
    """Where permIds begin: they grow with time, so that a new ledger repeats none, and fit into
    the 32 bits that clients have for them."""
    return 1_000_000_000 + now_ns // 1_000_000_000 % 100_000_000 * 10


def build(setup: Setup) -> IbVenue:
    """The simulated TWS."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, FixedFees(), marks, INSTRUMENTS)

    faults, now_ns = setup.faults, setup.now_ns
    balances = {ACCOUNT: {BASE: CASH}}
    exchange = open_exchange(setup.ledger_path, INSTRUMENTS, balances, make, now_ns)
    exchange.unique_client_ids = False  # IB does not look at orderRef
    account = exchange.state.accounts[ACCOUNT]
    assert isinstance(account, UnifiedAccount)

    day = TradingDay(lambda: faults.day_began_ns(NAME))
    began_ns = day.began_ns(now_ns)
    path = setup.ledger_path
    tickets = TicketBook(path.with_suffix(".tickets.jsonl"), first_perm_id(now_ns), NUMBER)
    tickets.match(exchange.state.orders, began_ns)
    corrections = Corrections(path.with_suffix(".corrections.jsonl"))
    executions = Executions(exchange, tickets, corrections)
    executions.forget_before(began_ns)

    clients, market, pegs = Clients(), MarketNews(exchange), Pegs(exchange)
    entry = OrderEntry(exchange, account, tickets, clients, pegs)
    desk = Desk(exchange, account, NUMBER, tickets, clients, entry)

    closes = market.history.closes
    profit = Profit(account, closes, executions.fills())
    positions = PositionBook(NUMBER, account)
    feed = AccountFeed(positions)
    values = AccountValues(NUMBER, account, profit)
    accounts = AccountRequests(account, values, positions, profit, feed)

    def definitions_away() -> bool:
        return faults.stands(FaultKind.DEFINITIONS_AWAY, NAME)

    def forget(connection: Connection) -> None:
        market.forget(connection)
        feed.forget(connection)

    connectivity = Connectivity(clients, definitions_away, market.forget)
    rooms = (
        OrderRequests(
            tickets, executions, day, lambda at_ns: faults.forgotten_before_ns(NAME, at_ns)
        ),
        accounts,
        ContractRequests(lambda: entry.market_open, definitions_away),
        MarketRequests(market),
        HistoryRequests(market),
    )
    handlers = all_handlers(desk, [room.handlers() for room in rooms])
    api = Api(
        NAME,
        NUMBER,
        clients,
        connectivity,
        tickets,
        handlers,
        forget,
        faults,
        setup.wire,
        day.clock,
        roomy=setup.roomy,
    )
    news = News(NAME, clients, tickets, executions, accounts, market, entry, pegs, faults)
    exchange.listener = news
    entry.resume(now_ns)
    return IbVenue(
        exchange=exchange,
        ledger_path=path,
        faults=faults,
        day=day,
        day_began_ns=began_ns,
        clients=clients,
        connectivity=connectivity,
        tickets=tickets,
        entry=entry,
        news=news,
        executions=executions,
        market=market,
        accounts=accounts,
        api=api,
    )
