"""Public REST: time, symbols, books, trades and tickers."""

from typing import Any

from venues.simulators.bars import quiet
from venues.simulators.bybit import market_rows as rows
from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import parameter
from venues.simulators.bybit.instruments import Product, products_in
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.open_interest import open_interest


class MarketApi:
    """The public half of the REST API."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints by REST path; the venue limits them by address only."""
        handlers = {
            "time": self.time,
            "instruments-info": self.instruments,
            "tickers": self.tickers,
            "orderbook": self.book,
            "recent-trade": self.trades,
        }
        routes = {("GET", f"/v5/market/{name}"): Endpoint(h) for name, h in handlers.items()}
        return {**routes, ("GET", "/v5/system/status"): Endpoint(self.status)}

    def time(self, call: Call) -> Reply:
        """The venue's clock."""
        seconds = str(call.now_ns // 1_000_000_000)
        return Reply({"timeSecond": seconds, "timeNano": str(call.now_ns)})

    def status(self, call: Call) -> Reply:
        """No maintenance is planned."""
        return Reply({"list": []})

    def instruments(self, call: Call) -> Reply:
        """Symbols with their filters; options are none here."""
        if call.params.text("category") == "option":
            return Reply({"category": "option", "nextPageCursor": "", "list": []})
        listed = [rows.instrument_row(product) for product in self._products(call)]
        category = call.params.category().value
        return Reply({"category": category, "nextPageCursor": "", "list": listed})

    def tickers(self, call: Call) -> Reply:
        """Best prices and 24 hours, of one symbol or a whole category."""
        if call.params.text("category") == "option":
            return Reply({"category": "option", "list": []})
        listed = [self.ticker(product, call.now_ms) for product in self._products(call)]
        return Reply({"category": call.params.category().value, "list": listed})

    def book(self, call: Call) -> Reply:
        """A snapshot of a book."""
        product = call.params.product()
        depth = call.params.limit(1 if product.category.is_spot else 25, 500)
        return Reply(self.snapshot(product, depth) | {"ts": call.now_ms, "cts": call.now_ms})

    def trades(self, call: Call) -> Reply:
        """Recent trades, newest first."""
        product = call.params.product()
        most = 60 if product.category.is_spot else 1000
        recent = list(self._exchange.tapes[product.name].prints)[
            -call.params.limit(min(most, 500), most) :
        ]
        listed = [rows.trade_row(product, trade) for trade in reversed(recent)]
        return Reply({"category": product.category.value, "list": listed})

    def snapshot(self, product: Product, depth: int) -> dict[str, Any]:
        """A book with the number of its last change."""
        book = self._exchange.books[product.name]
        return {
            "s": product.symbol,
            "b": rows.book_rows(product, book.levels(Side.BUY, depth)),
            "a": rows.book_rows(product, book.levels(Side.SELL, depth)),
            "u": book.update_id,
            "seq": book.update_id,
        }

    def ticker(self, product: Product, now_ms: int) -> dict[str, Any]:
        """The ticker of one product; flat at the mark before the first trade."""
        mark = self._exchange.marks[product.name]
        day = self._exchange.tapes[product.name].day(now_ms) or quiet(now_ms, mark)
        opened = open_interest(self._exchange.state.accounts.values(), product.name)
        book = self._exchange.books[product.name]
        return rows.ticker_row(product, book, day, mark, opened, now_ms)

    def _products(self, call: Call) -> list[Product]:
        category, symbol = call.params.category(), call.params.optional("symbol")
        if symbol is not None:
            return [call.params.product()]
        base = call.params.optional("baseCoin")
        listed = [p for p in products_in(category) if base in (None, p.instrument.base)]
        if base is not None and not listed:
            raise parameter("baseCoin invalid")
        return listed
