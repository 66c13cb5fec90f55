"""Statistics, averages and mark prices, as REST and streams of both products tell them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar
from venues.simulators.binance.market_messages import MarketMessages

FUNDING_INTERVAL_MS = 8 * 3600 * 1000
FUNDING_RATE = "0.00000000"
INTEREST_RATE = "0.00010000"
AVERAGE_MINUTES = 5

_SHORT = {
    "symbol": "s",
    "priceChange": "p",
    "priceChangePercent": "P",
    "weightedAvgPrice": "w",
    "prevClosePrice": "x",
    "lastPrice": "c",
    "lastQty": "Q",
    "bidPrice": "b",
    "bidQty": "B",
    "askPrice": "a",
    "askQty": "A",
    "openPrice": "o",
    "highPrice": "h",
    "lowPrice": "l",
    "volume": "v",
    "quoteVolume": "q",
    "openTime": "O",
    "closeTime": "C",
    "firstId": "F",
    "lastId": "L",
    "count": "n",
}
_LEFT_OUT_OF_MINI = ("priceChange", "priceChangePercent", "weightedAvgPrice")
_MINI_EVENT = ("symbol", "lastPrice", "openPrice", "highPrice", "lowPrice", "volume", "quoteVolume")


class TickerMessages:
    """Builds the payloads of one product that are not books, trades or bars."""

    def __init__(self, messages: MarketMessages) -> None:
        self._messages = messages

    def window(self, symbol: str, bar: Bar, now_ms: int) -> dict[str, Any]:
        """Statistics of a time until now."""
        change = bar.close - bar.open
        mean = bar.quote_volume / bar.volume if bar.volume else bar.close
        price, quantity = self._messages.price, self._messages.quantity
        return {
            "symbol": symbol,
            "priceChange": price(symbol, change),
            "priceChangePercent": f"{change / bar.open * 100:.3f}",
            "weightedAvgPrice": price(symbol, mean),
            "openPrice": price(symbol, bar.open),
            "highPrice": price(symbol, bar.high),
            "lowPrice": price(symbol, bar.low),
            "lastPrice": price(symbol, bar.close),
            "volume": quantity(symbol, bar.volume),
            "quoteVolume": f"{bar.quote_volume:.8f}",
            "openTime": bar.open_ms,
            "closeTime": now_ms,
            "firstId": bar.first_id,
            "lastId": bar.last_id,
            "count": bar.trades,
        }

    def mini(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The short form of statistics."""
        return {name: value for name, value in row.items() if name not in _LEFT_OUT_OF_MINI}

    def event(self, kind: str, row: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """Statistics as a stream tells them; ``kind`` is the event's name."""
        event = {short: row[name] for name, short in _SHORT.items() if name in row}
        return {"e": kind, "E": now_ms} | event

    def mini_event(self, row: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """Statistics as the stream of short ones tells them."""
        event = {_SHORT[name]: row[name] for name in _MINI_EVENT}
        return {"e": "24hrMiniTicker", "E": now_ms} | event

    def average(self, symbol: str, price: Decimal, traded_ms: int) -> dict[str, Any]:
        """The average price of some minutes."""
        text = self._messages.price(symbol, price)
        return {"mins": AVERAGE_MINUTES, "price": text, "closeTime": traded_ms}

    def average_event(
        self, symbol: str, price: Decimal, traded_ms: int, now_ms: int
    ) -> dict[str, Any]:
        """The average price as the stream tells it."""
        text = self._messages.price(symbol, price)
        event = {"e": "avgPrice", "E": now_ms, "s": symbol, "i": f"{AVERAGE_MINUTES}m"}
        return event | {"w": text, "T": traded_ms}

    def mark(self, symbol: str, mark: Decimal, index: Decimal, now_ms: int) -> dict[str, Any]:
        """The mark price as REST tells it."""
        return {
            "symbol": symbol,
            "markPrice": f"{mark:.8f}",
            "indexPrice": f"{index:.8f}",
            "estimatedSettlePrice": f"{index:.8f}",
            "lastFundingRate": FUNDING_RATE,
            "interestRate": INTEREST_RATE,
            "nextFundingTime": (now_ms // FUNDING_INTERVAL_MS + 1) * FUNDING_INTERVAL_MS,
            "time": now_ms,
        }

    def mark_event(self, symbol: str, mark: Decimal, index: Decimal, now_ms: int) -> dict[str, Any]:
        """The mark price as the stream tells it."""
        row = self.mark(symbol, mark, index, now_ms)
        return {
            "e": "markPriceUpdate",
            "E": now_ms,
            "s": symbol,
            "p": row["markPrice"],
            "ap": row["markPrice"],
            "i": row["indexPrice"],
            "P": row["estimatedSettlePrice"],
            "r": row["lastFundingRate"],
            "T": row["nextFundingTime"],
        }
