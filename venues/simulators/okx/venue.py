"""Putting the venue together: one exchange and account behind one port."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from aiohttp import web

from venues.simulators.accounts import Account
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.okx.account_api import AccountApi
from venues.simulators.okx.account_history import AccountHistory
from venues.simulators.okx.account_limits import AccountLimits
from venues.simulators.okx.algo_trading import AlgoTrading
from venues.simulators.okx.candle_api import CandleApi
from venues.simulators.okx.closing import Closing
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.front import Front
from venues.simulators.okx.instruments import INSTRUMENTS
from venues.simulators.okx.limits import RateLimiter
from venues.simulators.okx.market_api import MarketApi
from venues.simulators.okx.market_streams import MarketStreams
from venues.simulators.okx.order_queries import OrderQueries
from venues.simulators.okx.private_streams import PrivateStreams
from venues.simulators.okx.public_api import PublicApi
from venues.simulators.okx.signing import ApiKey, KeyRing
from venues.simulators.okx.sockets import Sockets
from venues.simulators.okx.trading import Trading
from venues.simulators.okx.venue_fees import FEES
from venues.simulators.okx.ws_orders import WsOrders
from venues.simulators.opening import open_exchange
from venues.simulators.unified_account import UnifiedAccount
from venues.simulators.venue import ACCOUNT, Setup

NAME = "OKX"
BALANCES = {"BTC": Decimal(1000), "ETH": Decimal(10_000), "USDT": Decimal(50_000_000)}
SHUTDOWN_S = 1.0


class OkxVenue:
    """The running venue."""

    name = NAME

    def __init__(
        self,
        exchange: Exchange,
        ledger_path: Path,
        front: Front,
        sockets: Sockets,
        markets: MarketStreams,
        private: PrivateStreams,
        closing: Closing,
    ) -> None:
        self.exchange = exchange
        self.ledger_path = ledger_path
        self.sockets = sockets
        self._front = front
        self._markets = markets
        self._private = private
        self._closing = closing
        self._runner: web.ServerRunner | None = None

    @property
    def endpoints(self) -> frozenset[tuple[str, str]]:
        """What is served by REST: methods and paths."""
        return self._front.endpoints

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        server = web.Server(self._front.serve_with(self.sockets.serve), access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger."""
        if self._runner is not None:
            # First of all, so that nobody who reconnects lands on a dying server.
            for site in list(self._runner.sites):
                await site.stop()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """Tickers and prices; countdowns; what maintenance and error frames do to sockets."""
        self._closing.beat(now_ns)
        self._markets.beat(now_ns)
        self.sockets.beat()

    def cut_streams(self, cut: Cut) -> int:
        """End sockets, those with a login or others, refuse new private ones for a while."""
        return self.sockets.cut(cut)

    def expire_listen_keys(self) -> int:
        """Sessions do not expire here: the venue upgrades its service, which ends them."""
        return self.sockets.announce_upgrade()

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the market streams."""
        self._markets.silent = silent


def build(setup: Setup) -> OkxVenue:
    """The venue with one key, for ``registry.build_simulator``."""
    given = setup.credentials
    key = ApiKey(given["api_key"], given["api_secret"], given["passphrase"], ACCOUNT)
    return okx_venue(setup, [key], roomy=setup.roomy)


def okx_venue(setup: Setup, keys: Sequence[ApiKey], *, roomy: bool) -> OkxVenue:
    """The venue with any keys; ``setup.credentials`` is not used."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return UnifiedAccount(name, first, FEES, marks, INSTRUMENTS)

    balances = dict.fromkeys(sorted({key.account for key in keys}), BALANCES)
    exchange = open_exchange(setup.ledger_path, INSTRUMENTS, balances, make, setup.now_ns)
    faults, limiter = setup.faults, RateLimiter(roomy=roomy)
    public = PublicApi(exchange)
    markets = MarketStreams(NAME, exchange, public, faults)
    private = PrivateStreams(NAME, faults)
    feed = Feed(exchange, private, markets)
    exchange.listener = feed
    trading, closing = Trading(exchange, limiter, feed), Closing(exchange, feed)
    routes = {
        **MarketApi(exchange).routes(),
        **public.routes(),
        **CandleApi(exchange).routes(),
        **AccountApi(exchange, feed).routes(),
        **AccountHistory(exchange, feed).routes(),
        **AccountLimits(exchange, feed).routes(),
        **trading.routes(),
        **closing.routes(),
        **OrderQueries(NAME, exchange, faults).routes(),
        **AlgoTrading(NAME, exchange, limiter, feed, faults).routes(),
    }

    def cut_streams(cut: Cut) -> int:
        return sockets.cut(cut)

    front = Front(
        NAME,
        exchange.state.orders,
        routes,
        KeyRing(keys),
        limiter,
        faults,
        setup.wire,
        cut_streams,
    )
    sockets = Sockets(front, faults, markets, private, WsOrders(front, trading), feed)
    return OkxVenue(exchange, setup.ledger_path, front, sockets, markets, private, closing)
