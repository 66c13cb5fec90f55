"""Instrument ids and IB's contracts: what to ask for, and what the answer means to us."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.instruments import Instrument, InstrumentKind
from venues.interactive_brokers.messages import Description, Details

VENUE = "IB"
_MAJORS = ("USD", "EUR", "GBP", "JPY", "CHF", "AUD", "CAD", "NZD")
_OTHERS = (
    "CNH",
    "CZK",
    "DKK",
    "HKD",
    "HUF",
    "ILS",
    "MXN",
    "NOK",
    "PLN",
    "SEK",
    "SGD",
    "TRY",
    "ZAR",
)
_CURRENCIES = frozenset((*_MAJORS, *_OTHERS))
_FUTURE = re.compile(r"([A-Z0-9]{1,4}?)([FGHJKMNQUVXZ]\d{1,2})")
# Where the usual futures trade; a root that is not here must be named by one exchange alone.
_EXCHANGES = {
    **dict.fromkeys(("ES", "MES", "NQ", "MNQ", "RTY", "M2K", "6E", "6B", "6J"), "CME"),
    **dict.fromkeys(("YM", "MYM", "ZB", "ZN", "ZF", "ZT", "ZC", "ZS", "ZW"), "CBOT"),
    **dict.fromkeys(("CL", "MCL", "NG"), "NYMEX"),
    **dict.fromkeys(("GC", "MGC", "SI", "HG"), "COMEX"),
}
_KINDS = {
    "STK": InstrumentKind.STOCK,
    "FUT": InstrumentKind.FUTURE,
    "CASH": InstrumentKind.FOREX,
}
# IB names no fee before a trade. These are its fixed prices as fractions of usual values, rounded
# up; what a trade really costs comes with its commission report.
_TAKER_FEES = {
    InstrumentKind.STOCK: Decimal("0.0001"),
    InstrumentKind.FUTURE: Decimal("0.00002"),
    InstrumentKind.FOREX: Decimal("0.00002"),
}
_MAX_QTY = Decimal(10_000_000)
_LAST_ZONE = timezone(timedelta(hours=-12))


@dataclass(frozen=True, slots=True)
class Traded:
    """An instrument with the contract under which IB trades it."""

    instrument: Instrument
    details: Details

    @property
    def instrument_id(self) -> str:
        return self.instrument.instrument_id


def description(instrument_id: str) -> Description:
    """What to ask IB for: EURUSD.IB is forex, ESM7.IB a future by its local symbol, else a stock.

    An underscore stands for the blank of symbols like BRK B.
    """
    symbol = instrument_id.removesuffix(f".{VENUE}")
    if len(symbol) == 6 and symbol[:3] in _CURRENCIES and symbol[3:] in _CURRENCIES:
        return Description(
            symbol=symbol[:3], currency=symbol[3:], sec_type="CASH", exchange="IDEALPRO"
        )
    future = _FUTURE.fullmatch(symbol)
    if future is not None:
        exchange = _EXCHANGES.get(future.group(1), "")
        return Description(local_symbol=symbol, sec_type="FUT", exchange=exchange, currency="USD")
    plain = symbol.replace("_", " ")
    return Description(symbol=plain, sec_type="STK", exchange="SMART", currency="USD")


def named(sec_type: str, symbol: str, currency: str, local_symbol: str) -> str:
    """The instrument id of a contract whose terms are these: the reverse of `description`.

    What cannot be traded through here gets a name that no profile has.
    """
    if sec_type == "CASH":
        name = symbol + currency
    elif sec_type == "STK" and currency == "USD":
        name = symbol
    elif sec_type == "FUT":
        name = local_symbol
    else:
        name = f"{local_symbol or symbol}-{sec_type}-{currency}"
    return f"{name.replace(' ', '_')}.{VENUE}"


def traded(
    instrument_id: str, details: Details, rule: Sequence[tuple[Decimal, Decimal]] = ()
) -> Traded:
    """What IB's answer means, in the unit of its prices. `rule` are the price steps of the market
    rule: the widest counts, so that a conforming price conforms at every level.

    Nothing says whether the steps of what is priced in cents are in cents too. They are taken as
    they are: in dollars they are narrower than the contract's own tick, and change nothing.

    The API takes whole shares only (error 10243), whatever the details say of fractions.
    """
    kind = _KINDS[details.sec_type]
    lot = Decimal(1)
    least = max(details.min_size or lot, lot)
    own_tick = details.min_tick * details.price_magnifier
    tick = max([own_tick, *(step for _, step in rule)])
    instrument = Instrument(
        instrument_id=instrument_id,
        venue=VENUE,
        symbol=instrument_id.removesuffix(f".{VENUE}"),
        kind=kind,
        base=details.symbol,
        quote=details.currency,
        settlement=details.currency,
        tick=tick,
        lot=lot,
        min_qty=least,
        max_qty=_MAX_QTY,
        min_notional=Decimal(0),
        taker_fee=_TAKER_FEES[kind],
        multiplier=Decimal(details.multiplier or 1) / details.price_magnifier,
        expires_at=_expiry(details) if kind is InstrumentKind.FUTURE else None,
        trading_hours=_hours(details),
    )
    return Traded(instrument, details)


def _hours(details: Details) -> str | None:
    """IB's sessions with their zone, e.g. `20261124:0930-20261124:1600 US/Eastern`."""
    return f"{details.liquid_hours} {details.time_zone}" if details.liquid_hours else None


def _expiry(details: Details) -> datetime:
    """The end of the last trading day, in the zone of the exchange."""
    day = datetime.strptime(details.expiry[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date alone
    end = datetime.combine(day, time(23, 59, 59), _zone(details.time_zone))
    return end.astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """Older versions of TWS write `CST (Central Standard Time)`, which is no name of a zone: then
    the day ends where it ends last, so that nothing expires before its time."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        return _LAST_ZONE
