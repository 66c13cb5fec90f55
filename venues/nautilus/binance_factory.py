"""Builds the listening execution clients the way NautilusTrader's own factory builds its plain ones."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from nautilus_trader.adapters.binance.common.credentials import is_ed25519_private_key
from nautilus_trader.adapters.binance.config import BinanceExecClientConfig
from nautilus_trader.adapters.binance.factories import (
    get_cached_binance_futures_instrument_provider,
    get_cached_binance_http_client,
    get_cached_binance_spot_instrument_provider,
)
from nautilus_trader.adapters.binance.http.client import BinanceHttpClient
from nautilus_trader.adapters.binance.spot.http.account import BinanceSpotAccountHttpAPI
from nautilus_trader.adapters.binance.futures.http.account import BinanceFuturesAccountHttpAPI
from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import LiveClock, MessageBus
from nautilus_trader.live.factories import LiveExecClientFactory

from venues.nautilus.binance_account import FuturesOutcomeAccount, SpotOutcomeAccount
from venues.nautilus.binance_execution import (
    ListeningClient,
    ListeningFuturesClient,
    ListeningSpotClient,
)
from venues.nautilus.listener import VenueListener


def listening_factory(
    listener: VenueListener, reply_timeout: timedelta
) -> type[LiveExecClientFactory]:
    """A factory class, as the node wants one, whose clients tell `listener` what the venue says."""

    class ListeningFactory(LiveExecClientFactory):
        @staticmethod
        def create(
            loop: asyncio.AbstractEventLoop,
            name: str,
            config: BinanceExecClientConfig,
            msgbus: MessageBus,
            cache: Cache,
            clock: LiveClock,
        ) -> ListeningClient:
            client = _build(loop, name, config, msgbus, cache, clock)
            commands = _unlimited_http(client._http_client, config, clock)
            spot = config.account_type.is_spot
            account = (SpotOutcomeAccount if spot else FuturesOutcomeAccount)(
                client._http_client, clock, config.account_type
            )
            account.commands = (
                BinanceSpotAccountHttpAPI if spot else BinanceFuturesAccountHttpAPI
            )(commands, clock, config.account_type)
            client.listen(listener, account, reply_timeout)
            return client

    return ListeningFactory


def _build(
    loop: asyncio.AbstractEventLoop,
    name: str,
    config: BinanceExecClientConfig,
    msgbus: MessageBus,
    cache: Cache,
    clock: LiveClock,
) -> ListeningClient:
    http = get_cached_binance_http_client(
        clock=clock,
        account_type=config.account_type,
        api_key=config.api_key,
        api_secret=config.api_secret,
        key_type=config.key_type,
        base_url=config.base_url_http,
        environment=config.environment,
    )
    if config.account_type.is_spot:
        return ListeningSpotClient(
            loop=loop,
            client=http,
            msgbus=msgbus,
            cache=cache,
            clock=clock,
            instrument_provider=get_cached_binance_spot_instrument_provider(
                client=http,
                clock=clock,
                account_type=config.account_type,
                environment=config.environment,
                config=config.instrument_provider,
                venue=config.venue,
            ),
            base_url_ws=config.base_url_ws or "",
            account_type=config.account_type,
            name=name,
            config=config,
            environment=config.environment,
            api_key=config.api_key,
            api_secret=config.api_secret,
        )
    return ListeningFuturesClient(
        loop=loop,
        client=http,
        msgbus=msgbus,
        cache=cache,
        clock=clock,
        instrument_provider=get_cached_binance_futures_instrument_provider(
            client=http,
            clock=clock,
            account_type=config.account_type,
            config=config.instrument_provider,
            venue=config.venue,
        ),
        base_url_ws=config.base_url_ws or "",
        account_type=config.account_type,
        name=name,
        config=config,
        environment=config.environment,
        api_key=config.api_key,
        api_secret=config.api_secret,
    )


def _unlimited_http(
    source: BinanceHttpClient, config: BinanceExecClientConfig, clock: LiveClock
) -> BinanceHttpClient:
    """A client with connections of its own and no rate limiter, for orders and cancels."""
    secret = config.api_secret
    return BinanceHttpClient(
        clock=clock,
        api_key=config.api_key,
        api_secret=secret,
        ed25519_private_key=secret if secret and is_ed25519_private_key(secret) else None,
        base_url=source.base_url,
    )
