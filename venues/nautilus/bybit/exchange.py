"""Bybit as the node's exchange: one unified account."""

from __future__ import annotations

from typing import Any

from nautilus_trader.live.data_client import LiveMarketDataClient
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.model.instruments import Instrument as NautilusInstrument

from domain.instruments import Instrument
from domain.orders import UnifiedOrder
from domain.outcomes import Rejected, Unknown
from venues.nautilus.bybit.capabilities import capabilities_of, unsendable
from venues.nautilus.bybit.commands import BybitCommands
from venues.nautilus.bybit.execution import ListeningBybitClient
from venues.nautilus.bybit.factory import AccountClients
from venues.nautilus.bybit.limits import BybitLimits
from venues.nautilus.bybit.market_data import BOOK_DEPTH, BybitMarketData
from venues.nautilus.bybit.rejections import POST_ONLY_REASON
from venues.nautilus.bybit.rest import BybitRest
from venues.nautilus.bybit.session import BybitSession
from venues.nautilus.bybit.settings import BybitSettings
from venues.nautilus.exchange import Books, NodeClients, Timeouts
from venues.nautilus.instruments import instrument_of
from venues.nautilus.listener import VenueListener
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
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

    def node_clients(self, listener: VenueListener) -> NodeClients:
        create = BybitCommands(self._rest, self._settings).create
        clients = AccountClients(self._settings, listener, create, self._rest.venue_ms)
        return NodeClients(
            data_config=clients.data_config(),
            data_factory=clients.data_factory(),
            exec_config=clients.exec_config(),
            exec_factory=clients.exec_factory(),
        )

    def unsendable(self, order: UnifiedOrder) -> str | None:
        if order.instrument_id not in self.config.instrument_ids:
            return f"{order.instrument_id} is not traded through here."
        return unsendable(order, self.capabilities)

    def submit_params(self, order: UnifiedOrder) -> dict[str, Any] | None:
        return None

    def rejection(self, reason: str) -> Rejected | Unknown:
        """Refusals by reply were told as the answer; what is left is the stream's own word."""
        if POST_ONLY_REASON in reason:
            return Rejected(POST_ONLY_REASON, "the order would have taken, and is post-only.")
        return stream_rejection(reason)

    def instrument(self, source: NautilusInstrument) -> Instrument:
        return instrument_of(source, self.config.venue)

    def session(
        self, client: ListeningClient, data: LiveMarketDataClient, board: MarketBoard
    ) -> BybitSession:
        assert isinstance(client, ListeningBybitClient), "built by our factory"
        assert isinstance(data, BybitMarketData), "built by our factory"
        found = {
            text: client.bybit_instrument_provider.find(InstrumentId.from_str(text))
            for text in self.config.instrument_ids
        }
        instruments = {text: self.instrument(source) for text, source in found.items()}
        return BybitSession(self._settings, self._rest, client, data, board, instruments)
