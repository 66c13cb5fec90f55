"""Positions: always the fold of their fills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

from domain.fills import Fill
from domain.instruments import Instrument, InstrumentKind
from domain.sides import Side

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Position:
    """Net position in one instrument of one account.

    `quantity` is signed (short is negative). `avg_px` is the entry price of what is open.
    `realized` is in the settlement currency, fees in that currency already subtracted; `fees` sums
    the fees by currency.
    """

    account_id: str
    instrument_id: str
    quantity: Decimal = ZERO
    avg_px: Decimal | None = None
    realized: Decimal = ZERO
    fees: tuple[tuple[str, Decimal], ...] = ()
    fill_count: int = 0


def fold(instrument: Instrument, account_id: str, fills: Iterable[Fill]) -> Position:
    """The position after all fills, in the order in which they were booked."""
    start = Position(account_id, instrument.instrument_id)
    return reduce(lambda position, fill: after_fill(position, instrument, fill), fills, start)


def after_fill(position: Position, instrument: Instrument, fill: Fill) -> Position:
    """The position after one more fill.

    Linear: adding averages the entry arithmetically; reducing realises min(|q|, dq) * sign *
    (px - avg); a flip closes first, the rest opens at px. Inverse: the entry is the harmonic mean
    and the profit, in coin, is n * (1/avg - 1/px). A fee in quote currency lowers the realised
    profit, a spot fee in base currency lowers the quantity, any other is only summed up.
    """
    signed = fill.side.sign * fill.quantity
    if instrument.kind is InstrumentKind.SPOT and fill.fee_currency == instrument.base:
        signed -= fill.fee
    quantity = position.quantity + signed
    realized = position.realized
    avg_px = position.avg_px
    increases = position.quantity == ZERO or (position.quantity > ZERO) == (signed > ZERO)
    if increases:
        avg_px = _average(instrument, abs(position.quantity), avg_px, abs(signed), fill.price)
    else:
        assert avg_px is not None, "an open position has an entry price"
        closed = min(abs(position.quantity), abs(signed))
        held = Side.BUY if position.quantity > ZERO else Side.SELL
        realized += _profit(instrument, closed, held.sign, avg_px, fill.price)
        if quantity == ZERO:
            avg_px = None
        elif (quantity > ZERO) != (position.quantity > ZERO):
            avg_px = fill.price
    if fill.fee_currency == instrument.settlement:
        realized -= fill.fee
    return replace(
        position,
        quantity=quantity,
        avg_px=avg_px,
        realized=realized,
        fees=_with_fee(position.fees, fill.fee_currency, fill.fee),
        fill_count=position.fill_count + 1,
    )


def _average(
    instrument: Instrument, held: Decimal, avg: Decimal | None, added: Decimal, price: Decimal
) -> Decimal:
    if not held or avg is None:
        return price
    if instrument.inverse:
        return (held + added) / (held / avg + added / price)
    return (held * avg + added * price) / (held + added)


def _profit(
    instrument: Instrument, closed: Decimal, sign: int, avg: Decimal, price: Decimal
) -> Decimal:
    if instrument.inverse:
        return closed * instrument.multiplier * sign * (1 / avg - 1 / price)
    return closed * instrument.multiplier * sign * (price - avg)


def _with_fee(
    fees: tuple[tuple[str, Decimal], ...], currency: str, fee: Decimal
) -> tuple[tuple[str, Decimal], ...]:
    if not fee:
        return fees
    total = dict(fees)
    total[currency] = total.get(currency, ZERO) + fee
    return tuple(sorted(total.items()))
