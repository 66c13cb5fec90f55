"""Binance as the node's exchange: two products, each a venue of its own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nautilus_trader.common.component import LiveClock
from nautilus_trader.live.data_client import LiveMarketDataClient

from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from venues.nautilus.binance.capabilities import capabilities_of, unsendable
from venues.nautilus.binance.execution import BinanceListeningClient
from venues.nautilus.binance.factory import AccountClients
from venues.nautilus.binance.http import AccountLimits, MeteredHttp
from venues.nautilus.binance.market_data import MarketDataClient
from venues.nautilus.binance.node_config import data_client, exec_client
from venues.nautilus.binance.order_owners import Owners
from venues.nautilus.binance.queries import BinanceQueries
from venues.nautilus.binance.questions import Questions
from venues.nautilus.binance.session import BinanceSession
from venues.nautilus.binance.settings import BinanceSettings, Product
from venues.nautilus.binance.survey import survey
from venues.nautilus.exchange import Books, NodeClients, Timeouts
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import STAMP, ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.node_factories import data_factory, exec_factory
from venues.nautilus.rejections import stream_rejection
from venues.nautilus.venue_clock import VenueClock
from venues.registry import VenueAccountConfig

# Whole books of few levels, as seldom as the venue sends them.
_BOOKS = {
    Product.SPOT: Books(depth=10, params={"update_speed": 1000}),
    Product.USDT_FUTURES: Books(depth=10, params={"update_speed": 500}),
}


def spot(config: VenueAccountConfig, timeouts: Timeouts) -> BinanceExchange:
    return BinanceExchange(BinanceSettings(config, Product.SPOT, timeouts))


def usdt_futures(config: VenueAccountConfig, timeouts: Timeouts) -> BinanceExchange:
    return BinanceExchange(BinanceSettings(config, Product.USDT_FUTURES, timeouts))


class BinanceExchange:
    """Implements `venues.nautilus.exchange.Exchange`.

    It outlives nodes: its questions need none, and it remembers whose the order numbers are.
    """

    def __init__(self, settings: BinanceSettings) -> None:
        self.config = settings.config
        self.timeouts = settings.timeouts
        self.capabilities = capabilities_of(settings)
        self.books = _BOOKS[settings.product]
        self._settings = settings
        self._limits = AccountLimits(settings)
        self._clock = VenueClock(self.config.venue)
        self._owners = Owners()
        http = MeteredHttp(settings, LiveClock(), self._limits, self._clock)
        self._queries = BinanceQueries(Questions(http, settings), settings)

    async def survey(self) -> frozenset[str]:
        return await survey(self._settings, self._queries, self._clock)

    async def offered(self) -> frozenset[str]:
        return await self._queries.offered()

    async def close(self) -> None:
        """The library's HTTP client looks after itself."""

    def node_clients(self, listener: VenueListener, offered: Collection[str]) -> NodeClients:
        clients = AccountClients(
            self._settings, self._limits, self._clock, listener, self._owners.learn
        )
        return NodeClients(
            data_config=data_client(self._settings, offered),
            data_factory=data_factory(clients.data_client),
            exec_config=exec_client(self._settings, offered),
            exec_factory=exec_factory(clients.exec_client),
        )

    def unsendable(self, order: UnifiedOrder) -> str | None:
        return unsendable(order, self.capabilities)

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any]:
        return {STAMP: self._clock.timestamp_ms()}

    def rejection(self, reason: str) -> Rejected | Unknown:
        return stream_rejection(reason)

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> BinanceSession:
        assert isinstance(client, BinanceListeningClient), "built by our factory"
        assert isinstance(data, MarketDataClient), "built by our factory"
        return BinanceSession(
            self._settings,
            client,
            data,
            board,
            self._queries,
            self._owners,
            self._limits,
            self._clock,
        )
