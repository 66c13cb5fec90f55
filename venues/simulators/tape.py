"""The public record of one symbol: recent trades, and bars of every interval."""

from collections import deque
from dataclasses import replace
from decimal import Decimal

from venues.simulators.bars import DAY_MS, Bar, minutes
from venues.simulators.candles import Candles
from venues.simulators.events import Print
from venues.simulators.matching import Side

PRINTS_KEPT = 1000
MINUTE = minutes(1)


class Tape:
    """What happened publicly in one symbol."""

    def __init__(self) -> None:
        self.prints: deque[Print] = deque(maxlen=PRINTS_KEPT)
        self.candles = Candles()
        # The minutes of a day that are over, and the minute that they are before.
        self._day: tuple[int, Bar | None] = (0, None)

    def add(self, trade: Print) -> None:
        """Record a trade."""
        self.prints.append(trade)
        time_ms, bought = trade.time_ns // 1_000_000, trade.taker_side is Side.BUY
        self.candles.hear(
            trade.price, time_ms, trade.quantity, bought=bought, trade_id=trade.trade_id
        )

    @property
    def last_price(self) -> Decimal | None:
        """Price of the latest trade."""
        return self.prints[-1].price if self.prints else None

    def day(self, now_ms: int) -> Bar | None:
        """The last 24 hours as one bar, None before the first price."""
        current = self.candles.at(MINUTE, now_ms)
        if current is None:
            return None
        if self._day[0] != current.open_ms:
            self._day = current.open_ms, self._over(now_ms, current.open_ms)
        over = self._day[1]
        if over is None:
            return current
        day = replace(over)
        day.join(current)
        return day

    def _over(self, now_ms: int, minute_ms: int) -> Bar | None:
        """The minutes of the last 24 hours that are over, as one bar."""
        day: Bar | None = None
        for bar in self.candles.of(MINUTE, now_ms):
            if now_ms - DAY_MS < bar.open_ms < minute_ms:
                if day is None:
                    day = replace(bar)
                else:
                    day.join(bar)
        return day
