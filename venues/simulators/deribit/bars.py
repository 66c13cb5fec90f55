"""Bars of trades as the venue tells them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from venues.simulators.bars import Bar, Interval, days, minutes
from venues.simulators.deribit.instruments import Listing

RESOLUTIONS = ("1", "3", "5", "10", "15", "30", "60", "120", "180", "360", "720", "1D")


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


def interval(resolution: str) -> Interval:
    """When the bars of a resolution begin."""
    return days(1) if resolution == "1D" else minutes(int(resolution))


def candle(bar: Bar, listing: Listing) -> Candle:
    """A bar of an instrument. Amounts of inverse futures are USD: their volume is what that was
    worth on average."""
    volume, cost = bar.volume, bar.quote_volume
    if listing.is_inverse and listing.kind == "future":
        average = cost / volume if volume else bar.close
        volume, cost = (volume / average).quantize(Decimal("1e-8")), volume
    return Candle(bar.open_ms, bar.open, bar.high, bar.low, bar.close, volume, cost)
