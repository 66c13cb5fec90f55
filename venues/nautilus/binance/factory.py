"""Builds the clients of one Binance account as NautilusTrader's own factories build its plain ones.

All of them share one HTTP client per node, which keeps within the venue's limits; commands have
connections of their own.
"""

from __future__ import annotations

from typing import Any

from nautilus_trader.adapters.binance.common.enums import BinanceEnvironment
from nautilus_trader.adapters.binance.common.urls import (
    get_usdm_ws_route_base_url,
    get_ws_base_url,
    get_ws_public_base_url,
)
from nautilus_trader.adapters.binance.config import BinanceDataClientConfig, BinanceExecClientConfig
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI
from nautilus_trader.common.component import LiveClock

from venues.nautilus.binance.account import FuturesOutcomeAccount, SpotOutcomeAccount
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.nautilus.binance.futures_execution import ListeningFuturesClient
from venues.nautilus.binance.http import AccountLimits, MeteredHttp
from venues.nautilus.binance.market_data import (
    FuturesMarketData,
    MarketDataClient,
    SpotMarketData,
)
from venues.nautilus.binance.order_owners import LearnOwner
from venues.nautilus.binance.providers import instrument_provider
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.spot_execution import ListeningSpotClient
from venues.nautilus.listener import VenueListener
from venues.nautilus.venue_clock import VenueClock


class AccountClients:
    """What the clients of one account in one node have in common."""

    def __init__(
        self,
        settings: BinanceSettings,
        limits: AccountLimits,
        venue_clock: VenueClock,
        listener: VenueListener,
        learn_owner: LearnOwner,
    ) -> None:
        self.settings = settings
        self.limits = limits
        self.venue_clock = venue_clock
        self.listener = listener
        self.learn_owner = learn_owner
        self._http: MeteredHttp | None = None
        self._provider: Any = None

    def data_client(
        self, *, config: BinanceDataClientConfig, clock: LiveClock, **parts: Any
    ) -> MarketDataClient:
        common = parts | self._parts(config, clock) | {"account_type": config.account_type}
        market, public = market_urls(self.settings)
        if self.settings.product is Product.SPOT:
            return _heard(SpotMarketData(base_url_ws=market, **common))
        return _heard(FuturesMarketData(base_url_ws=market, base_url_ws_public=public, **common))

    def exec_client(
        self, *, config: BinanceExecClientConfig, clock: LiveClock, **parts: Any
    ) -> BinanceListeningClient:
        kind = config.account_type
        common = (
            parts
            | self._parts(config, clock)
            | {
                "account_type": kind,
                "base_url_ws": config.base_url_ws or "",
                "environment": self.settings.environment,
                "api_key": self.settings.api_key,
                "api_secret": self.settings.api_secret,
            }
        )
        http = common["client"]
        commands = MeteredHttp(self.settings, clock, self.limits, self.venue_clock)
        client: BinanceListeningClient
        account: SpotOutcomeAccount | FuturesOutcomeAccount
        if self.settings.product is Product.SPOT:
            client = ListeningSpotClient(**common)
            account = SpotOutcomeAccount(http, clock, kind)
            account.commands = BinanceSpotAccountHttpAPI(commands, clock, kind)
        else:
            client = ListeningFuturesClient(**common)
            account = FuturesOutcomeAccount(http, clock, kind)
            account.commands = BinanceFuturesAccountHttpAPI(commands, clock, kind)
        client.listen(
            self.listener,
            account,
            commands.stamps,
            self.settings,
            self.learn_owner,
            self.venue_clock,
        )
        return client

    def _parts(
        self, config: BinanceDataClientConfig | BinanceExecClientConfig, clock: LiveClock
    ) -> dict[str, Any]:
        if self._http is None:
            self._http = MeteredHttp(self.settings, clock, self.limits, self.venue_clock)
            self._provider = instrument_provider(
                self.settings,
                self._http,
                clock=clock,
                config=config.instrument_provider,
                venue=config.venue,
            )
        return {
            "client": self._http,
            "clock": clock,
            "instrument_provider": self._provider,
            "config": config,
        }


def market_urls(settings: BinanceSettings) -> tuple[str, str]:
    """Where the trades come from, and where the quotes do."""
    base, kind, environment = settings.url("ws"), settings.account_type, settings.environment
    if base is None:
        market = get_ws_base_url(kind, environment, False)
        if settings.product is Product.SPOT:
            return market, market
        return market, get_ws_public_base_url(kind, environment, False)
    if settings.product is Product.SPOT or environment != BinanceEnvironment.LIVE:
        return base, base
    return get_usdm_ws_route_base_url(base, "market"), get_usdm_ws_route_base_url(base, "public")


def _heard(client: MarketDataClient) -> MarketDataClient:
    client.listen()
    return client
