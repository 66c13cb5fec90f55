"""Putting a Binance product together: exchange, REST, streams and sockets behind one port."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from venues.simulators.binance.calls import Routes
from venues.simulators.binance.feed import Feed, FundsEvent, OrderEvents
from venues.simulators.binance.front import Front
from venues.simulators.binance.funding import FundingApi
from venues.simulators.binance.kline_messages import KlineMessages
from venues.simulators.binance.klines import KlineApi
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.listen_keys import ListenKeyApi, ListenKeys
from venues.simulators.binance.market_data import MarketDataApi
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.signing import ApiKey, KeyRing
from venues.simulators.binance.sockets import Sockets, Streams
from venues.simulators.binance.subscribers import Subscribers
from venues.simulators.binance.tickers import Tickers
from venues.simulators.binance.user_streams import UserStreams
from venues.simulators.binance.ws_api import WsMethods
from venues.simulators.binance.ws_methods import Requests
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.venue import Setup

SHUTDOWN_S = 1.0


class BinanceVenue:
    """One running product."""

    def __init__(
        self,
        name: str,
        exchange: Exchange,
        ledger_path: Path,
        sockets: Sockets,
        front: Front,
        streams: Streams,
        methods: WsMethods,
        beat: Callable[[int], None],
    ) -> None:
        self.name = name
        self.exchange = exchange
        self.ledger_path = ledger_path
        self._sockets = sockets
        self._front = front
        self._streams = streams
        self._methods = methods
        self._beat = beat
        self._runner: web.ServerRunner | None = None

    @property
    def routes(self) -> Routes:
        """The endpoints that are served."""
        return self._front.routes

    async def listen(self, host: str, port: int) -> int:
        """Serve on a port (0 for a free one); returns the port."""
        server = web.Server(self._front.serve_with(self._sockets.serve), access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Stop serving and close the ledger.

        Nobody is let in any more before the sockets close: a client that reconnects at once would
        meet a server that is half gone.
        """
        for site in list(self._runner.sites) if self._runner is not None else ():
            await site.stop()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.exchange.close()

    def beat(self, now_ns: int) -> None:
        """Tickers, mark prices, closed bars, and countdowns and listen keys that ran out."""
        self._beat(self._front.now_ns())
        self._sockets.beat()
        self._streams.markets.beat(now_ns)
        self._streams.users.announce_expired(self._front.now_ms())

    def cut_streams(self, cut: Cut) -> int:
        """End streams that are open, refuse new user streams for a while; returns how many."""
        return self._sockets.cut(cut)

    def expire_listen_keys(self) -> int:
        """End every listen key, which the next beat tells, and every WebSocket API session.

        Returns how many of them somebody used.
        """
        self._streams.listen_keys.expire_all()
        listening = sum(
            bool(self._streams.subscribers.of(key)) for key in self._streams.listen_keys.known()
        )
        return listening + self._methods.expire(self._front.now_ms())

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the market streams."""
        self._streams.markets.silent = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Where the products differ."""

    futures: bool
    prefix: str
    listen_key_path: str
    listen_key_weight: int
    ws_api_path: str
    ws_requests: Requests
    ping_s: float
    routes: Routes
    order_events: OrderEvents
    funds_event: FundsEvent
    beat: Callable[[int], None] = lambda now_ns: None


def accounts_of(keys: Sequence[ApiKey]) -> list[str]:
    """The accounts that the keys trade for."""
    return sorted({key.account for key in keys})


def assemble(
    name: str,
    exchange: Exchange,
    setup: Setup,
    keys: Sequence[ApiKey],
    limiter: RateLimiter,
    product: Product,
) -> BinanceVenue:
    """A product on its exchange."""
    messages = MarketMessages(exchange.instruments, futures=product.futures)
    tickers, subscribers = Tickers(exchange, messages), Subscribers()

    def lose_depth() -> bool:
        return setup.faults.strike(FaultKind.BOOK_GAP, name) is not None

    def cut_streams(cut: Cut) -> int:
        return sockets.cut(cut)

    listen_keys = ListenKeys(name, accounts_of(keys), setup.now_ns // 1_000_000)
    streams = Streams(
        subscribers=subscribers,
        markets=MarketStreams(exchange, messages, tickers, subscribers, lose_depth),
        users=UserStreams(name, setup.faults, subscribers, listen_keys),
        listen_keys=listen_keys,
    )
    exchange.listener = Feed(
        streams.users, streams.markets, product.order_events, product.funds_event
    )
    routes = {
        **product.routes,
        **MarketDataApi(exchange, messages, tickers).routes(product.prefix),
        **KlineApi(exchange, KlineMessages(messages)).routes(product.prefix),
        **(FundingApi(exchange, messages, tickers).routes() if product.futures else {}),
        **ListenKeyApi(listen_keys, product.listen_key_weight).routes(product.listen_key_path),
    }
    front = Front(
        name,
        exchange,
        routes,
        KeyRing(keys),
        limiter,
        setup.faults,
        setup.wire,
        cut_streams,
    )
    methods = WsMethods(product.ws_requests, streams.users, listen_keys)
    sockets = Sockets(
        front, setup.faults, limiter, streams, methods, product.ws_api_path, product.ping_s
    )
    return BinanceVenue(
        name, exchange, setup.ledger_path, sockets, front, streams, methods, product.beat
    )
