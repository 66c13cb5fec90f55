"""Public REST of bars: of trades, of index and mark prices; the latest, and further back."""

from collections.abc import Callable, Mapping

from venues.simulators.bars import Bar, Interval
from venues.simulators.candles import Candles
from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.okx.calls import Call, Endpoint, Routes, public
from venues.simulators.okx.errors import no_instrument
from venues.simulators.okx.intervals import INTERVALS
from venues.simulators.okx.market_rows import candle_row, price_candle_row
from venues.simulators.okx.selection import named

USUAL, TRADES_MOST, PRICES_MOST = 100, 300, 100
LATEST = 1440
"""As far as the quick lists reach, in bars; those of the history go on as far as bars are kept."""


class CandleApi:
    """Bars of every interval, newest first."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/market/candles"): self._trades(40, LATEST),
            ("GET", "/api/v5/market/history-candles"): self._trades(20, None),
            ("GET", "/api/v5/market/index-candles"): self._indices(20, LATEST),
            ("GET", "/api/v5/market/history-index-candles"): self._indices(10, None),
            ("GET", "/api/v5/market/mark-price-candles"): self._marks(20, LATEST),
            ("GET", "/api/v5/market/history-mark-price-candles"): self._marks(10, None),
        }

    def _trades(self, limit: int, reach: int | None) -> Endpoint:
        def handle(call: Call) -> list[list[str]]:
            instrument, interval = named(call.params), _interval(call)
            candles = self._exchange.tapes[instrument.symbol].candles
            bars = _bars(call, candles.of(interval, call.now_ms), reach, TRADES_MOST)
            return [candle_row(instrument, bar, interval, call.now_ms) for bar in bars]

        return public(handle, limit)

    def _indices(self, limit: int, reach: int | None) -> Endpoint:
        """Of the pairs, which the spot instruments are named like."""
        return self._prices(limit, reach, self._exchange.index_candles, _pair)

    def _marks(self, limit: int, reach: int | None) -> Endpoint:
        return self._prices(
            limit, reach, self._exchange.mark_candles, lambda call: named(call.params)
        )

    def _prices(
        self,
        limit: int,
        reach: int | None,
        candles: Mapping[str, Candles],
        choose: Callable[[Call], Instrument],
    ) -> Endpoint:
        def handle(call: Call) -> list[list[str]]:
            instrument, interval = choose(call), _interval(call)
            known = candles[instrument.symbol].of(interval, call.now_ms)
            bars = _bars(call, known, reach, PRICES_MOST)
            return [price_candle_row(bar, interval, call.now_ms) for bar in bars]

        return public(handle, limit)


def _interval(call: Call) -> Interval:
    interval: Interval = call.params.choice("bar", INTERVALS, "1m")
    return interval


def _bars(call: Call, known: list[Bar], reach: int | None, most: int) -> list[Bar]:
    """The bars that are asked for, newest first."""
    params = call.params
    after, before = params.integer("after"), params.integer("before")
    bars = [
        bar
        for bar in (known if reach is None else known[-reach:])
        if (after is None or bar.open_ms < after) and (before is None or bar.open_ms > before)
    ]
    return bars[-params.limit(most, USUAL) :][::-1]


def _pair(call: Call) -> Instrument:
    instrument = named(call.params)
    if instrument.kind is not Kind.SPOT:
        raise no_instrument()
    return instrument
