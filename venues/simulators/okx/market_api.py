"""Public REST: instruments, time, books, trades, tickers, candles and prices."""

from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.calls import Call, Routes, public
from venues.simulators.okx.errors import no_instrument
from venues.simulators.okx.instruments import INSTRUMENTS, instrument_row, plain
from venues.simulators.okx.order_queries import INST_TYPES, symbols_of
from venues.simulators.okx.order_reading import limits_of
from venues.simulators.okx.params import Params
from venues.simulators.tape import MINUTE

BOOK_MOST = 400
TRADES_MOST = 500
CANDLES_MOST = 300


class MarketApi:
    """Everything that needs no key."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/public/time"): public(self.time, 10),
            ("GET", "/api/v5/public/instruments"): public(self.instruments, 20),
            ("GET", "/api/v5/public/mark-price"): public(self.mark_price, 10),
            ("GET", "/api/v5/public/price-limit"): public(self.price_limit, 20),
            ("GET", "/api/v5/public/funding-rate"): public(self.funding_rate, 20),
            ("GET", "/api/v5/market/index-tickers"): public(self.index_tickers, 20),
            ("GET", "/api/v5/market/ticker"): public(self.ticker, 20),
            ("GET", "/api/v5/market/tickers"): public(self.tickers, 20),
            ("GET", "/api/v5/market/books"): public(self.books, 40),
            ("GET", "/api/v5/market/books-full"): public(self.books, 10),
            ("GET", "/api/v5/market/trades"): public(self.trades, 100),
            ("GET", "/api/v5/market/candles"): public(self.candles, 40),
            ("GET", "/api/v5/system/status"): public(self.status, 10),
        }

    def time(self, call: Call) -> list[dict[str, str]]:
        """The venue's clock."""
        return [{"ts": str(call.now_ms)}]

    def status(self, call: Call) -> list[dict[str, str]]:
        """No upgrade is planned."""
        return []

    def instruments(self, call: Call) -> list[dict[str, Any]]:
        """All of a type."""
        call.params.choice("instType", INST_TYPES)
        return [instrument_row(INSTRUMENTS[symbol]) for symbol in symbols_of(call.params)]

    def mark_price(self, call: Call) -> list[dict[str, str]]:
        """Mark prices of a type."""
        return [
            rows.mark_row(INSTRUMENTS[symbol], self._exchange.marks[symbol], call.now_ms)
            for symbol in symbols_of(call.params)
        ]

    def price_limit(self, call: Call) -> list[dict[str, Any]]:
        """The highest price of a buy and the lowest of a sell."""
        instrument = _named(call.params)
        highest, lowest = limits_of(instrument, self._exchange.marks[instrument.symbol])
        return [
            {
                **rows.mark_row(instrument, highest, call.now_ms),
                "buyLmt": plain(highest),
                "sellLmt": plain(lowest),
                "enabled": True,
            }
        ]

    def funding_rate(self, call: Call) -> list[dict[str, str]]:
        """Of one swap."""
        instrument = _named(call.params)
        if instrument.kind is Kind.SPOT:
            raise no_instrument()
        return [rows.funding_row(instrument, call.now_ms)]

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
        return [self.ticker_row(_named(call.params), call.now_ms)]

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
        symbol = _named(call.params).symbol
        depth = min(call.params.integer("sz") or 1, BOOK_MOST)
        return [rows.book_row(self._exchange.books[symbol], depth, call.now_ms)]

    def trades(self, call: Call) -> list[dict[str, Any]]:
        """The latest trades, newest first."""
        tape = self._exchange.tapes[_named(call.params).symbol]
        latest = list(tape.prints)[-(call.params.limit(TRADES_MOST)) :]
        return [rows.trade_row(trade) for trade in reversed(latest)]

    def candles(self, call: Call) -> list[list[str]]:
        """One-minute bars, newest first: there are no others here."""
        instrument = _named(call.params)
        call.params.choice("bar", {"1m": "1m"}, "1m")
        after, before = call.params.integer("after"), call.params.integer("before")
        bars = [
            bar
            for bar in self._exchange.tapes[instrument.symbol].candles.of(MINUTE, call.now_ms)
            if (after is None or bar.open_ms < after) and (before is None or bar.open_ms > before)
        ]
        latest = bars[-(call.params.limit(CANDLES_MOST)) :]
        return [rows.candle_row(instrument, bar, call.now_ms) for bar in reversed(latest)]


def _named(params: Params) -> Instrument:
    found = INSTRUMENTS.get(params.text("instId"))
    if found is None:
        raise no_instrument()
    return found
