"""The real Bybit data client with public sockets where the configuration says they are.

The library takes the base of the REST API for them (nautilus_trader issue 4990, closed unfixed).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nautilus_trader.adapters.bybit.data import BybitDataClient
from nautilus_trader.core import nautilus_pyo3

from venues.nautilus.bybit.settings import BybitSettings, Category, Symbol

BOOK_DEPTH = 50
_QUOTE_DEPTH = 1
_ACTIVE_TIMEOUT_S = 5.0


class BybitMarketData(BybitDataClient):
    """Public sockets, one a category."""

    def __init__(self, settings: BybitSettings, **parts: Any) -> None:
        super().__init__(**parts)
        self._settings = settings
        self._ws_clients = {
            category.product_type: self._socket(category) for category in settings.categories
        }

    def learn_instruments(self) -> None:
        """Read what comes by the instruments as the provider has them now."""
        for socket in self._ws_clients.values():
            for instrument in self.instrument_provider.instruments_pyo3():
                socket.cache_instrument(instrument)

    async def renew(self, category: Category) -> None:
        """Leave the category's socket and open another. Raises whatever the library raises."""
        old = self._ws_clients[category.product_type]
        socket = self._socket(category)
        for instrument in self.instrument_provider.instruments_pyo3():
            socket.cache_instrument(instrument)
        try:
            await socket.connect(loop_=self._loop, callback=self._handle_msg)
            await socket.wait_until_active(timeout_secs=_ACTIVE_TIMEOUT_S)
        except BaseException:
            await socket.close()  # it would go on trying, with nobody to end it
            raise
        self._ws_clients[category.product_type] = socket
        for name in self.subscribed_quote_ticks():
            if Symbol.of(str(name)).category is category:
                await self._subscribe_again(socket, category, str(name))
        await old.close()

    async def _subscribe_again(self, socket: Any, category: Category, text: str) -> None:
        instrument_id = nautilus_pyo3.InstrumentId.from_str(text)
        if category is Category.SPOT:
            await socket.subscribe_orderbook(instrument_id, _QUOTE_DEPTH)
        else:
            await socket.subscribe_ticker(instrument_id)
        await socket.subscribe_trades(instrument_id)
        await socket.subscribe_orderbook(instrument_id, BOOK_DEPTH)

    def _socket(self, category: Category) -> Any:
        make: Callable[..., Any] = nautilus_pyo3.BybitWebSocketClient.new_public
        socket = make(
            product_type=category.product_type,
            environment=self._settings.environment,
            url=self._settings.public_url(category),
            proxy_url=None,
        )
        socket.set_bars_timestamp_on_close(self._bars_timestamp_on_close)
        return socket


class PublicSocket:
    """Implements `venues.nautilus.streams.Stream`. Its silence is judged by the quotes alone: the
    library answers no question of ours."""

    heard_at = 0.0

    def __init__(self, data: BybitMarketData, category: Category) -> None:
        self.category = category
        self._data = data

    async def probe(self) -> None:
        """Nothing to ask: the library keeps the venue's answers to itself."""

    async def renew(self) -> None:
        await self._data.renew(self.category)

    def carries(self, instrument_id: str) -> bool:
        """Whether the instrument's quotes come by this socket."""
        return Symbol.of(instrument_id).category is self.category
