"""The public record of one symbol: recent trades and one-minute bars."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.events import Print
from venues.simulators.matching import ZERO, Side

PRINTS_KEPT = 1000
BARS_KEPT = 1500
MINUTE_MS = 60_000
BARS_PER_DAY = 1440


@dataclass(slots=True)
class Bar:
    """One minute of trading."""

    open_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO
    quote_volume: Decimal = ZERO
    taker_buy_volume: Decimal = ZERO
    taker_buy_quote_volume: Decimal = ZERO
    trades: int = 0
    first_id: int = 0
    last_id: int = 0


class Tape:
    """What happened publicly in one symbol since the start of the process."""

    def __init__(self) -> None:
        self.prints: deque[Print] = deque(maxlen=PRINTS_KEPT)
        self.bars: deque[Bar] = deque(maxlen=BARS_KEPT)

    def add(self, trade: Print) -> Bar:
        """Record a trade; returns the bar it went into."""
        self.prints.append(trade)
        minute = trade.time_ns // 1_000_000 // MINUTE_MS * MINUTE_MS
        if not self.bars or self.bars[-1].open_ms != minute:
            price = trade.price
            self.bars.append(Bar(minute, price, price, price, price, first_id=trade.trade_id))
        bar = self.bars[-1]
        notional = trade.price * trade.quantity
        bar.high, bar.low = max(bar.high, trade.price), min(bar.low, trade.price)
        bar.close = trade.price
        bar.volume += trade.quantity
        bar.quote_volume += notional
        if trade.taker_side is Side.BUY:
            bar.taker_buy_volume += trade.quantity
            bar.taker_buy_quote_volume += notional
        bar.trades += 1
        bar.last_id = trade.trade_id
        return bar

    @property
    def last_price(self) -> Decimal | None:
        """Price of the latest trade."""
        return self.prints[-1].price if self.prints else None

    def day(self, now_ms: int) -> Bar | None:
        """The last 24 hours as one bar, None before the first trade."""
        return _merged(bar for bar in self.bars if bar.open_ms > now_ms - BARS_PER_DAY * MINUTE_MS)


def _merged(bars: Iterable[Bar]) -> Bar | None:
    merged: Bar | None = None
    for bar in bars:
        if merged is None:
            merged = Bar(bar.open_ms, bar.open, bar.high, bar.low, bar.close, first_id=bar.first_id)
        merged.high, merged.low = max(merged.high, bar.high), min(merged.low, bar.low)
        merged.close = bar.close
        merged.volume += bar.volume
        merged.quote_volume += bar.quote_volume
        merged.taker_buy_volume += bar.taker_buy_volume
        merged.taker_buy_quote_volume += bar.taker_buy_quote_volume
        merged.trades += bar.trades
        merged.last_id = bar.last_id
    return merged
