"""Bars as REST and streams of both products tell them."""

from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar, Interval
from venues.simulators.binance.market_messages import MarketMessages
from venues.simulators.binance.topics import Kind, Topic

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

    def event(self, topic: Topic, bar: Bar, now_ms: int, *, closed: bool) -> dict[str, Any]:
        """A bar as a stream tells it: of a symbol, or of a pair's contract."""
        assert topic.symbol is not None
        assert topic.interval is not None
        names = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")
        details = dict(zip(names, self.row(topic.symbol, bar, topic.interval), strict=True))
        details |= {"i": topic.interval_name, "x": closed}
        details |= {"f": bar.first_id or NO_TRADE, "L": bar.last_id or NO_TRADE}
        if topic.kind is Kind.CONTRACT_BAR:
            named = {"ps": topic.symbol, "ct": "PERPETUAL"}
            return {"e": "continuous_kline", "E": now_ms, **named, "k": details}
        details["s"] = topic.symbol
        return {"e": "kline", "E": now_ms, "s": topic.symbol, "k": details}


def _d8(value: Decimal) -> str:
    return f"{value:.8f}"
