"""Public REST of both products: time, books, trades, bars and tickers."""

from collections.abc import Callable
from typing import Any

from venues.simulators.bars import quiet
from venues.simulators.binance.calls import Call, Endpoint, Routes, instrument_of, instruments_of
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.exchange import Exchange
from venues.simulators.tape import Tape


class MarketDataApi:
    """The public half of a product's REST API."""

    def __init__(self, exchange: Exchange, messages: MarketMessages) -> None:
        self._exchange = exchange
        self._messages = messages

    def routes(self, prefix: str) -> Routes:
        """Endpoints under ``/api/v3`` or ``/fapi/v1`` with the real venue's weights."""
        endpoints = {
            "ping": Endpoint(self.ping),
            "time": Endpoint(self.time),
            "depth": Endpoint(self.depth, weight=5),
            "trades": Endpoint(self.trades, weight=25),
            "aggTrades": Endpoint(self.aggregate_trades, weight=4),
            "ticker/price": Endpoint(self.ticker_price, weight=2, weight_of_all=4),
            "ticker/bookTicker": Endpoint(self.book_ticker, weight=2, weight_of_all=4),
            "ticker/24hr": Endpoint(self.ticker, weight=2, weight_of_all=80),
        }
        if self._messages.futures:
            endpoints["premiumIndex"] = Endpoint(self.premium_index)
        return {("GET", f"{prefix}/{name}"): endpoint for name, endpoint in endpoints.items()}

    def ping(self, call: Call) -> dict[str, Any]:
        """Nothing, quickly."""
        return {}

    def time(self, call: Call) -> dict[str, int]:
        """The venue's clock."""
        return {"serverTime": call.now_ms}

    def depth(self, call: Call) -> dict[str, Any]:
        """A snapshot of a book."""
        symbol = instrument_of(self._exchange, call.params).symbol
        book, limit = self._exchange.books[symbol], call.params.limit(100, 5000)
        return self._messages.depth(symbol, book, limit, call.now_ms)

    def trades(self, call: Call) -> list[dict[str, Any]]:
        """Recent trades, oldest first."""
        prints = self._tape(call).prints
        recent = list(prints)[-call.params.limit(500, 1000) :]
        return [self._messages.rest_trade(trade) for trade in recent]

    def aggregate_trades(self, call: Call) -> list[dict[str, Any]]:
        """Recent trades, each an aggregate of itself, oldest first."""
        recent = list(self._tape(call).prints)[-call.params.limit(500, 1000) :]
        return [self._messages.rest_aggregate_trade(trade) for trade in recent]

    def ticker_price(self, call: Call) -> Any:
        """Latest prices."""
        return self._each(call, self._price_row)

    def book_ticker(self, call: Call) -> Any:
        """Tops of books."""
        return self._each(call, self._book_row)

    def ticker(self, call: Call) -> Any:
        """Statistics of 24 hours."""
        return self._each(call, self.ticker_row)

    def premium_index(self, call: Call) -> Any:
        """Mark prices and funding."""
        return self._each(call, self._mark_row)

    def ticker_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """Statistics of 24 hours for one symbol; flat at the mark before the first trade."""
        mark = self._exchange.marks[symbol]
        day = self._exchange.tapes[symbol].day(now_ms) or quiet(now_ms, mark)
        return self._messages.ticker(symbol, day, self._exchange.books[symbol], now_ms)

    def _price_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        last = self._exchange.tapes[symbol].last_price or self._exchange.marks[symbol]
        row = {"symbol": symbol, "price": self._messages.price(symbol, last)}
        return row | {"time": now_ms} if self._messages.futures else row

    def _book_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        return self._messages.rest_book_ticker(symbol, self._exchange.books[symbol], now_ms)

    def _mark_row(self, symbol: str, now_ms: int) -> dict[str, Any]:
        return self._messages.mark_price(symbol, self._exchange.marks[symbol], now_ms)

    def _each(self, call: Call, row: Callable[[str, int], dict[str, Any]]) -> Any:
        """One row for ``symbol``, a list of rows without it."""
        instruments = instruments_of(self._exchange, call.params)
        rows = [row(instrument.symbol, call.now_ms) for instrument in instruments]
        return rows[0] if "symbol" in call.params else rows

    def _tape(self, call: Call) -> Tape:
        return self._exchange.tapes[instrument_of(self._exchange, call.params).symbol]
