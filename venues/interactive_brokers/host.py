"""What keeps the IB accounts of one process up: one socket each, one loop for all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from venues.interactive_brokers.adapter import IbAdapter
from venues.interactive_brokers.settings import Settings
from venues.registry import VenueAccountConfig


class IbHost:
    """Implements `venues.port.VenueHost`."""

    def __init__(self, accounts: Sequence[Settings]) -> None:
        self.adapters = {account.venue: IbAdapter(account) for account in accounts}

    async def start(self) -> None:
        """Return once every account can trade; until then the links keep trying."""
        for adapter in self.adapters.values():
            adapter.start()
        await asyncio.gather(*(adapter.ready() for adapter in self.adapters.values()))

    async def stop(self) -> None:
        await asyncio.gather(*(adapter.stop() for adapter in self.adapters.values()))


def host(configs: Sequence[VenueAccountConfig]) -> IbHost:
    """The host of one process. Raises ValueError for options that make no sense."""
    return IbHost([Settings.of(config) for config in configs])
