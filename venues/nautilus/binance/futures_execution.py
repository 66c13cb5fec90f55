"""The real futures execution client. Conditional orders live in a service of their own there:
with numbers of another series until they trigger, and with news of their own."""

from __future__ import annotations

import msgspec
from nautilus_trader.adapters.binance.futures.execution import BinanceFuturesExecutionClient
from nautilus_trader.model.identifiers import ClientOrderId

from venues.nautilus.binance.execution import BinanceListeningClient

_SETTLING_S = 1.0
_TRAILING_ENDED = (b'"TRAILING_STOP_MARKET"', b'"EXPIRED"')


class _Algo(msgspec.Struct):
    """The venue's own names."""

    caid: str  # client id
    aid: int  # number in the service
    X: str  # status
    ai: str | int | None = None  # number in the book, once triggered


class _AlgoUpdate(msgspec.Struct):
    o: _Algo


class ListeningFuturesClient(BinanceListeningClient, BinanceFuturesExecutionClient):
    def _handle_user_ws_message(self, raw: bytes) -> None:
        super()._handle_user_ws_message(raw)
        if all(word in raw for word in _TRAILING_ENDED):
            # The library takes the end of a trailing stop for a change of its terms.
            self.listener.on_gap("a trailing stop has ended")

    def _handle_algo_update(self, raw: bytes) -> None:
        algo = msgspec.json.decode(raw, type=_AlgoUpdate).o
        if algo.X == "FINISHED":
            # The library would make a fill up where it has missed one.
            self._loop.call_later(_SETTLING_S, self._check_finished, algo.caid)
            self.has_told = True
            return
        if algo.X == "TRIGGERED" and algo.ai:
            self.listener.on_triggered(algo.caid, str(algo.ai))
        super()._handle_algo_update(raw)

    def _check_finished(self, client_id: str) -> None:
        """Its fills or its end must have come by now."""
        order = self._cache.order(ClientOrderId(client_id)) if client_id else None
        if order is None or not order.is_closed:
            self.listener.on_gap(f"the end of the conditional order {client_id} was not told")
