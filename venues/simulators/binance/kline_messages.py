"""Bars as REST and streams of both products tell them."""

from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar, Interval
from venues.simulators.binance.market_messages import MarketMessages

NO_TRADE = -1


class KlineMessages:
    """Builds the payloads of bars."""

    def __init__(self, messages: MarketMessages) -> None:
        self.futures = messages.futures
        self._messages = messages

    def row(self, symbol: str, bar: Bar, interval: Interval) -> list[Any]:
        """A bar as REST tells it."""
        prices = (bar.open, bar.high, bar.low, bar.close)
        return [
            bar.open_ms,
            *(self._messages.price(symbol, value) for value in prices),
            self._messages.quantity(symbol, bar.volume),
            interval.end_ms(bar.open_ms) - 1,
            _d8(bar.quote_volume),
            bar.trades,
            self._messages.quantity(symbol, bar.taker_buy_volume),
            _d8(bar.taker_buy_quote_volume),
            "0",
        ]

    def event(
        self, symbol: str, bar: Bar, name: str, interval: Interval, now_ms: int, *, closed: bool
    ) -> dict[str, Any]:
        """A bar as the stream tells it; ``name`` is the venue's of the interval."""
        names = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")
        details = dict(zip(names, self.row(symbol, bar, interval), strict=True))
        details |= {"s": symbol, "i": name, "x": closed}
        details |= {"f": bar.first_id or NO_TRADE, "L": bar.last_id or NO_TRADE}
        return {"e": "kline", "E": now_ms, "s": symbol, "k": details}


def _d8(value: Decimal) -> str:
    return f"{value:.8f}"
