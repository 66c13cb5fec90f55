"""Public REST of the market: books, trades and tickers."""

from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.calls import Call, Routes, public
from venues.simulators.okx.instruments import INSTRUMENTS
from venues.simulators.okx.selection import INST_TYPES, named, symbols_of

BOOK_MOST = 400
TRADES_MOST = 500
HISTORY_MOST = 100


class MarketApi:
    """What trades, and at what price."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/market/index-tickers"): public(self.index_tickers, 20),
            ("GET", "/api/v5/market/ticker"): public(self.ticker, 20),
            ("GET", "/api/v5/market/tickers"): public(self.tickers, 20),
            ("GET", "/api/v5/market/books"): public(self.books, 40),
            ("GET", "/api/v5/market/books-full"): public(self.books, 10),
            ("GET", "/api/v5/market/trades"): public(self.trades, 100),
            ("GET", "/api/v5/market/history-trades"): public(self.history_trades, 20),
        }

    def index_tickers(self, call: Call) -> list[dict[str, str]]:
        """Index prices: those of the spot pairs."""
        wanted = call.params.get("instId")
        return [
            rows.index_row(symbol, self._exchange.indices[symbol], call.now_ms)
            for symbol, instrument in INSTRUMENTS.items()
            if instrument.kind is Kind.SPOT and wanted in ("", symbol)
        ]

    def ticker(self, call: Call) -> list[dict[str, Any]]:
        """Of one instrument."""
        return [self.ticker_row(named(call.params), call.now_ms)]

    def tickers(self, call: Call) -> list[dict[str, Any]]:
        """Of all instruments of a type."""
        call.params.choice("instType", INST_TYPES)
        return [
            self.ticker_row(INSTRUMENTS[symbol], call.now_ms) for symbol in symbols_of(call.params)
        ]

    def ticker_row(self, instrument: Instrument, now_ms: int) -> dict[str, Any]:
        """A ticker as of now."""
        symbol = instrument.symbol
        book, tape = self._exchange.books[symbol], self._exchange.tapes[symbol]
        return rows.ticker_row(instrument, book, tape, self._exchange.marks[symbol], now_ms)

    def books(self, call: Call) -> list[dict[str, Any]]:
        """Up to ``sz`` levels, one by default."""
        symbol = named(call.params).symbol
        depth = min(call.params.integer("sz") or 1, BOOK_MOST)
        return [rows.book_row(self._exchange.books[symbol], depth, call.now_ms)]

    def trades(self, call: Call) -> list[dict[str, Any]]:
        """The latest trades, newest first."""
        tape = self._exchange.tapes[named(call.params).symbol]
        latest = list(tape.prints)[-(call.params.limit(TRADES_MOST)) :]
        return [rows.trade_row(trade) for trade in reversed(latest)]

    def history_trades(self, call: Call) -> list[dict[str, Any]]:
        """Trades as far back as they are kept, by trade id (type 1) or by time (type 2)."""
        params = call.params
        by_time = params.choice("type", {"1": False, "2": True}, "1")
        after, before = params.integer("after"), params.integer("before")
        found: list[dict[str, Any]] = []
        for trade in reversed(self._exchange.tapes[named(params).symbol].prints):
            place = trade.time_ns // 1_000_000 if by_time else trade.trade_id
            if (after is None or place < after) and (before is None or place > before):
                found.append(rows.trade_row(trade))
        return found[: params.limit(HISTORY_MOST)]
