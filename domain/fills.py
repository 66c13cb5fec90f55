"""Fills: what the venue says was traded, each counted exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.sides import Side


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution as the venue reported it.

    (account_id, instrument_id, trade_id, order_id) is its identity: Binance numbers trades per
    symbol and gives both sides of a self-trade the same number. `fee` is positive for a cost, in
    `fee_currency`. `ts_event` is the venue's time in UTC.
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
