"""Deliveries: how a venue ends what is held in an instrument that expires, without any order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a venue says of the position that it ended.

    `quantity` is what was held there, negative for a short position; `price` is in the instrument's
    own terms; `fee` is positive for a cost. `ts_event` is the venue's time in UTC.
    """

    instrument_id: str
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    ts_event: datetime
