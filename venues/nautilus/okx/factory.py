"""Builds the node's clients as NautilusTrader's own factories build its plain ones."""

from __future__ import annotations

import asyncio
from typing import Any

from nautilus_trader.adapters.okx.config import OKXDataClientConfig, OKXExecClientConfig
from nautilus_trader.adapters.okx.factories import (
    get_cached_okx_http_client,
    get_cached_okx_instrument_provider,
)
from nautilus_trader.cache.cache import Cache
from nautilus_trader.common.component import LiveClock, MessageBus
from nautilus_trader.live.factories import LiveDataClientFactory, LiveExecClientFactory

from venues.nautilus.listener import VenueListener
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.rest import OkxRest


class OkxDataFactory(LiveDataClientFactory):
    """Builds the market data client."""

    @staticmethod
    def create(  # type: ignore[override]
        loop: asyncio.AbstractEventLoop,
        name: str,
        config: OKXDataClientConfig,
        msgbus: MessageBus,
        cache: Cache,
        clock: LiveClock,
    ) -> OkxMarketData:
        return OkxMarketData(
            loop=loop,
            msgbus=msgbus,
            cache=cache,
            clock=clock,
            config=config,
            name=name,
            **_shared(config),
        )


def execution_factory(
    rest: OkxRest, listener: VenueListener, owners: OrderOwners
) -> type[LiveExecClientFactory]:
    """A factory class, as the node wants one, whose client tells `listener` what the venue says."""

    class OkxExecFactory(LiveExecClientFactory):
        @staticmethod
        def create(  # type: ignore[override]
            loop: asyncio.AbstractEventLoop,
            name: str,
            config: OKXExecClientConfig,
            msgbus: MessageBus,
            cache: Cache,
            clock: LiveClock,
        ) -> OkxListeningClient:
            client = OkxListeningClient(
                loop=loop,
                msgbus=msgbus,
                cache=cache,
                clock=clock,
                config=config,
                name=name,
                **_shared(config),
            )
            client.equip(rest, listener, owners)
            return client

    return OkxExecFactory


def _shared(config: OKXDataClientConfig | OKXExecClientConfig) -> dict[str, Any]:
    """HTTP client and instrument provider, cached by NautilusTrader for both clients."""
    client = get_cached_okx_http_client(
        api_key=config.api_key,
        api_secret=config.api_secret,
        api_passphrase=config.api_passphrase,
        base_url=config.base_url_http,
        environment=config.environment,
        timeout_secs=config.http_timeout_secs,
        max_retries=config.max_retries,
        retry_delay_ms=config.retry_delay_initial_ms,
        retry_delay_max_ms=config.retry_delay_max_ms,
        proxy_url=config.proxy_url,
    )
    provider = get_cached_okx_instrument_provider(
        client=client,
        instrument_types=config.instrument_types,
        contract_types=config.contract_types,
        instrument_families=config.instrument_families,
        load_spreads=config.load_spreads,
        config=config.instrument_provider,
    )
    return {"client": client, "instrument_provider": provider}
