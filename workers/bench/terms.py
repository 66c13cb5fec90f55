"""What the bench orders: the smallest quantity of an instrument that its venue surely takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from db.market import MarketData
from db.pool import open_pool

_ABOVE_MINIMUM = 2  # the market moves while the bench runs
_PASSIVE = Decimal("0.98")  # of the middle: rests, and is within every venue's price band


class NotQuoted(Exception):
    """There is nothing to bench with."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Decimal texts, as the API takes them. A buy at `passive_price` does not trade."""

    instrument: str
    quantity: str
    passive_price: str


async def bench_terms(dsn: str, instrument_id: str) -> Terms:
    """Raises NotQuoted where the instrument, or a quote of it, is not known (yet)."""
    pool = await open_pool(dsn, size=1)
    try:
        market = MarketData(pool)
        known = {found.instrument_id: found for found in await market.instruments()}
        quotes = await market.quotes()
    finally:
        await pool.close()
    instrument, quote = known.get(instrument_id), quotes.get(instrument_id)
    if instrument is None or quote is None:
        raise NotQuoted(f"{instrument_id} is not known or not quoted; is its venue connected?")
    value = instrument.notional(Decimal(1), quote.mid)
    needed = max(instrument.min_qty, instrument.min_notional / value * _ABOVE_MINIMUM)
    lots = (needed / instrument.lot).to_integral_value(ROUND_UP)
    price = quote.mid * _PASSIVE // instrument.tick * instrument.tick
    return Terms(instrument_id, f"{lots * instrument.lot:f}", f"{price:f}")
