"""The library's market data client, which can be connected anew from outside."""

from __future__ import annotations

from nautilus_trader.adapters.okx.data import OKXDataClient
from nautilus_trader.core import nautilus_pyo3
from nautilus_trader.model.identifiers import InstrumentId


class OkxMarketData(OKXDataClient):
    """Implements `venues.nautilus.streams.Stream` for its public socket.

    Its silence is judged by the quotes alone: the library answers no question of ours.
    """

    heard_at = 0.0

    def learn_instruments(self) -> None:
        """Read what comes by the instruments as the provider has them now."""
        for instrument in self.instrument_provider.instruments_pyo3():
            self._cache_instrument(instrument)

    async def probe(self) -> None:
        """Nothing to ask: the library keeps the venue's answers to itself."""

    async def renew(self) -> None:
        """Leave the public socket and connect a new one with the same subscriptions."""
        old = self._ws_client
        new = nautilus_pyo3.OKXWebSocketClient(url=old.url, heartbeat=20)
        await new.connect(
            loop_=self._loop,
            instruments=self.instrument_provider.instruments_pyo3(),
            callback=self._handle_msg,
        )
        await new.wait_until_active(timeout_secs=4.0)
        self._ws_client = new
        for instrument_id in self.subscribed_instruments_of_streams():
            named = nautilus_pyo3.InstrumentId.from_str(instrument_id.value)
            await new.subscribe_quotes(named)
            await new.subscribe_trades(named, aggregated=False)
            await new.subscribe_book_with_depth(named, 0)
        if not old.is_closed():
            await old.close()

    def subscribed_instruments_of_streams(self) -> list[InstrumentId]:
        """What the gateway reads."""
        return [InstrumentId.from_str(str(name)) for name in self.subscribed_quote_ticks()]
