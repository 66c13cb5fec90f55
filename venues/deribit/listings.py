"""Instruments as the venue describes them, in our words and in its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.instruments import Instrument, InstrumentKind
from venues.deribit.names import VENUE, instrument_id

# The venue names no largest amount; its margin decides.
_NO_MAXIMUM = Decimal(1_000_000_000)

# An iceberg shows at least so many minimum amounts, and at least 1/100 of the whole.
ICEBERG_LEAST = 100

type TickStep = tuple[Decimal, Decimal]
"""Above this price, this tick."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument, and what the port's record of it has no room for.

    The port knows one tick: the coarsest, which fits at every price. `ticks` are those that hold
    above a price, ascending.
    """

    instrument: Instrument
    name: str
    ticks: tuple[TickStep, ...]

    def tick_at(self, price: Decimal) -> Decimal:
        """The tick that holds at a price."""
        return [tick for above, tick in self.ticks if price >= above or not above][-1]


def listing_of(told: Mapping[str, Any]) -> Listing:
    """From an element of `public/get_instruments`."""
    name, kind = str(told["instrument_name"]), _kind(told)
    settlement = str(told.get("settlement_currency") or told["quote_currency"])
    base = str(told["base_currency"])
    lot = number(told["min_trade_amount"])
    if kind is not InstrumentKind.OPTION:
        lot = number(told["contract_size"])
    ticks = [(Decimal(0), number(told["tick_size"]))]
    ticks += sorted(
        (number(step["above_price"]), number(step["tick_size"]))
        for step in told.get("tick_size_steps") or ()
    )
    instrument = Instrument(
        instrument_id=instrument_id(name),
        venue=VENUE,
        symbol=name,
        kind=kind,
        base=base,
        quote=str(told["quote_currency"]),
        settlement=settlement,
        tick=max(tick for _, tick in ticks),
        lot=lot,
        min_qty=number(told["min_trade_amount"]),
        max_qty=_NO_MAXIMUM,
        min_notional=Decimal(0),
        taker_fee=number(told["taker_commission"]),
        multiplier=Decimal(1),
        # Amounts of an inverse future are USD. An option's premium is in its base currency, so its
        # value is linear in its price.
        inverse=told.get("instrument_type") == "reversed" and kind is not InstrumentKind.OPTION,
        expires_at=_expiry(told, kind),
    )
    return Listing(instrument, name, tuple(ticks))


def number(value: Any) -> Decimal:
    """A JSON number, exact, without trailing zeros or exponent."""
    return Decimal(f"{Decimal(str(value)).normalize():f}")


def milliseconds(value: Any) -> datetime:
    """A time of the venue, in UTC."""
    seconds, rest_ms = divmod(int(value), 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest_ms * 1000)


def _kind(told: Mapping[str, Any]) -> InstrumentKind:
    match told["kind"]:
        case "option":
            return InstrumentKind.OPTION
        case "spot":
            return InstrumentKind.SPOT
    if told.get("settlement_period") == "perpetual":
        return InstrumentKind.PERPETUAL
    return InstrumentKind.FUTURE


def _expiry(told: Mapping[str, Any], kind: InstrumentKind) -> datetime | None:
    if kind not in (InstrumentKind.FUTURE, InstrumentKind.OPTION):
        return None
    return milliseconds(told["expiration_timestamp"])
