"""Builds the clients of one Bybit account as NautilusTrader's own factories build its plain ones.

They share one HTTP client and one instrument provider per node.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from nautilus_trader.adapters.bybit.config import BybitDataClientConfig, BybitExecClientConfig
from nautilus_trader.adapters.bybit.providers import BybitInstrumentProvider
from nautilus_trader.config import InstrumentProviderConfig
from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.model.identifiers import InstrumentId

from venues.nautilus.bybit.execution import Create, ListeningBybitClient
from venues.nautilus.bybit.market_data import BybitMarketData
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.listener import VenueListener


class AccountClients:
    """What the clients of one account in one node have in common."""

    def __init__(
        self,
        settings: BybitSettings,
        offered: Collection[str],
        listener: VenueListener,
        create: Create,
        venue_ms: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._offered = offered
        self._listener = listener
        self._create = create
        self._venue_ms = venue_ms
        self._shared: tuple[Any, BybitInstrumentProvider] | None = None

    def data_config(self) -> BybitDataClientConfig:
        return BybitDataClientConfig(
            **self._common_config(),
            # Nobody here reads instrument states, and polling them costs requests.
            instrument_status_poll_secs=None,
            update_instruments_interval_mins=None,  # we do it ourselves, see `offer_keeper`
        )

    def exec_config(self) -> BybitExecClientConfig:
        return BybitExecClientConfig(
            **self._common_config(),
            base_url_ws_private=self._settings.url("ws_private"),
            # Never opened, see `execution`; named so that nothing else can be meant.
            base_url_ws_trade=self._settings.config.urls.get("ws_trade"),
            # It would repay by itself, at times when the venue does not take that.
            auto_repay_spot_borrows=False,
        )

    def data_client(self, **parts: Any) -> BybitMarketData:
        return BybitMarketData(self._settings, **parts, **self._common())

    def exec_client(self, **parts: Any) -> ListeningBybitClient:
        """It tells our listener, and sends by our REST."""
        client = ListeningBybitClient(**parts, **self._common())
        client.listen(self._listener, self._settings, self._create, self._venue_ms)
        return client

    def _common(self) -> dict[str, Any]:
        """The HTTP client and the provider, made when the first client is."""
        if self._shared is None:
            http = nautilus_pyo3.BybitHttpClient(
                api_key=self._settings.api_key,
                api_secret=self._settings.api_secret,
                base_url=self._settings.url("http"),
            )
            ids = frozenset(InstrumentId.from_str(text) for text in self._offered)
            provider = BybitInstrumentProvider(
                client=http,
                product_types=self._product_types(),
                config=InstrumentProviderConfig(load_ids=ids),
            )
            self._shared = http, provider
        client, instruments = self._shared
        return {"client": client, "instrument_provider": instruments}

    def _common_config(self) -> dict[str, Any]:
        return {
            "api_key": self._settings.api_key,
            "api_secret": self._settings.api_secret,
            "product_types": self._product_types(),
            "environment": self._settings.environment,
            "base_url_http": self._settings.url("http"),
        }

    def _product_types(self) -> tuple[Any, ...]:
        return tuple(category.product_type for category in self._settings.categories)
