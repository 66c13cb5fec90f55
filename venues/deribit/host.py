"""What keeps the adapter of the process up. Importing this imports ccxt, which takes seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from venues.deribit.adapter import DeribitAdapter
from venues.deribit.settings import Settings
from venues.port import ExternalAdapter, VenueHost
from venues.registry import VenueAccountConfig


class DeribitHost:
    """Implements `venues.port.VenueHost` for the one account of the process."""

    def __init__(self, adapter: DeribitAdapter) -> None:
        self.adapters: Mapping[str, ExternalAdapter] = {adapter.venue: adapter}
        self._adapter = adapter

    async def start(self) -> None:
        await self._adapter.start()

    async def stop(self) -> None:
        await self._adapter.disconnect()


def host(configs: Sequence[VenueAccountConfig]) -> VenueHost:
    """The host of the process; Deribit is one venue, so there is one configuration."""
    (config,) = configs
    return DeribitHost(DeribitAdapter(Settings.of(config)))
