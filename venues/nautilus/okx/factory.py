"""Builds the node's clients as NautilusTrader's own factories build its plain ones.

All but one: theirs share one HTTP client over all nodes, which is of no use any more once the first
of them has stopped.
"""

from __future__ import annotations

from typing import Any

from nautilus_trader.adapters.okx.config import OKXDataClientConfig, OKXExecClientConfig
from nautilus_trader.adapters.okx.providers import OKXInstrumentProvider

from venues.nautilus.listener import VenueListener
from venues.nautilus.okx.commands import OkxCommands
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.node_config import http_client
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rest import OkxRest


class AccountClients:
    """What the clients of one account in one node have in common."""

    def __init__(
        self,
        rest: OkxRest,
        queries: OkxQueries,
        commands: OkxCommands,
        listener: VenueListener,
        owners: OrderOwners,
    ) -> None:
        self._rest = rest
        self._queries = queries
        self._commands = commands
        self._listener = listener
        self._owners = owners
        self._shared: dict[str, Any] | None = None

    def data_client(self, *, config: OKXDataClientConfig, **parts: Any) -> OkxMarketData:
        return OkxMarketData(config=config, **parts, **self._common(config))

    def exec_client(self, *, config: OKXExecClientConfig, **parts: Any) -> OkxListeningClient:
        """It sends and asks by our REST, and tells our listener."""
        client = OkxListeningClient(config=config, **parts, **self._common(config))
        client.equip(self._rest, self._queries, self._commands, self._listener, self._owners)
        return client

    def _common(self, config: OKXDataClientConfig | OKXExecClientConfig) -> dict[str, Any]:
        """The HTTP client and the provider, made when the first client is."""
        if self._shared is None:
            client = http_client(self._rest.settings)
            provider = OKXInstrumentProvider(
                client=client,
                instrument_types=config.instrument_types,
                config=config.instrument_provider,
            )
            self._shared = {"client": client, "instrument_provider": provider}
        return self._shared
