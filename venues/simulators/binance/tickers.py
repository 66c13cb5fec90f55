"""What can be said of a symbol's market at one time: prices, statistics, averages, marks."""

from typing import Any

from venues.simulators.bars import MINUTE_MS, quiet
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.ticker_messages import AVERAGE_MINUTES, TickerMessages
from venues.simulators.exchange import Exchange
from venues.simulators.matching import ZERO


class Tickers:
    """Rows about symbols of one product, for REST and streams alike."""

    def __init__(self, exchange: Exchange, messages: MarketMessages) -> None:
        self.messages = TickerMessages(messages)
        self._exchange = exchange
        self._market = messages

    def price(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The latest price."""
        last = self._exchange.tapes[symbol].last_price or self._exchange.marks[symbol]
        row = {"symbol": symbol, "price": self._market.price(symbol, last)}
        return row | {"time": now_ms} if self._market.futures else row

    def top(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The top of the book."""
        return self._market.rest_book_ticker(symbol, self._exchange.books[symbol], now_ms)

    def day(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """Statistics of 24 hours; flat at the mark before the first trade."""
        tape = self._exchange.tapes[symbol]
        bar = tape.day(now_ms) or quiet(now_ms, self._exchange.marks[symbol])
        row = self.messages.window(symbol, bar, now_ms)
        last = tape.prints[-1].quantity if tape.prints else ZERO
        row["lastQty"] = self._market.quantity(symbol, last)
        if not self._market.futures:
            row |= {"prevClosePrice": row["openPrice"]} | self.top(symbol, now_ms)
        return row

    def window(self, symbol: str, window_ms: int, now_ms: int) -> dict[str, Any]:
        """Statistics of a time that began with a minute."""
        return self.since(symbol, now_ms // MINUTE_MS * MINUTE_MS - window_ms, now_ms)

    def since(self, symbol: str, since_ms: int, now_ms: int) -> dict[str, Any]:
        """Statistics since a time."""
        bar = self._exchange.tapes[symbol].candles.since(since_ms, now_ms)
        bar = bar or quiet(since_ms, self._exchange.marks[symbol])
        return self.messages.window(symbol, bar, now_ms)

    def average(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The average price of five minutes."""
        return self.messages.average(symbol, *self._averaged(symbol, now_ms))

    def average_event(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The same as the stream tells it."""
        return self.messages.average_event(symbol, *self._averaged(symbol, now_ms), now_ms)

    def mark(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """Mark price and funding."""
        marks, indices = self._exchange.marks, self._exchange.indices
        return self.messages.mark(symbol, marks[symbol], indices[symbol], now_ms)

    def mark_event(self, symbol: str, now_ms: int) -> dict[str, Any]:
        """The same as the stream tells it."""
        marks, indices = self._exchange.marks, self._exchange.indices
        return self.messages.mark_event(symbol, marks[symbol], indices[symbol], now_ms)

    def _averaged(self, symbol: str, now_ms: int) -> tuple[Any, int]:
        tape = self._exchange.tapes[symbol]
        bar = tape.candles.since(now_ms - AVERAGE_MINUTES * MINUTE_MS, now_ms)
        traded_ms = tape.prints[-1].time_ns // 1_000_000 if tape.prints else now_ms
        if bar is None or not bar.volume:
            return tape.last_price or self._exchange.marks[symbol], traded_ms
        return bar.quote_volume / bar.volume, traded_ms
