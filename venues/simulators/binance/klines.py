"""Bars by REST: of trades, and of futures also of mark and index prices."""

from typing import Any

from venues.simulators.binance.calls import Call, Endpoint, Routes, instrument_of
from venues.simulators.binance.errors import INVALID_SYMBOL, ApiError, invalid
from venues.simulators.binance.intervals import interval_of, zone_ms
from venues.simulators.binance.kline_messages import KlineMessages
from venues.simulators.binance.params import Params
from venues.simulators.binance.weights import FUTURES_MARKET, SPOT_MARKET
from venues.simulators.candles import Candles
from venues.simulators.exchange import Exchange

DEFAULT_PAGE = 500
SPOT_MOST, FUTURES_MOST = 1000, 1500
CONTRACT_TYPES = ("PERPETUAL", "CURRENT_QUARTER", "NEXT_QUARTER")


class KlineApi:
    """The endpoints of bars. Futures know them by pair and by price as well."""

    def __init__(self, exchange: Exchange, messages: KlineMessages) -> None:
        self._exchange = exchange
        self._messages = messages

    def routes(self, prefix: str) -> Routes:
        """Endpoints under ``/api/v3`` or ``/fapi/v1``."""
        handlers = {"klines": self.klines}
        if self._messages.futures:
            handlers |= {
                "continuousKlines": self.continuous_klines,
                "markPriceKlines": self.mark_klines,
                "indexPriceKlines": self.index_klines,
            }
        else:
            handlers["uiKlines"] = self.klines
        weights = FUTURES_MARKET if self._messages.futures else SPOT_MARKET
        return {
            ("GET", f"{prefix}/{name}"): Endpoint(handler, weight=weights[name])
            for name, handler in handlers.items()
        }

    def klines(self, call: Call) -> list[list[Any]]:
        """Bars of trades of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        return self._page(call, symbol, self._exchange.tapes[symbol].candles)

    def continuous_klines(self, call: Call) -> list[list[Any]]:
        """Bars of trades of a pair's perpetual, which is the only contract here."""
        symbol = self._pair(call.params)
        if call.params.text("contractType") not in CONTRACT_TYPES:
            raise invalid("contractType")
        if call.params.text("contractType") != CONTRACT_TYPES[0]:
            return []
        return self._page(call, symbol, self._exchange.tapes[symbol].candles)

    def mark_klines(self, call: Call) -> list[list[Any]]:
        """Bars of the mark price of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        return self._page(call, symbol, self._exchange.mark_candles[symbol])

    def index_klines(self, call: Call) -> list[list[Any]]:
        """Bars of the index price of a pair."""
        symbol = self._pair(call.params)
        return self._page(call, symbol, self._exchange.index_candles[symbol])

    def _pair(self, params: Params) -> str:
        pair = params.text("pair")
        if pair not in self._exchange.instruments:
            raise ApiError(*INVALID_SYMBOL)
        return pair

    def _page(self, call: Call, symbol: str, candles: Candles) -> list[list[Any]]:
        """The oldest from a start time on, else the latest, until an end time."""
        params, futures = call.params, self._messages.futures
        ahead_ms = 0 if futures else zone_ms(params.optional("timeZone") or "0")
        interval = interval_of(params.text("interval"), futures=futures, ahead_ms=ahead_ms)
        start, end = params.integer("startTime"), params.integer("endTime")
        limit = params.limit(DEFAULT_PAGE, FUTURES_MOST if futures else SPOT_MOST)
        bars = [
            bar
            for bar in candles.of(interval, call.now_ms)
            if (start is None or start <= bar.open_ms) and (end is None or bar.open_ms <= end)
        ]
        page = bars[-limit:] if start is None else bars[:limit]
        return [self._messages.row(symbol, bar, interval) for bar in page]
