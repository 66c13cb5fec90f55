"""Factory classes, as NautilusTrader's node wants them, of the clients that our code builds."""

from __future__ import annotations

from collections.abc import Callable

from nautilus_trader.live.data_client import LiveMarketDataClient
from nautilus_trader.live.factories import LiveDataClientFactory, LiveExecClientFactory

from venues.nautilus.listening import ListeningClient


def data_factory(make: Callable[..., LiveMarketDataClient]) -> type[LiveDataClientFactory]:
    """`make` is given by name what every client needs: loop, name, config, msgbus, cache, clock."""
    return type("DataFactory", (LiveDataClientFactory,), {"create": staticmethod(make)})


def exec_factory(make: Callable[..., ListeningClient]) -> type[LiveExecClientFactory]:
    """Likewise."""
    return type("ExecFactory", (LiveExecClientFactory,), {"create": staticmethod(make)})
