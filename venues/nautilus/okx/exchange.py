"""OKX as the node's exchange."""

from __future__ import annotations

from typing import Any

from nautilus_trader.live.data_client import LiveMarketDataClient
from nautilus_trader.model.instruments import Instrument as NautilusInstrument

from domain.instruments import Instrument
from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from venues.nautilus.exchange import Books, NodeClients, Timeouts
from venues.nautilus.instruments import instrument_of
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.okx import requests
from venues.nautilus.okx.budgets import limits_for
from venues.nautilus.okx.capabilities import capabilities_of, unsendable
from venues.nautilus.okx.execution import OkxListeningClient
from venues.nautilus.okx.factory import OkxDataFactory, execution_factory
from venues.nautilus.okx.market_data import OkxMarketData
from venues.nautilus.okx.node_config import data_client, exec_client
from venues.nautilus.okx.order_owners import OrderOwners
from venues.nautilus.okx.rest import OkxRest
from venues.nautilus.okx.session import OkxSession
from venues.nautilus.okx.settings import OkxSettings, symbol_of
from venues.nautilus.rejections import stream_rejection
from venues.registry import VenueAccountConfig


def exchange(config: VenueAccountConfig, timeouts: Timeouts) -> OkxExchange:
    return OkxExchange(OkxSettings(config, timeouts))


class OkxExchange:
    """Implements `venues.nautilus.exchange.Exchange`.

    It outlives nodes, so it counts the rate limits and remembers whose the order numbers are.
    """

    books = Books(depth=0)  # "books": 400 levels every 100 ms

    def __init__(self, settings: OkxSettings) -> None:
        self.config = settings.config
        self.timeouts = settings.timeouts
        self.capabilities = capabilities_of(settings)
        self._settings = settings
        self._limits = limits_for(symbol_of(text) for text in settings.instrument_ids)
        self._owners = OrderOwners()

    def node_clients(self, listener: VenueListener) -> NodeClients:
        rest = OkxRest(self._settings, self._limits)
        return NodeClients(
            data_config=data_client(self._settings),
            data_factory=OkxDataFactory,
            exec_config=exec_client(self._settings),
            exec_factory=execution_factory(rest, listener, self._owners),
        )

    def unsendable(self, order: UnifiedOrder) -> str | None:
        return unsendable(order, self.capabilities)

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any] | None:
        """The whole request, written from our order: the client only sends it."""
        request = requests.new_order(order)
        return {"path": request.path, "body": request.body}

    def rejection(self, reason: str) -> Rejected | Unknown:
        return stream_rejection(reason)

    def instrument(self, source: NautilusInstrument) -> Instrument:
        return instrument_of(source, self.config.venue)

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> OkxSession:
        assert isinstance(client, OkxListeningClient), "built by our factory"
        assert isinstance(data, OkxMarketData), "built by our factory"
        return OkxSession(client.rest, client, data, board, self._owners)
