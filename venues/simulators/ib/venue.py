"""Putting the simulated TWS together: exchange, account, API and the socket."""

import asyncio
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from venues.simulators.accounts import Account
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.ib.account_messages import BASE, AccountBook
from venues.simulators.ib.api import Api
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.desk import Desk
from venues.simulators.ib.errors import PROCESSING_FAILED
from venues.simulators.ib.executions import Executions
from venues.simulators.ib.fees import FixedFees
from venues.simulators.ib.listings import INSTRUMENTS
from venues.simulators.ib.market_feed import MarketFeed
from venues.simulators.ib.news import News
from venues.simulators.ib.oca import OcaGroups
from venues.simulators.ib.requests import Requests
from venues.simulators.ib.ticket_book import Booked, TicketBook
from venues.simulators.opening import open_exchange
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "IB"
NUMBER = "DU1234567"
"""Paper accounts of IB are numbered like this."""

CASH = Decimal(50_000_000)


class IbVenue:
    """One running TWS. Beyond what every simulated venue does, it can be told IB's own troubles."""

    def __init__(
        self,
        exchange: Exchange,
        ledger_path: Path,
        faults: Faults,
        clients: Clients,
        tickets: TicketBook,
        desk: Desk,
        news: News,
        executions: Executions,
        market: MarketFeed,
        api: Api,
    ) -> None:
        self.name = NAME
        self.exchange = exchange
        self.ledger_path = ledger_path
        self.clients = clients
        self.tickets = tickets
        self.desk = desk
        self._faults = faults
        self._news = news
        self._executions = executions
        self._market = market
        self._api = api
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        self._server = await asyncio.start_server(self._api.serve, host, port)
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
        """Maintenance: all sockets are closed, new ones are not let in. Armed error messages."""
        if self._faults.in_maintenance(self.name):
            self.clients.cut(Cut())
        if self._faults.strike(FaultKind.ERROR_FRAME, self.name) is not None:
            for client in self.clients:
                client.error(-1, PROCESSING_FAILED)

    def cut_streams(self, cut: Cut) -> int:
        """End all sockets (IB has no others), refuse new ones for a while."""
        return self.clients.cut(cut)

    def expire_listen_keys(self) -> int:
        """The daily restart: all sessions end at once."""
        return self.clients.cut(Cut())

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume market data."""
        self._market.silent = silent

    def lose_connectivity(self, duration_s: float, *, data_lost: bool = False) -> None:
        """1100 now, 1102 (1101 with ``data_lost``) after a while; nothing is told in between."""
        self._api.lose_connectivity(duration_s, data_lost=data_lost)

    def correct_latest(self, ticks: int) -> None:
        """IB corrects the price of the latest execution."""
        execution = self._executions.latest()
        assert execution is not None, "nothing has traded that could be corrected"
        tick = execution.booked.listed.instrument.tick
        self._news.correct(execution, execution.price + ticks * tick, execution.quantity)

    def reset_order_ids(self) -> None:
        """Order ids are counted from one again, as when the sequence is reset in TWS."""
        self.tickets.forget_ids()

    def close_market(self) -> None:
        """Hold new orders until ``open_market``."""
        self.desk.market_open = False

    def open_market(self, now_ns: int) -> None:
        """Send what was held."""
        self.desk.open_market(now_ns)


def first_perm_id(now_ns: int) -> int:
    """Where permIds begin: they grow with time, so that a new ledger repeats none, and fit into
    the 32 bits that clients have for them."""
    return 1_000_000_000 + now_ns // 1_000_000_000 % 100_000_000 * 10


def build(setup: Setup) -> IbVenue:
    """The simulated TWS."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, FixedFees(), marks, INSTRUMENTS)

    balances = {ACCOUNT: {BASE: CASH}}
    exchange = open_exchange(setup.ledger_path, INSTRUMENTS, balances, make, setup.now_ns)
    exchange.unique_client_ids = False  # IB does not look at orderRef
    account = exchange.state.accounts[ACCOUNT]
    assert isinstance(account, UnifiedAccount)
    path = setup.ledger_path.with_suffix(".tickets.jsonl")
    tickets = TicketBook(path, first_perm_id(setup.now_ns), NUMBER)
    tickets.match(exchange.state.orders)
    clients, market = Clients(), MarketFeed(exchange)
    accounts = AccountBook(NUMBER, account)
    executions = Executions(exchange, tickets)

    def cancel(booked: Booked, now_ns: int) -> None:
        if booked.order is not None:
            exchange.cancel(booked.order, now_ns)

    groups = OcaGroups(tickets, cancel)
    faults = setup.faults
    news = News(NAME, clients, tickets, executions, accounts, market, groups, faults)
    desk = Desk(exchange, account, NUMBER, tickets, clients, news)
    requests = Requests(
        clients,
        tickets,
        executions,
        accounts,
        market,
        desk,
        lambda: faults.forgotten_before_ns(NAME, time.time_ns()),
    )
    api = Api(
        NAME,
        clients,
        tickets,
        accounts,
        desk,
        market,
        requests,
        faults,
        setup.wire,
        roomy=setup.roomy,
    )
    exchange.listener = news
    return IbVenue(
        exchange,
        setup.ledger_path,
        faults,
        clients,
        tickets,
        desk,
        news,
        executions,
        market,
        api,
    )
