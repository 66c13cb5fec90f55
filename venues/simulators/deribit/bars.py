"""Bars of trades of any length that the venue knows, made of the minutes of a tape."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venues.simulators.deribit.instruments import Listing
from venues.simulators.matching import ZERO
from venues.simulators.tape import MINUTE_MS, Bar

RESOLUTIONS = ("1", "3", "5", "10", "15", "30", "60", "120", "180", "360", "720", "1D")
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar. Volume is in the base currency, cost in the counter currency."""

    tick: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    cost: Decimal

    def message(self) -> dict[str, Any]:
        """As the channel of charts tells it."""
        return {
            "tick": self.tick,
            "open": self.open,
            "high": self.high,
            "low": self.low,
            "close": self.close,
            "volume": self.volume,
            "cost": self.cost,
        }

    def without_trades(self, tick: int) -> "Candle":
        """What the venue fills a bar with in which nothing trades."""
        close = self.close
        return Candle(tick, close, close, close, close, ZERO, ZERO)


def length_ms(resolution: str) -> int:
    """How long the bars of a resolution are."""
    return (DAY_MINUTES if resolution == "1D" else int(resolution)) * MINUTE_MS


def candles(bars: Iterable[Bar], listing: Listing, resolution: str) -> list[Candle]:
    """The minutes gathered, oldest first; bars in which nothing traded are left out."""
    length, groups = length_ms(resolution), dict[int, list[Bar]]()
    for bar in bars:
        groups.setdefault(bar.open_ms // length * length, []).append(bar)
    return [_candle(tick, group, listing) for tick, group in groups.items()]


def _candle(tick: int, group: list[Bar], listing: Listing) -> Candle:
    """Amounts of inverse futures are USD: their volume is what that was worth."""
    if listing.is_inverse and listing.kind == "future":
        volume = sum((bar.volume / bar.close for bar in group), ZERO)
        cost = sum((bar.volume for bar in group), ZERO)
    else:
        volume = sum((bar.volume for bar in group), ZERO)
        cost = sum((bar.quote_volume for bar in group), ZERO)
    return Candle(
        tick,
        group[0].open,
        max(bar.high for bar in group),
        min(bar.low for bar in group),
        group[-1].close,
        volume,
        cost,
    )
