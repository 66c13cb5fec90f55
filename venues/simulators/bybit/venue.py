"""Putting the simulated Bybit together behind one port."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from aiohttp import web

from venues.simulators.accounts import Account
from venues.simulators.bybit.account_api import AccountApi
from venues.simulators.bybit.account_log import AccountLog
from venues.simulators.bybit.contract_api import ContractApi
from venues.simulators.bybit.desk import Desk
from venues.simulators.bybit.disconnection import Disconnection
from venues.simulators.bybit.feed import Feed
from venues.simulators.bybit.front import Front
from venues.simulators.bybit.history import History
from venues.simulators.bybit.instruments import FEES, INSTRUMENTS
from venues.simulators.bybit.kline_api import KlineApi
from venues.simulators.bybit.limits import RateLimiter
from venues.simulators.bybit.market_api import MarketApi
from venues.simulators.bybit.market_streams import MarketStreams
from venues.simulators.bybit.position_api import PositionApi
from venues.simulators.bybit.position_exits import PositionExits
from venues.simulators.bybit.private_streams import PrivateStreams
from venues.simulators.bybit.signing import ApiKey
from venues.simulators.bybit.sockets import Sockets
from venues.simulators.bybit.trade_socket import TradeMethods
from venues.simulators.bybit.trading import Trading
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fees import RateFees
from venues.simulators.opening import open_exchange
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "BYBIT"
BALANCES = {"USDT": Decimal(50_000_000), "BTC": Decimal(1000), "ETH": Decimal(10_000)}
SHUTDOWN_S = 1.0


class BybitVenue:
    """The running venue."""

    def __init__(
        self,
        exchange: Exchange,
        ledger_path: Path,
        front: Front,
        sockets: Sockets,
        markets: MarketStreams,
        users: PrivateStreams,
        disconnection: Disconnection,
    ) -> None:
        self.name = NAME
        self.exchange = exchange
        self.ledger_path = ledger_path
        self._front = front
        self._sockets = sockets
        self._markets = markets
        self._users = users
        self._disconnection = disconnection
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def endpoints(self) -> frozenset[tuple[str, str]]:
        """What is served by REST: methods and paths."""
        return self._front.endpoints

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        server = web.Server(self._front.serve_with(self._sockets.serve), access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, host, port)
        await self._site.start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger. Whoever is cut off must find nobody to connect to."""
        if self._site is not None:
            await self._site.stop()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """Tickers, closed bars, who is disconnected, what armed faults do to open sockets."""
        self._disconnection.beat(now_ns)
        self._markets.beat(now_ns)
        self._sockets.beat()

    def cut_streams(self, cut: Cut) -> int:
        """End sockets, private or public ones, refuse new private ones for a while."""
        return self._sockets.cut(cut)

    def expire_listen_keys(self) -> int:
        """End every login: private and trade sockets are cut off."""
        return self._users.expire()

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the public streams."""
        self._markets.silent = silent


def build(setup: Setup) -> BybitVenue:
    """The venue with the one API key of the set-up."""
    key = ApiKey(setup.credentials["api_key"], setup.credentials["api_secret"], ACCOUNT)
    policy = RateFees(FEES)

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, policy, marks, INSTRUMENTS)

    exchange = open_exchange(
        setup.ledger_path, INSTRUMENTS, {ACCOUNT: BALANCES}, make, setup.now_ns
    )
    users = PrivateStreams(NAME, setup.faults)

    def cut_streams(cut: Cut) -> int:
        return sockets.cut(cut)

    limiter = RateLimiter(roomy=setup.roomy)
    desk = Desk(NAME, exchange, limiter, setup.faults, setup.wire, cut_streams)
    market, trading = MarketApi(exchange), Trading(exchange)
    history = History(exchange, setup.now_ns, setup.faults, NAME)
    accounts, exits = AccountApi(exchange, key.key), PositionExits(exchange)
    positions = PositionApi(exchange, exits)
    markets = MarketStreams(NAME, exchange, market, setup.faults)
    exchange.listener = Feed(exchange.books, users, markets, history, accounts, positions, exits)
    routes = market.routes() | trading.routes() | history.routes()
    routes |= accounts.routes() | positions.routes() | AccountLog(exchange).routes()
    disconnection = Disconnection(exchange, users)
    routes |= disconnection.routes() | KlineApi(exchange).routes() | ContractApi(exchange).routes()
    sockets = Sockets(desk, key, markets, users, TradeMethods(trading.routes()))
    front = Front(desk, routes, key)
    return BybitVenue(exchange, setup.ledger_path, front, sockets, markets, users, disconnection)
