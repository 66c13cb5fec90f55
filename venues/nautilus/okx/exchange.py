"""OKX as the node's exchange."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nautilus_trader.live.data_client import LiveMarketDataClient

from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from venues.nautilus.exchange import Books, NodeClients, Timeouts
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.node_factories import data_factory, exec_factory
from venues.nautilus.okx import requests
from venues.nautilus.okx.budgets import limits_for
from venues.nautilus.okx.capabilities import capabilities_of, unsendable
from venues.nautilus.okx.commands import OkxCommands
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.factory import AccountClients
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.node_config import data_client, exec_client
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rest import OkxRest
from venues.nautilus.okx.session import OkxSession
from venues.nautilus.okx.settings import OkxSettings, symbol_of
from venues.nautilus.okx.survey import survey
from venues.nautilus.rejections import stream_rejection
from venues.registry import VenueAccountConfig


def exchange(config: VenueAccountConfig, timeouts: Timeouts) -> OkxExchange:
    return OkxExchange(OkxSettings(config, timeouts))


class OkxExchange:
    """Implements `venues.nautilus.exchange.Exchange`.

    It outlives nodes: its questions need none, it counts the rate limits and remembers whose the
    order numbers are.
    """

    books = Books(depth=0)  # "books": 400 levels every 100 ms

    def __init__(self, settings: OkxSettings) -> None:
        self.config = settings.config
        self.timeouts = settings.timeouts
        self.capabilities = capabilities_of(settings)
        limits = limits_for(symbol_of(text) for text in settings.instrument_ids)
        self._rest = OkxRest(settings, limits)
        self._queries = OkxQueries(self._rest)
        self._commands = OkxCommands(self._rest, self._queries)
        self._owners = OrderOwners()

    async def survey(self) -> frozenset[str]:
        return await survey(self._rest, self._queries)

    async def offered(self) -> frozenset[str]:
        return await self._queries.offered()

    async def close(self) -> None:
        await self._rest.close()

    def node_clients(self, listener: VenueListener, offered: Collection[str]) -> NodeClients:
        settings = self._rest.settings
        clients = AccountClients(self._rest, self._queries, self._commands, listener, self._owners)
        return NodeClients(
            data_config=data_client(settings, offered),
            data_factory=data_factory(clients.data_client),
            exec_config=exec_client(settings, offered),
            exec_factory=exec_factory(clients.exec_client),
        )

    def unsendable(self, order: UnifiedOrder) -> str | None:
        return unsendable(order, self.capabilities)

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any]:
        """The whole request, written from our order: the client only sends it."""
        request = requests.new_order(order)
        expiry_ms = self._rest.expiry_ms()
        return {"path": request.path, "body": request.body, "expiry_ms": expiry_ms}

    def rejection(self, reason: str) -> Rejected | Unknown:
        return stream_rejection(reason)

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> OkxSession:
        assert isinstance(client, OkxListeningClient), "built by our factory"
        assert isinstance(data, OkxMarketData), "built by our factory"
        return OkxSession(client.rest, client, data, board, self._owners)
