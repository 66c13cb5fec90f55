"""The real Binance data clients, whose books come whole with every message."""

from __future__ import annotations

import time

from nautilus_trader.adapters.binance.data import BinanceCommonDataClient
from nautilus_trader.adapters.binance.futures.data import BinanceFuturesDataClient
from nautilus_trader.adapters.binance.spot.data import BinanceSpotDataClient
from nautilus_trader.adapters.binance.websocket.client import BinanceWebSocketClient
from nautilus_trader.model.identifiers import InstrumentId

# Answered on every stream; the library passes the answer over.
_PROBE = b'{"method":"LIST_SUBSCRIPTIONS","id":1}'


class MarketSocket:
    """One of a data client's connections, listened to on its way in."""

    def __init__(self, socket: BinanceWebSocketClient) -> None:
        self._socket = socket
        self._handle = socket._handler  # noqa: SLF001
        socket._handler = self._on_message  # noqa: SLF001
        self.heard_at = 0.0

    async def probe(self) -> None:
        for client in self._socket._clients.values():  # noqa: SLF001
            if client is not None and client.is_active():
                await client.send_text(_PROBE)

    async def renew(self) -> None:
        """Connect anew with all subscriptions. Raises whatever the library raises."""
        if self._socket.has_subscriptions:
            await self._socket.disconnect()
            await self._socket.connect()

    def _on_message(self, raw: bytes) -> None:
        self.heard_at = time.monotonic()
        self._handle(raw)


class MarketDataClient(BinanceCommonDataClient):
    """What both products have in common; stands before the real client in the method order."""

    trades: MarketSocket
    quotes: MarketSocket

    def listen(self) -> None:
        """Notice when its connections say anything."""
        self.trades = MarketSocket(self._ws_client)
        self.quotes = MarketSocket(self._ws_public_client)

    async def _order_book_snapshot_then_deltas(self, instrument_id: InstrumentId) -> None:
        """The streams that we read send the whole top of the book: no snapshot is asked for.

        One that failed would leave the library buffering the stream for good.
        """


class SpotMarketData(MarketDataClient, BinanceSpotDataClient):
    pass


class FuturesMarketData(MarketDataClient, BinanceFuturesDataClient):
    pass
