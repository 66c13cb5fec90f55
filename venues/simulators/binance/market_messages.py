"""Public payloads of both products: books and trades."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venues.simulators.events import Print
from venues.simulators.instruments import Instrument
from venues.simulators.matching import ZERO, Level, OrderBook, Side

type TextLevel = list[str]


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
