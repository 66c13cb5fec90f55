"""NautilusTrader's instruments as ours."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from nautilus_trader.model.instruments import CryptoPerpetual, CurrencyPair

from domain.instruments import Instrument, InstrumentKind

TRADED = (CurrencyPair, CryptoPerpetual)
"""What is traded here. The library makes other things of a venue's other rows, such as futures with
a date, of which our instruments say nothing."""


def known_instruments(cached: Iterable[Any]) -> dict[str, Instrument]:
    """Those of the node's instruments that are traded here, by id."""
    return {one.id.value: instrument_of(one) for one in cached if isinstance(one, TRADED)}


def instrument_of(source: CurrencyPair | CryptoPerpetual) -> Instrument:
    """The instrument with the venue's true steps.

    Taken from the increments, not from the precisions: Binance writes a tick of '0.01000000', and
    NautilusTrader reads eight decimals out of that.
    """
    perpetual = isinstance(source, CryptoPerpetual)
    minimum = source.min_notional
    return Instrument(
        instrument_id=source.id.value,
        venue=source.id.venue.value,
        symbol=source.raw_symbol.value,
        kind=InstrumentKind.PERPETUAL if perpetual else InstrumentKind.SPOT,
        base=source.base_currency.code,
        quote=source.quote_currency.code,
        settlement=(source.settlement_currency if perpetual else source.quote_currency).code,
        tick=plain(source.price_increment.as_decimal()),
        lot=plain(source.size_increment.as_decimal()),
        min_qty=plain(source.min_quantity.as_decimal()),
        max_qty=plain(source.max_quantity.as_decimal()),
        min_notional=plain(minimum.as_decimal()) if minimum is not None else Decimal(0),
        taker_fee=plain(source.taker_fee),
        multiplier=plain(source.multiplier.as_decimal()),
        inverse=bool(source.is_inverse),
    )


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return Decimal(f"{value.normalize():f}")
