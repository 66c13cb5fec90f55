"""Market data as decisions see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from domain.sides import Side


@dataclass(frozen=True, slots=True)
class Quote:
    """Top of book of one instrument; `received_at` is when we last heard it (UTC, aware)."""

    instrument_id: str
    bid: Decimal
    bid_size: Decimal
    ask: Decimal
    ask_size: Decimal
    received_at: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    def is_usable(self, now: datetime, max_age: timedelta) -> bool:
        """Fresh, and with both sides: an empty side is quoted as zero, and its mid is no price."""
        return now - self.received_at <= max_age and self.bid > 0 and self.ask > 0


type Level = tuple[Decimal, Decimal]
"""One price level: price and quantity."""


@dataclass(frozen=True, slots=True)
class Depth:
    """The top levels of a book, best first; `received_at` is when we heard it (UTC, aware)."""

    instrument_id: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class MarketTrade:
    """A public trade. `ts_event` is the venue's time (UTC, aware)."""

    instrument_id: str
    trade_id: str
    price: Decimal
    quantity: Decimal
    aggressor: Side
    ts_event: datetime
