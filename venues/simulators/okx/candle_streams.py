"""The channels of bars: of trades as they happen, of marks and indices each second, ends of all."""

from venues.simulators.bars import SECOND_MS, Bar, Interval
from venues.simulators.candles import Candles
from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Kind
from venues.simulators.okx import market_rows as rows
from venues.simulators.okx.instruments import INSTRUMENTS
from venues.simulators.okx.intervals import INTERVALS
from venues.simulators.okx.subscribers import Subscribers

TRADES, MARKS, INDICES = "candle", "mark-price-candle", "index-candle"
CANDLE_CHANNELS = frozenset(
    f"{kind}{name}" for kind in (TRADES, MARKS, INDICES) for name in INTERVALS
)


class CandleStreams:
    """Pushes the bars that somebody listens to."""

    def __init__(self, exchange: Exchange, subscribers: Subscribers) -> None:
        self._exchange = exchange
        self._subscribers = subscribers
        self._beat_ms = 0

    def on_print(self, symbol: str, now_ms: int) -> None:
        """The bars of trades that a trade went into."""
        for channel, interval in self._wanted(TRADES, symbol):
            bar = self._candles(TRADES, symbol).at(interval, now_ms)
            self._push(channel, symbol, [bar], now_ms)

    def beat(self, now_ms: int) -> None:
        """Bars that ended, whole; and those of marks and indices as they stand."""
        last_ms, self._beat_ms = self._beat_ms or now_ms - SECOND_MS, now_ms
        for symbol in INSTRUMENTS:
            for kind in (TRADES, MARKS, INDICES):
                for channel, interval in self._wanted(kind, symbol):
                    candles = self._candles(kind, symbol)
                    bars: list[Bar | None] = [*candles.ended(interval, last_ms, now_ms)]
                    if kind != TRADES:
                        bars.append(candles.at(interval, now_ms))
                    self._push(channel, symbol, bars, now_ms)

    def _push(self, channel: str, symbol: str, bars: list[Bar | None], now_ms: int) -> None:
        instrument, interval = INSTRUMENTS[symbol], INTERVALS[_interval_name(channel)]
        for bar in bars:
            if bar is None:
                continue
            if channel.startswith(TRADES):
                row = rows.candle_row(instrument, bar, interval, now_ms)
            else:
                row = rows.price_candle_row(bar, interval, now_ms)
            self._subscribers.send(channel, symbol, [row])

    def _wanted(self, kind: str, symbol: str) -> list[tuple[str, Interval]]:
        """The channels of a kind of bars that somebody wants of a symbol."""
        if kind == INDICES and INSTRUMENTS[symbol].kind is not Kind.SPOT:
            return []
        channels = ((f"{kind}{name}", interval) for name, interval in INTERVALS.items())
        return [(c, interval) for c, interval in channels if self._subscribers.wanting(c, symbol)]

    def _candles(self, kind: str, symbol: str) -> Candles:
        match kind:
            case "candle":
                return self._exchange.tapes[symbol].candles
            case "mark-price-candle":
                return self._exchange.mark_candles[symbol]
            case _:
                return self._exchange.index_candles[symbol]


def _interval_name(channel: str) -> str:
    return channel.rpartition("candle")[2]
