"""Fills: what the venue says was traded, each counted exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.sides import Side


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution as the venue reported it.

    (account_id, instrument_id, trade_id, order_id) is its identity: Binance numbers trades per
    symbol and gives both sides of a self-trade the same number. `fee` is positive for a cost, in
    `fee_currency`. `ts_event` is the venue's time in UTC.

    A `quantity` below zero takes back what was booked before; see `restated`. As a venue tells it,
    a quantity of zero says that the trade was busted.
    """

    order_id: str
    account_id: str
    instrument_id: str
    trade_id: str
    venue_order_id: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    is_maker: bool
    ts_event: datetime


# Stands in no venue's trade ids; behind it are the rows by which a trade was stated anew.
_RESTATED = "~"


def trade_of(trade_id: str) -> str:
    """The venue's own id of the trade that a booked row belongs to."""
    return trade_id.partition(_RESTATED)[0]


def standing(rows: Sequence[Fill]) -> Fill | None:
    """What stands of a trade after all its booked rows, in their order; None if it was busted."""
    return rows[-1] if rows and rows[-1].quantity > 0 else None


def restated(rows: Sequence[Fill], told: Fill) -> tuple[Fill, ...]:
    """The rows to book so that a trade, booked as `rows`, is what the venue says of it now.

    None, most often. A venue may correct or bust an execution (Interactive Brokers does), and a fee
    may follow the fill: then the row that stands is reversed at its own price and what is true now
    is booked, so that position and cash are right and nothing booked is ever changed.
    """
    stands = standing(rows)
    if stands is not None and not _differs(stands, told):
        return ()
    if stands is None and not told.quantity:
        return ()
    trade_id = trade_of(told.trade_id)
    more: list[Fill] = []
    if stands is not None:
        more.append(
            replace(
                stands,
                trade_id=f"{trade_id}{_RESTATED}{len(rows)}",
                quantity=-stands.quantity,
                fee=-stands.fee,
                ts_event=told.ts_event,
            )
        )
    if told.quantity:
        number = len(rows) + len(more)
        more.append(replace(told, trade_id=f"{trade_id}{_RESTATED}{number}"))
    return tuple(more)


def restatement(stands: Fill, told: Fill) -> str | None:
    """What is different, for a person; None where only the fee is."""
    if not told.quantity:
        return f"the venue busted the trade {told.trade_id} of {stands.quantity} at {stands.price}"
    if (told.quantity, told.price) == (stands.quantity, stands.price):
        return None
    return (
        f"the venue corrected the trade {told.trade_id}: {told.quantity} at {told.price}, "
        f"not {stands.quantity} at {stands.price}"
    )


def _differs(stands: Fill, told: Fill) -> bool:
    """Fees are told in more than one way, so only one that was not known before counts."""
    terms_differ = (told.quantity, told.price) != (stands.quantity, stands.price)
    return terms_differ or bool(told.fee and not stands.fee)
