"""The strategy inside the node through which our orders enter it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nautilus_trader.model.data import OrderBookDeltas, QuoteTick, TradeTick
from nautilus_trader.model.events import OrderDenied
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId
from nautilus_trader.trading.config import StrategyConfig
from nautilus_trader.trading.strategy import Strategy

from domain.orders import UnifiedOrder
from venues.nautilus.exchange import Books
from venues.nautilus.instruments import TRADED
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.terms import nautilus_order


class GatewayStrategy(Strategy):  # type: ignore[misc]
    """No strategy in the trading sense: plain methods, called from coroutines of the node's loop.

    It claims the external orders of its instruments, so that working orders of an earlier session
    belong to it and their events keep coming after a restart.
    """

    def __init__(
        self,
        instruments: Mapping[str, Books],
        boards: Callable[[str], MarketBoard],
        on_denied: Callable[[OrderDenied], None],
    ) -> None:
        self._books = {InstrumentId.from_str(text): books for text, books in instruments.items()}
        super().__init__(
            StrategyConfig(
                strategy_id="GATEWAY",
                order_id_tag="000",
                external_order_claims=list(self._books),
                log_events=False,
                log_commands=False,
            )
        )
        self._board = boards
        self._on_denied = on_denied

    def on_start(self) -> None:
        for instrument_id in self._books:
            if isinstance(self.cache.instrument(instrument_id), TRADED):
                self._subscribe(instrument_id)

    def follow(self, instrument_id: str) -> None:
        """Subscribe to an instrument that the node has come to know since its start."""
        self._subscribe(InstrumentId.from_str(instrument_id))

    def on_stop(self) -> None:
        """Nothing to undo: the streams end with their clients, right after this."""

    def on_quote_tick(self, tick: QuoteTick) -> None:
        self._board(tick.instrument_id.venue.value).put_quote(tick)

    def on_trade_tick(self, tick: TradeTick) -> None:
        self._board(tick.instrument_id.venue.value).put_trade(tick)

    def on_order_book_deltas(self, deltas: OrderBookDeltas) -> None:
        book = self.cache.order_book(deltas.instrument_id)
        if book is not None:
            self._board(deltas.instrument_id.venue.value).put_book(book, deltas.ts_init)

    def on_order_denied(self, event: OrderDenied) -> None:
        self._on_denied(event)

    def _subscribe(self, instrument_id: InstrumentId) -> None:
        books = self._books[instrument_id]
        self.subscribe_quote_ticks(instrument_id)
        self.subscribe_trade_ticks(instrument_id)
        self.subscribe_order_book_deltas(
            instrument_id, depth=books.depth, params=dict(books.params or {})
        )

    def holds(self, client_id: str) -> bool:
        """Whether the node knows an order with this client id that has been at the venue."""
        known = self.cache.order(ClientOrderId(client_id))
        return known is not None and known.venue_order_id is not None

    def submit(self, order: UnifiedOrder, params: Mapping[str, Any] | None) -> None:
        """Send the order under its client id, also when an earlier attempt came to nothing.

        The node refuses a client id that its cache holds, so the earlier attempt is dropped first.
        """
        client_id = ClientOrderId(order.venue_client_id)
        if self.cache.order(client_id) is not None:
            self.cache.purge_order(client_id)
        self.submit_order(
            nautilus_order(self.order_factory, order), params=dict(params) if params else None
        )
