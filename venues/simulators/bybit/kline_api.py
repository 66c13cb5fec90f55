"""Public REST of bars: of trades, of mark and index prices, and of the premium between them."""

from collections.abc import Callable, Iterable

from venues.simulators.bars import Bar, Interval
from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import parameter
from venues.simulators.bybit.instruments import Category, Product, product_of
from venues.simulators.bybit.intervals import INTERVALS
from venues.simulators.bybit.market_rows import kline_row, premium_row, price_row
from venues.simulators.candles import Candles
from venues.simulators.exchange import Exchange

USUAL, MOST = 200, 1000


class KlineApi:
    """Bars of every interval, newest first."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints by REST path; the venue limits them by address only."""
        handlers = {
            "kline": self.klines,
            "mark-price-kline": self.marks,
            "index-price-kline": self.indices,
            "premium-index-price-kline": self.premiums,
        }
        return {("GET", f"/v5/market/{name}"): Endpoint(h) for name, h in handlers.items()}

    def klines(self, call: Call) -> Reply:
        """Bars of trades."""
        product = _product(call)
        bars = _bars(call, self._exchange.tapes[product.name].candles)
        return _listed(product, bars, lambda bar: kline_row(product, bar))

    def marks(self, call: Call) -> Reply:
        """Bars of the mark price of a contract."""
        return self._prices(call, self._exchange.mark_candles)

    def indices(self, call: Call) -> Reply:
        """Bars of the index price of a contract."""
        return self._prices(call, self._exchange.index_candles)

    def premiums(self, call: Call) -> Reply:
        """How far the mark was above the index, as a share of it."""
        product = _contract(call)
        indices = {b.open_ms: b for b in _bars(call, self._exchange.index_candles[product.name])}
        marks = _bars(call, self._exchange.mark_candles[product.name])
        both = [bar for bar in marks if bar.open_ms in indices]
        return _listed(product, both, lambda bar: premium_row(bar, indices[bar.open_ms]))

    def _prices(self, call: Call, candles: dict[str, Candles]) -> Reply:
        product = _contract(call)
        bars = _bars(call, candles[product.name])
        return _listed(product, bars, lambda bar: price_row(product, bar))


def interval_of(call: Call) -> Interval:
    """The interval that a request names."""
    found = INTERVALS.get(call.params.text("interval"))
    if found is None:
        raise parameter("Invalid period!")
    return found


def _product(call: Call) -> Product:
    """Of linear contracts unless it is said otherwise."""
    category = call.params.category() if "category" in call.params else Category.LINEAR
    return product_of(category, call.params.text("symbol"))


def _contract(call: Call) -> Product:
    product = _product(call)
    if product.category.is_spot:
        raise parameter("category only support linear or inverse")
    return product


def _bars(call: Call, candles: Candles) -> list[Bar]:
    """The bars that are asked for, newest first."""
    start, end = call.params.integer("start"), call.params.integer("end")
    bars = [
        bar
        for bar in candles.of(interval_of(call), call.now_ms)
        if (start is None or start <= bar.open_ms) and (end is None or bar.open_ms <= end)
    ]
    return bars[-call.params.limit(USUAL, MOST) :][::-1]


def _listed(product: Product, bars: Iterable[Bar], row: Callable[[Bar], list[str]]) -> Reply:
    listed = [row(bar) for bar in bars]
    named = {"category": product.category.value, "symbol": product.symbol}
    return Reply({**named, "list": listed})
