"""Putting the simulated Deribit together."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from aiohttp import web

from venues.simulators.accounts import Account
from venues.simulators.cuts import Cut
from venues.simulators.deribit.access import Access
from venues.simulators.deribit.account_api import AccountApi
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.fees import DeribitFees
from venues.simulators.deribit.front import Front
from venues.simulators.deribit.http import HttpFace
from venues.simulators.deribit.instruments import TRADED
from venues.simulators.deribit.limits import Credits
from venues.simulators.deribit.market_api import MarketApi
from venues.simulators.deribit.market_streams import MarketStreams
from venues.simulators.deribit.order_queries import OrderQueries
from venues.simulators.deribit.session_api import SessionApi
from venues.simulators.deribit.sessions import Session
from venues.simulators.deribit.sockets import Sockets
from venues.simulators.deribit.statistics_api import StatisticsApi
from venues.simulators.deribit.trading import TradingApi
from venues.simulators.deribit.trigger_history import TriggerHistory
from venues.simulators.deribit.user_streams import UserStreams
from venues.simulators.events import Print, Step
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.opening import open_exchange
from venues.simulators.orders import Fill, Order
from venues.simulators.outbox import Outbox
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "DERIBIT"
BALANCES = {"BTC": Decimal(1000), "ETH": Decimal(10_000), "USDC": Decimal(50_000_000)}
LEVERAGE = 25
SHUTDOWN_S = 1.0
INTERNAL_ERROR = 11094


class Feed:
    """Listens to the exchange for the streams."""

    def __init__(self, users: UserStreams, markets: MarketStreams) -> None:
        self._users = users
        self._markets = markets

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """Stream a step of an order."""
        self._users.on_step(step, order, fill)

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Stream what an action did to an account."""
        self._users.on_funds(account, symbols, traded=traded)

    def on_print(self, trade: Print) -> None:
        """Stream a public trade."""
        self._markets.on_print(trade)

    def on_book(self, symbol: str, now_ns: int) -> None:
        """Stream a changed book."""
        self._markets.on_book(symbol, now_ns)


class DeribitVenue:
    """The running venue: HTTP and WebSockets on one port."""

    def __init__(
        self,
        exchange: Exchange,
        ledger_path: Path,
        face: HttpFace,
        sockets: Sockets,
        markets: MarketStreams,
        access: Access,
        faults: Faults,
    ) -> None:
        self.name = NAME
        self.exchange = exchange
        self.ledger_path = ledger_path
        self._face = face
        self._sockets = sockets
        self._markets = markets
        self._access = access
        self._faults = faults
        self._runner: web.ServerRunner | None = None

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        server = web.Server(self._face.serve_with(self._sockets.serve), access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger."""
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """Tickers, and what befalls the venue as a whole."""
        self._markets.beat(now_ns)
        if self._faults.in_maintenance(NAME):
            self._sockets.drop_all()
        fault = self._faults.strike(FaultKind.ERROR_FRAME, NAME)
        if fault is not None:
            code = fault.param("code")
            for session in self._sockets.sessions():
                session.tell_error(
                    INTERNAL_ERROR if code is None else int(code), fault.param("msg")
                )

    def cut_streams(self, cut: Cut) -> int:
        """End connections, those that are logged in or others; let none in for a while."""
        return self._sockets.cut(cut)

    def expire_listen_keys(self) -> int:
        """End every access token now: private channels go silent and requests are refused."""
        return self._access.expire_all()

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the public channels."""
        self._markets.silent = silent


def build(setup: Setup) -> DeribitVenue:
    """The venue with its one account."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, DeribitFees(), marks, TRADED, LEVERAGE)

    exchange = open_exchange(setup.ledger_path, TRADED, {ACCOUNT: BALANCES}, make, setup.now_ns)
    exchange.unique_client_ids = False
    credentials = setup.credentials
    access = Access(credentials["client_id"], credentials["client_secret"], ACCOUNT)
    rates, faults = Credits.create(roomy=setup.roomy), setup.faults
    desk = Desk(exchange)
    market, accounts = MarketApi(desk, exchange.tapes), AccountApi(desk, rates)
    trading, session_api = TradingApi(desk), SessionApi(access)
    markets = MarketStreams(NAME, exchange, market, faults)
    users = UserStreams(NAME, desk, accounts, faults)

    def cut_streams(cut: Cut) -> int:
        return sockets.cut(cut)

    front = Front(NAME, desk, rates, faults, setup.wire, cut_streams)

    def make_session(outbox: Outbox, address: str) -> Session:
        return Session(front, access, markets, users, outbox, address)

    def cancel_disconnected(order_ids: set[int]) -> None:
        trading.cancel_disconnected(order_ids, front.now_ns())

    sockets = Sockets(make_session, cancel_disconnected)
    front.methods = {
        **market.methods(),
        **StatisticsApi(desk, market, exchange.tapes).methods(),
        **trading.methods(),
        **OrderQueries(NAME, desk, faults).methods(),
        **TriggerHistory(desk).methods(),
        **accounts.methods(),
        **session_api.methods(),
    }
    exchange.listener = Feed(users, markets)
    face = HttpFace(front, access)
    return DeribitVenue(exchange, setup.ledger_path, face, sockets, markets, access, faults)
