"""Putting a Binance product together: exchange, REST, streams and sockets behind one port."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from aiohttp import web

from venues.simulators.accounts import Account
from venues.simulators.binance import futures_messages, instruments, spot_messages
from venues.simulators.binance.algo_messages import algo_updates
from venues.simulators.binance.algo_orders import AlgoApi
from venues.simulators.binance.feed import Feed, FundsEvent, OrderEvents
from venues.simulators.binance.front import Front
from venues.simulators.binance.futures import FuturesApi
from venues.simulators.binance.futures_account import FuturesAccountApi
from venues.simulators.binance.futures_terms import is_regular
from venues.simulators.binance.limits import (
    FUTURES_LIMITS,
    SPOT_LIMITS,
    RateLimiter,
    RateLimits,
    roomy,
)
from venues.simulators.binance.listen_keys import ListenKeyApi, ListenKeys
from venues.simulators.binance.market_data import MarketDataApi
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.signing import ApiKey, KeyRing
from venues.simulators.binance.sockets import Sockets
from venues.simulators.binance.spot import SpotApi
from venues.simulators.binance.user_streams import UserStreams
from venues.simulators.binance.ws_api import FUTURES_REQUESTS, SPOT_REQUESTS, WsMethods
from venues.simulators.events import Step
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.fees import FeeRates
from venues.simulators.margin_account import MarginAccount
from venues.simulators.opening import open_exchange
from venues.simulators.orders import Fill, Order
from venues.simulators.spot_account import SpotAccount
from venues.simulators.tape import Tape
from venues.simulators.venue import ACCOUNT, Setup

SPOT_NAME = "BINANCE_SPOT"
FUTURES_NAME = "BINANCE_FUTURES"
SPOT_FEES = FeeRates(maker=Decimal("0.001"), taker=Decimal("0.001"))
FUTURES_FEES = FeeRates(maker=Decimal("0.0002"), taker=Decimal("0.0004"))
SPOT_BALANCES = {
    "BTC": Decimal(1000),
    "ETH": Decimal(10_000),
    "BNB": Decimal(1000),
    "USDT": Decimal(50_000_000),
}
FUTURES_BALANCES = {"USDT": Decimal(50_000_000)}
SPOT_PING_S = 20.0
FUTURES_PING_S = 180.0
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
        """Stop serving and close the ledger."""
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


def build_spot(setup: Setup) -> BinanceVenue:
    """The spot product with one key, for ``registry.build_simulator``."""
    return spot_venue(setup, [_key(setup)], roomy(SPOT_LIMITS) if setup.roomy else SPOT_LIMITS)


def build_futures(setup: Setup) -> BinanceVenue:
    """The USDT-M futures product with one key, for ``registry.build_simulator``."""
    limits = roomy(FUTURES_LIMITS) if setup.roomy else FUTURES_LIMITS
    return futures_venue(setup, [_key(setup)], limits)


def _key(setup: Setup) -> ApiKey:
    return ApiKey.create(setup.credentials["api_key"], setup.credentials["api_secret"], ACCOUNT)


def spot_venue(setup: Setup, keys: Sequence[ApiKey], limits: RateLimits) -> BinanceVenue:
    """The spot product with any keys and limits; ``setup.credentials`` is not used."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return SpotAccount(name, instruments.SPOT, first, SPOT_FEES)

    balances = dict.fromkeys(_accounts(keys), SPOT_BALANCES)
    exchange = open_exchange(setup.ledger_path, instruments.SPOT, balances, make, setup.now_ns)
    limiter = RateLimiter(limits)
    api = SpotApi(exchange, limiter)

    def order_events(
        step: Step, order: Order, fill: Fill | None, now_ms: int
    ) -> list[dict[str, Any]]:
        return [spot_messages.execution_report(step, order, fill, now_ms)]

    def funds_event(
        account: str, symbols: Iterable[str], now_ms: int, traded: bool
    ) -> dict[str, Any]:
        touched = [instruments.SPOT[symbol] for symbol in symbols]
        assets = {asset for listed in touched for asset in (listed.base, listed.quote)}
        return spot_messages.account_position(api.account_of(account), assets, now_ms)

    return _assemble(
        SPOT_NAME,
        exchange,
        setup,
        keys,
        limiter,
        _Product(
            futures=False,
            prefix="/api/v3",
            listen_key_path="/api/v3/userDataStream",
            ws_api_path="/ws-api/v3",
            ws_requests=SPOT_REQUESTS,
            ping_s=SPOT_PING_S,
            routes=api.routes(),
            order_events=order_events,
            funds_event=funds_event,
        ),
    )


def futures_venue(setup: Setup, keys: Sequence[ApiKey], limits: RateLimits) -> BinanceVenue:
    """The USDT-M futures product with any keys and limits."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return MarginAccount(name, "USDT", first["USDT"], FUTURES_FEES, marks)

    balances = dict.fromkeys(_accounts(keys), FUTURES_BALANCES)
    exchange = open_exchange(setup.ledger_path, instruments.FUTURES, balances, make, setup.now_ns)
    limiter = RateLimiter(limits)
    account_api = FuturesAccountApi(exchange)

    def order_events(
        step: Step, order: Order, fill: Fill | None, now_ms: int
    ) -> list[dict[str, Any]]:
        instrument = instruments.FUTURES[order.symbol]
        before, after = algo_updates(step, order, instrument, now_ms)
        if not is_regular(order):
            return before
        update = futures_messages.order_trade_update(step, order, fill, instrument, now_ms)
        return [*before, update, *after]

    def funds_event(
        account: str, symbols: Iterable[str], now_ms: int, traded: bool
    ) -> dict[str, Any] | None:
        if not traded:
            return None
        return futures_messages.account_update(account_api.account_of(account), symbols, now_ms)

    return _assemble(
        FUTURES_NAME,
        exchange,
        setup,
        keys,
        limiter,
        _Product(
            futures=True,
            prefix="/fapi/v1",
            listen_key_path="/fapi/v1/listenKey",
            ws_api_path="/ws-fapi/v1",
            ws_requests=FUTURES_REQUESTS,
            ping_s=FUTURES_PING_S,
            routes=FuturesApi(exchange, limiter).routes()
            | AlgoApi(exchange, limiter).routes()
            | account_api.routes(),
            order_events=order_events,
            funds_event=funds_event,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Product:
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


def _accounts(keys: Sequence[ApiKey]) -> list[str]:
    return sorted({key.account for key in keys})


def _assemble(
    name: str,
    exchange: Exchange,
    setup: Setup,
    keys: Sequence[ApiKey],
    limiter: RateLimiter,
    product: _Product,
) -> BinanceVenue:
    tapes = {symbol: Tape() for symbol in exchange.instruments}
    messages = MarketMessages(exchange.instruments, futures=product.futures)
    market_data = MarketDataApi(exchange, tapes, messages)

    def lose_depth() -> bool:
        return setup.faults.strike(FaultKind.BOOK_GAP, name) is not None

    markets = MarketStreams(exchange, tapes, messages, market_data, lose_depth)
    users = UserStreams(name, setup.faults)
    listen_keys = ListenKeys(name, _accounts(keys), setup.now_ns // 1_000_000)
    exchange.listener = Feed(users, markets, tapes, product.order_events, product.funds_event)
    routes = {
        **product.routes,
        **market_data.routes(product.prefix),
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
