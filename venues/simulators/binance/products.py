"""The two products of the simulated Binance: what they list, hold, charge and say."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from venues.simulators.accounts import Account
from venues.simulators.binance import (
    futures_account_messages,
    futures_messages,
    instruments,
    spot_messages,
)
from venues.simulators.binance.algo_messages import algo_updates
from venues.simulators.binance.algo_orders import AlgoApi
from venues.simulators.binance.cancel_replace import CancelReplaceApi
from venues.simulators.binance.countdown import CountdownApi
from venues.simulators.binance.futures import FuturesApi
from venues.simulators.binance.futures_account import FuturesAccountApi
from venues.simulators.binance.futures_batches import FuturesBatchApi
from venues.simulators.binance.futures_queries import FuturesQueries
from venues.simulators.binance.futures_terms import is_regular
from venues.simulators.binance.limits import (
    FUTURES_LIMITS,
    SPOT_LIMITS,
    RateLimiter,
    RateLimits,
    roomy,
)
from venues.simulators.binance.order_list_messages import list_events
from venues.simulators.binance.order_lists import OrderListApi
from venues.simulators.binance.signing import ApiKey
from venues.simulators.binance.spot import SpotApi
from venues.simulators.binance.spot_account_messages import account_position
from venues.simulators.binance.spot_queries import SpotQueries
from venues.simulators.binance.venue import BinanceVenue, Product, accounts_of, assemble
from venues.simulators.binance.wallet import WalletApi, no_coin_margined
from venues.simulators.binance.ws_methods import FUTURES_REQUESTS, SPOT_REQUESTS
from venues.simulators.events import Step
from venues.simulators.fees import FeeRates
from venues.simulators.margin_account import MarginAccount
from venues.simulators.opening import open_exchange
from venues.simulators.orders import Fill, Order
from venues.simulators.spot_account import SpotAccount
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

    balances = dict.fromkeys(accounts_of(keys), SPOT_BALANCES)
    exchange = open_exchange(setup.ledger_path, instruments.SPOT, balances, make, setup.now_ns)
    limiter = RateLimiter(limits)
    api = SpotApi(exchange, limiter)

    def order_events(
        step: Step, order: Order, fill: Fill | None, now_ms: int
    ) -> list[dict[str, Any]]:
        events = [spot_messages.execution_report(step, order, fill, now_ms)]
        if order.group is not None:
            listed = exchange.state.orders.group_of(order)
            events += list_events(step, order, listed, now_ms)
        return events

    def funds_event(
        account: str, symbols: Iterable[str], now_ms: int, traded: bool
    ) -> dict[str, Any]:
        touched = [instruments.SPOT[symbol] for symbol in symbols]
        assets = {asset for listed in touched for asset in (listed.base, listed.quote)}
        held = exchange.state.accounts[account]
        assert isinstance(held, SpotAccount)
        return account_position(held, assets, now_ms)

    return assemble(
        SPOT_NAME,
        exchange,
        setup,
        keys,
        limiter,
        Product(
            futures=False,
            prefix="/api/v3",
            listen_key_path="/api/v3/userDataStream",
            listen_key_weight=2,
            ws_api_path="/ws-api/v3",
            ws_requests=SPOT_REQUESTS,
            ping_s=SPOT_PING_S,
            routes={
                **api.routes(),
                **CancelReplaceApi(api).routes(),
                **OrderListApi(exchange, limiter).routes(),
                **SpotQueries(exchange, limiter).routes(),
                **WalletApi(exchange).routes(),
                **no_coin_margined(),
            },
            order_events=order_events,
            funds_event=funds_event,
        ),
    )


def futures_venue(setup: Setup, keys: Sequence[ApiKey], limits: RateLimits) -> BinanceVenue:
    """The USDT-M futures product with any keys and limits."""

    def make(name: str, first: Mapping[str, Decimal], marks: Mapping[str, Decimal]) -> Account:
        return MarginAccount(name, "USDT", first["USDT"], FUTURES_FEES, marks)

    balances = dict.fromkeys(accounts_of(keys), FUTURES_BALANCES)
    exchange = open_exchange(setup.ledger_path, instruments.FUTURES, balances, make, setup.now_ns)
    limiter = RateLimiter(limits)
    account_api, countdowns = FuturesAccountApi(exchange), CountdownApi(exchange)
    api = FuturesApi(exchange, limiter)

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
        return futures_account_messages.account_update(
            account_api.account_of(account), symbols, now_ms
        )

    return assemble(
        FUTURES_NAME,
        exchange,
        setup,
        keys,
        limiter,
        Product(
            futures=True,
            prefix="/fapi/v1",
            listen_key_path="/fapi/v1/listenKey",
            listen_key_weight=1,
            ws_api_path="/ws-fapi/v1",
            ws_requests=FUTURES_REQUESTS,
            ping_s=FUTURES_PING_S,
            routes={
                **api.routes(),
                **FuturesBatchApi(api).routes(),
                **FuturesQueries(exchange, limiter).routes(),
                **AlgoApi(exchange, limiter).routes(),
                **account_api.routes(),
                **countdowns.routes(),
                **no_coin_margined(),
            },
            beat=countdowns.beat,
            order_events=order_events,
            funds_event=funds_event,
        ),
    )
