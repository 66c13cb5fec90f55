"""Bybit as the node's exchange: one unified account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nautilus_trader.live.data_client import LiveMarketDataClient

from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from venues.nautilus.bybit.capabilities import capabilities_of, unsendable
from venues.nautilus.bybit.commands import BybitCommands
from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.bybit.factory import AccountClients
from venues.nautilus.bybit.limits import BybitLimits
from venues.nautilus.bybit.market_data import BOOK_DEPTH, BybitMarketData
from venues.nautilus.bybit.queries import BybitQueries
from venues.nautilus.bybit.rejections import POST_ONLY_REASON
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.session import BybitSession
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.bybit.survey import survey
from venues.nautilus.exchange import Books, NodeClients, Timeouts
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import STAMP, ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.node_factories import data_factory, exec_factory
from venues.nautilus.rejections import stream_rejection
from venues.registry import VenueAccountConfig


def exchange(config: VenueAccountConfig, timeouts: Timeouts) -> BybitExchange:
    return BybitExchange(BybitSettings(config, timeouts))


class BybitExchange:
    """Implements `venues.nautilus.exchange.Exchange`.

    It outlives nodes, and so do the rate limits and the connections of its REST client.
    """

    def __init__(self, settings: BybitSettings) -> None:
        self.config = settings.config
        self.timeouts = settings.timeouts
        self.capabilities = capabilities_of(settings)
        self.books = Books(depth=BOOK_DEPTH)
        self._settings = settings
        self._rest = BybitRest(settings, BybitLimits())
        self._commands = BybitCommands(self._rest, settings)
        self._queries = BybitQueries(self._rest, settings)

    async def survey(self) -> frozenset[str]:
        return await survey(self._settings, self._rest, self._queries)

    async def offered(self) -> frozenset[str]:
        return await self._queries.offered()

    async def close(self) -> None:
        """The library's HTTP client looks after itself."""

    def node_clients(self, listener: VenueListener, offered: Collection[str]) -> NodeClients:
        clients = AccountClients(
            self._settings,
            offered,
            listener,
            self._commands.create,
            self._rest.clock.timestamp_ms,
        )
        return NodeClients(
            data_config=clients.data_config(),
            data_factory=data_factory(clients.data_client),
            exec_config=clients.exec_config(),
            exec_factory=exec_factory(clients.exec_client),
        )

    def unsendable(self, order: UnifiedOrder) -> str | None:
        if order.instrument_id not in self.config.instrument_ids:
            return f"{order.instrument_id} is not traded through here."
        return unsendable(order, self.capabilities)

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any]:
        return {STAMP: self._rest.clock.timestamp_ms()}

    def rejection(self, reason: str) -> Rejected | Unknown:
        """Refusals by reply were told as the answer; what is left is the stream's own word."""
        if POST_ONLY_REASON in reason:
            return Rejected(POST_ONLY_REASON, "the order would have taken, and is post-only.")
        return stream_rejection(reason)

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> BybitSession:
        assert isinstance(client, ListeningBybitClient), "built by our factory"
        assert isinstance(data, BybitMarketData), "built by our factory"
        return BybitSession(
            self._settings, self._rest, client, data, board, self._commands, self._queries
        )
