"""Putting a Binance product together: exchange, REST, streams and sockets behind one port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from venues.simulators.binance.feed import Feed, FundsEvent, OrderEvents
from venues.simulators.binance.front import Front
from venues.simulators.binance.kline_messages import KlineMessages
from venues.simulators.binance.klines import KlineApi
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.listen_keys import ListenKeyApi, ListenKeys
from venues.simulators.binance.market_data import MarketDataApi
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.signing import ApiKey, KeyRing
from venues.simulators.binance.sockets import Sockets
from venues.simulators.binance.user_streams import UserStreams
from venues.simulators.binance.ws_api import WsMethods
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
        markets: MarketStreams,
        users: UserStreams,
        listen_keys: ListenKeys,
    ) -> None:
        self.name = name
        self.exchange = exchange
        self.ledger_path = ledger_path
        self._sockets = sockets
        self._front = front
        self._markets = markets
        self._users = users
        self._listen_keys = listen_keys
        self._runner: web.ServerRunner | None = None

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
        """Tickers, mark prices, closed bars, and listen keys that ran out."""
        self._sockets.beat()
        self._markets.beat(now_ns)
        now_ms = self._front.now_ns() // 1_000_000
        for account, key in self._listen_keys.newly_expired(now_ms):
            self._users.expire(account, key, now_ms)

    def drop_user_streams(self, refuse_s: float) -> int:
        """Abort all user streams, refuse new ones for a while; returns how many died."""
        return self._users.drop(refuse_s)

    def expire_listen_keys(self) -> None:
        """End every listen key now; the next beat tells the streams."""
        self._listen_keys.expire_all()

    def silence_market_data(self, *, silent: bool) -> None:
        """Stop or resume the market streams."""
        self._markets.silent = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Where the products differ."""

    futures: bool
    prefix: str
    listen_key_path: str
    ws_api_path: str
    ws_requests: Mapping[str, tuple[str, str]]
    ping_s: float
    routes: Mapping[tuple[str, str], Any]
    order_events: OrderEvents
    funds_event: FundsEvent


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
    market_data = MarketDataApi(exchange, messages)

    def lose_depth() -> bool:
        return setup.faults.strike(FaultKind.BOOK_GAP, name) is not None

    markets = MarketStreams(exchange, messages, market_data, lose_depth)
    users = UserStreams(name, setup.faults)
    listen_keys = ListenKeys(name, accounts_of(keys), setup.now_ns // 1_000_000)
    exchange.listener = Feed(users, markets, product.order_events, product.funds_event)
    routes = {
        **product.routes,
        **market_data.routes(product.prefix),
        **KlineApi(exchange, KlineMessages(messages)).routes(product.prefix),
        **ListenKeyApi(listen_keys).routes(product.listen_key_path),
    }
    front = Front(
        name,
        exchange,
        routes,
        KeyRing(keys),
        limiter,
        setup.faults,
        setup.wire,
        users.drop,
    )
    methods = WsMethods(product.ws_requests, users, listen_keys)
    sockets = Sockets(
        front,
        setup.faults,
        markets,
        users,
        listen_keys,
        methods,
        product.ws_api_path,
        product.ping_s,
    )
    return BinanceVenue(
        name, exchange, setup.ledger_path, sockets, front, markets, users, listen_keys
    )
