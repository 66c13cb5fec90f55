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

from venues.nautilus.binance_account import FuturesOutcomeAccount, SpotOutcomeAccount
from venues.nautilus.binance_execution import (
    ListeningClient,
    ListeningFuturesClient,
    ListeningSpotClient,
)
from venues.nautilus.config import NautilusVenueConfig
from venues.nautilus.listener import VenueListener


def listening_factory(
    venue: NautilusVenueConfig, listener: VenueListener
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
        ) -> ListeningClient:
            environment = BinanceEnvironment[venue.environment]
            # Cached by NautilusTrader under these arguments, so it is shared with the data client.
            http = get_cached_binance_http_client(
                clock=clock,
                account_type=config.account_type,
                api_key=venue.api_key,
                api_secret=venue.api_secret,
                key_type=config.key_type,
                base_url=venue.base_url_http,
                environment=environment,
            )
            common: dict[str, Any] = {
                "loop": loop,
                "client": http,
                "msgbus": msgbus,
                "cache": cache,
                "clock": clock,
                "base_url_ws": venue.base_url_ws_api or "",
                "config": config,
                "account_type": config.account_type,
                "name": name,
                "environment": environment,
                "api_key": venue.api_key,
                "api_secret": venue.api_secret,
            }
            commands = _unlimited_http(http, venue, clock)
            client: ListeningClient
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
            client.listen(listener, account, venue.ack_timeout)
            return client

    return ListeningFactory


def _unlimited_http(
    source: BinanceHttpClient, venue: NautilusVenueConfig, clock: LiveClock
) -> BinanceHttpClient:
    """A client with connections of its own and no rate limiter, for orders and cancels."""
    secret = venue.api_secret
    return BinanceHttpClient(
        clock=clock,
        api_key=venue.api_key,
        api_secret=secret,
        ed25519_private_key=secret if is_ed25519_private_key(secret) else None,
        base_url=source.base_url,
    )
