"""Public payloads of both products: books, trades, bars and tickers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar
from venues.simulators.events import Print
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Level, OrderBook, Side

type TextLevel = list[str]

FUNDING_INTERVAL_MS = 8 * 3600 * 1000
FUNDING_RATE = "0.00010000"


@dataclass(frozen=True, slots=True)
class BookChange:
    """Levels that changed between two updates; a removed level has quantity zero."""

    first_id: int
    last_id: int
    previous_id: int
    bids: Sequence[Level]
    asks: Sequence[Level]


class MarketMessages:
    """Builds the public payloads of one product."""

    def __init__(self, instruments: Mapping[str, Instrument], *, futures: bool) -> None:
        self._instruments = instruments
        self.futures = futures

    def price(self, symbol: str, value: Decimal) -> str:
        """A price as the product prints it."""
        return f"{value:.{self._instruments[symbol].price_decimals}f}"

    def quantity(self, symbol: str, value: Decimal) -> str:
        """A quantity as the product prints it."""
        return f"{value:.{self._instruments[symbol].quantity_decimals}f}"

    def levels(self, symbol: str, levels: Sequence[Level]) -> list[TextLevel]:
        """Book levels as pairs of strings."""
        return [[self.price(symbol, p), self.quantity(symbol, q)] for p, q in levels]

    def book_ticker(self, symbol: str, book: OrderBook, now_ms: int) -> dict[str, Any]:
        """The top of a book; an empty side reads zero."""
        bid, ask = book.best(Side.BUY) or (ZERO, ZERO), book.best(Side.SELL) or (ZERO, ZERO)
        top: dict[str, Any] = {"u": book.update_id, "s": symbol}
        for names, (price, quantity) in ((("b", "B"), bid), (("a", "A"), ask)):
            top |= {names[0]: self.price(symbol, price), names[1]: self.quantity(symbol, quantity)}
        return {"e": "bookTicker", "E": now_ms, "T": now_ms} | top if self.futures else top

    def rest_book_ticker(self, symbol: str, book: OrderBook, now_ms: int) -> dict[str, Any]:
        """The top of a book as REST tells it."""
        top = self.book_ticker(symbol, book, now_ms)
        row = {
            "symbol": symbol,
            "bidPrice": top["b"],
            "bidQty": top["B"],
            "askPrice": top["a"],
            "askQty": top["A"],
        }
        return row | {"time": now_ms, "lastUpdateId": top["u"]} if self.futures else row

    def depth(self, symbol: str, book: OrderBook, limit: int, now_ms: int) -> dict[str, Any]:
        """A snapshot of a book."""
        snapshot = {
            "lastUpdateId": book.update_id,
            "bids": self.levels(symbol, book.levels(Side.BUY, limit)),
            "asks": self.levels(symbol, book.levels(Side.SELL, limit)),
        }
        return {"E": now_ms, "T": now_ms} | snapshot if self.futures else snapshot

    def partial_depth(
        self, symbol: str, book: OrderBook, depth: int, now_ms: int
    ) -> dict[str, Any]:
        """The top levels as a stream pushes them: futures dress them as a diff."""
        if not self.futures:
            return self.depth(symbol, book, depth, now_ms)
        bids, asks = book.levels(Side.BUY, depth), book.levels(Side.SELL, depth)
        last = book.update_id
        return self.depth_update(symbol, BookChange(last, last, last - 1, bids, asks), now_ms)

    def depth_update(self, symbol: str, change: BookChange, now_ms: int) -> dict[str, Any]:
        """A diff of a book."""
        update = {
            "e": "depthUpdate",
            "E": now_ms,
            "s": symbol,
            "U": change.first_id,
            "u": change.last_id,
            "b": self.levels(symbol, change.bids),
            "a": self.levels(symbol, change.asks),
        }
        return update | {"T": now_ms, "pu": change.previous_id} if self.futures else update

    def trade(self, trade: Print, now_ms: int) -> dict[str, Any]:
        """A public trade."""
        symbol = trade.symbol
        payload = {
            "e": "trade",
            "E": now_ms,
            "s": symbol,
            "t": trade.trade_id,
            "p": self.price(symbol, trade.price),
            "q": self.quantity(symbol, trade.quantity),
            "T": trade.time_ns // 1_000_000,
            "m": trade.taker_side is Side.SELL,
        }
        return payload | ({"X": "MARKET"} if self.futures else {"M": True})

    def aggregate_trade(self, trade: Print, now_ms: int) -> dict[str, Any]:
        """A public trade as an aggregate of itself."""
        payload = self.trade(trade, now_ms) | {"e": "aggTrade", "a": trade.trade_id}
        del payload["t"]
        payload.pop("X", None)
        return payload | {"f": trade.trade_id, "l": trade.trade_id}

    def rest_trade(self, trade: Print) -> dict[str, Any]:
        """A public trade as REST tells it."""
        symbol = trade.symbol
        row = {
            "id": trade.trade_id,
            "price": self.price(symbol, trade.price),
            "qty": self.quantity(symbol, trade.quantity),
            "quoteQty": f"{trade.price * trade.quantity:.8f}",
            "time": trade.time_ns // 1_000_000,
            "isBuyerMaker": trade.taker_side is Side.SELL,
        }
        return row if self.futures else row | {"isBestMatch": True}

    def rest_aggregate_trade(self, trade: Print) -> dict[str, Any]:
        """An aggregate trade as REST tells it: the stream's without its envelope."""
        event = self.aggregate_trade(trade, trade.time_ns // 1_000_000)
        return {name: value for name, value in event.items() if name not in ("e", "E", "s")}

    def ticker(self, symbol: str, day: Bar, book: OrderBook, now_ms: int) -> dict[str, Any]:
        """The last 24 hours of a symbol, by REST names."""
        change = day.close - day.open
        mean = day.quote_volume / day.volume if day.volume else day.close
        row = {
            "symbol": symbol,
            "priceChange": self.price(symbol, change),
            "priceChangePercent": f"{change / day.open * 100:.3f}",
            "weightedAvgPrice": self.price(symbol, mean),
            "lastPrice": self.price(symbol, day.close),
            "lastQty": self.quantity(symbol, ZERO),
            "openPrice": self.price(symbol, day.open),
            "highPrice": self.price(symbol, day.high),
            "lowPrice": self.price(symbol, day.low),
            "volume": self.quantity(symbol, day.volume),
            "quoteVolume": f"{day.quote_volume:.8f}",
            "openTime": day.open_ms,
            "closeTime": now_ms,
            "firstId": day.first_id,
            "lastId": day.last_id,
            "count": day.trades,
        }
        if not self.futures:
            top = self.rest_book_ticker(symbol, book, now_ms)
            row |= {"prevClosePrice": row["openPrice"]} | top
        return row

    def ticker_event(self, row: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
        """The stream's form of ``ticker``."""
        names = {
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
        event = {short: row[name] for name, short in names.items() if name in row}
        return {"e": "24hrTicker", "E": now_ms} | event

    def mark_price(self, symbol: str, mark: Decimal, now_ms: int) -> dict[str, Any]:
        """The mark price as REST tells it."""
        text = f"{mark:.8f}"
        return {
            "symbol": symbol,
            "markPrice": text,
            "indexPrice": text,
            "estimatedSettlePrice": text,
            "lastFundingRate": FUNDING_RATE,
            "interestRate": FUNDING_RATE,
            "nextFundingTime": (now_ms // FUNDING_INTERVAL_MS + 1) * FUNDING_INTERVAL_MS,
            "time": now_ms,
        }

    def mark_price_event(self, symbol: str, mark: Decimal, now_ms: int) -> dict[str, Any]:
        """The mark price as the stream tells it."""
        row = self.mark_price(symbol, mark, now_ms)
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
