"""Builds the listening execution clients as NautilusTrader's own factory builds its plain ones."""

from __future__ import annotations

import asyncio
from typing import Any

from nautilus_trader.adapters.binance.common.credentials import is_ed25519_private_key
from nautilus_trader.adapters.binance.common.enums import BinanceEnvironment
from nautilus_trader.adapters.binance.config import BinanceExecClientConfig
from nautilus_trader.adapters.binance.factories import (
    get_cached_binance_futures_instrument_provider,
    get_cached_binance_http_client,
    get_cached_binance_spot_instrument_provider,
)
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.adapters.binance.http.client import BinanceHttpClient
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI
from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import LiveClock, MessageBus
from nautilus_trader.live.factories import LiveExecClientFactory

from venues.nautilus.binance.account import FuturesOutcomeAccount, SpotOutcomeAccount
from venues.nautilus.binance.execution import (
    BinanceListeningClient,
    ListeningFuturesClient,
    ListeningSpotClient,
)
from venues.nautilus.binance.settings import BinanceSettings
from venues.nautilus.listener import VenueListener


def listening_factory(
    settings: BinanceSettings, listener: VenueListener
) -> type[LiveExecClientFactory]:
    """A factory class, as the node wants one, whose client tells `listener` what the venue says."""

    class ListeningFactory(LiveExecClientFactory):
        @staticmethod
        def create(  # type: ignore[override]
            loop: asyncio.AbstractEventLoop,
            name: str,
            config: BinanceExecClientConfig,
            msgbus: MessageBus,
            cache: Cache,
            clock: LiveClock,
        ) -> BinanceListeningClient:
            environment = BinanceEnvironment[settings.config.environment]
            # Cached by NautilusTrader under these arguments, so it is shared with the data client.
            http = get_cached_binance_http_client(
                clock=clock,
                account_type=config.account_type,
                api_key=settings.api_key,
                api_secret=settings.api_secret,
                key_type=config.key_type,
                base_url=settings.url("http"),
                environment=environment,
            )
            common: dict[str, Any] = {
                "loop": loop,
                "client": http,
                "msgbus": msgbus,
                "cache": cache,
                "clock": clock,
                "base_url_ws": settings.url("ws_api") or "",
                "config": config,
                "account_type": config.account_type,
                "name": name,
                "environment": environment,
                "api_key": settings.api_key,
                "api_secret": settings.api_secret,
            }
            commands = _unlimited_http(http, settings, clock)
            client: BinanceListeningClient
            account: SpotOutcomeAccount | FuturesOutcomeAccount
            if config.account_type.is_spot:
                provider = get_cached_binance_spot_instrument_provider(
                    client=http,
                    clock=clock,
                    account_type=config.account_type,
                    environment=environment,
                    config=config.instrument_provider,
                    venue=config.venue,
                )
                client = ListeningSpotClient(instrument_provider=provider, **common)
                account = SpotOutcomeAccount(http, clock, config.account_type)
                account.commands = BinanceSpotAccountHttpAPI(commands, clock, config.account_type)
            else:
                futures_provider = get_cached_binance_futures_instrument_provider(
                    client=http,
                    clock=clock,
                    account_type=config.account_type,
                    config=config.instrument_provider,
                    venue=config.venue,
                )
                client = ListeningFuturesClient(instrument_provider=futures_provider, **common)
                account = FuturesOutcomeAccount(http, clock, config.account_type)
                account.commands = BinanceFuturesAccountHttpAPI(
                    commands, clock, config.account_type
                )
            client.listen(listener, account, settings.timeouts.answer)
            return client

    return ListeningFactory


def _unlimited_http(
    source: BinanceHttpClient, settings: BinanceSettings, clock: LiveClock
) -> BinanceHttpClient:
    """A client with connections of its own and no rate limiter, for orders and cancels."""
    secret = settings.api_secret
    return BinanceHttpClient(
        clock=clock,
        api_key=settings.api_key,
        api_secret=secret,
        ed25519_private_key=secret if is_ed25519_private_key(secret) else None,
        base_url=source.base_url,
    )
