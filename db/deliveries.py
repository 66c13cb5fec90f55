"""Deliveries: which positions wait for theirs, and how one is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from db.order_folding import fold
from db.order_writes import EVENT_VALUES, ORDERS_CHANNEL, event_values, notification, recorded
from db.pool import LostUpdate, Pool, fetch_row, until_written
from db.records import (
    FILL_COLUMNS,
    INSTRUMENT_COLUMNS,
    ORDER_COLUMNS,
    column_list,
    instrument_of,
    position_of,
)
from db.statements import Named
from domain.closings import BY_VENUE, Closing, closing
from domain.deliveries import Delivery
from domain.instruments import Instrument
from domain.order_events import ContradictedByVenue, FillBooked, OrderEvent
from domain.orders import UnifiedOrder
from domain.positions import Position, after_fill

# A venue may stop to offer an instrument before its time.
_AWAITED = """
SELECT p.instrument_id FROM unified_positions p JOIN instruments i USING (instrument_id)
WHERE p.account_id = $1 AND p.quantity <> 0
  AND i.expires_at IS NOT NULL AND (i.expires_at <= now() OR NOT i.offered)
ORDER BY p.instrument_id
"""

_HELD = """
SELECT p.*, clock_timestamp() AS now,
       (SELECT coalesce(sum(CASE f.side WHEN 'SELL' THEN f.quantity ELSE -f.quantity END), 0)
          FROM fills f JOIN unified_orders o USING (order_id)
         WHERE o.strategy_id = $3 AND f.account_id = $1 AND f.instrument_id = $2) AS closed_before
FROM unified_positions p WHERE p.account_id = $1 AND p.instrument_id = $2 AND p.quantity <> 0
"""
_INSTRUMENT = f"""
SELECT {column_list(INSTRUMENT_COLUMNS)} FROM instruments WHERE instrument_id = $1
"""

_POSITION = ("quantity", "avg_px", "realized", "fees", "fill_count")
_NAMED = Named(
    *ORDER_COLUMNS,
    *EVENT_VALUES,
    "notification",
    *(f"fill_{name}" for name in FILL_COLUMNS),
    "seen_fills",
    *(f"position_{name}" for name in _POSITION),
)

# The order and its fill are written only with the position that they close, over the one that was
# read: of two who book the same delivery one finds that there is nothing left to close.
_BOOK = f"""
WITH moved AS (
    UPDATE unified_positions p
    SET {", ".join(f"{name} = {_NAMED[f'position_{name}']}" for name in _POSITION)},
        updated_at = now()
    WHERE p.account_id = {_NAMED["account_id"]} AND p.instrument_id = {_NAMED["instrument_id"]}
      AND p.fill_count = {_NAMED["seen_fills"]}
    RETURNING 1
), opened AS (
    INSERT INTO unified_orders ({column_list(ORDER_COLUMNS)})
    SELECT {", ".join(_NAMED[name] for name in ORDER_COLUMNS)} FROM moved
    RETURNING order_id
), recorded AS ({recorded(_NAMED, "opened c", "c.order_id", "created_at")}
), booked AS (
    INSERT INTO fills ({column_list(FILL_COLUMNS)}, booked_at)
    SELECT {", ".join(_NAMED[f"fill_{name}"] for name in FILL_COLUMNS)}, now() FROM opened
)
SELECT pg_notify('{ORDERS_CHANNEL}', {_NAMED["notification"]}) FROM opened
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is open, and what earlier bookings of its delivery have closed."""

    position: Position
    instrument: Instrument
    closed_before: Decimal
    now: datetime


class Deliveries:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def awaited(self, account_id: str) -> list[str]:
        """Instruments in which the account holds something although they are no more."""
        rows = await self._pool.fetch(_AWAITED, account_id)
        return [row["instrument_id"] for row in rows]

    async def book(self, account_id: str, delivery: Delivery) -> UnifiedOrder | None:
        """Close the position as its venue did, in one statement; None if nothing is open."""

        async def attempt() -> UnifiedOrder | None:
            held = await self._held(account_id, delivery.instrument_id)
            if held is None:
                return None
            made = closing(
                held.position,
                delivery,
                held.instrument,
                held.now,
                closed_before=held.closed_before,
            )
            order, values = _written(made, held)
            if await fetch_row(self._pool, _BOOK, *_NAMED.args(values)) is None:
                raise LostUpdate(f"the position in {delivery.instrument_id} has changed")
            return order

        return await until_written(attempt)

    async def _held(self, account_id: str, instrument_id: str) -> _Held | None:
        row = await fetch_row(self._pool, _HELD, account_id, instrument_id, BY_VENUE)
        if row is None:
            return None
        instrument = await fetch_row(self._pool, _INSTRUMENT, instrument_id)
        assert instrument is not None, "a position's instrument is known"
        return _Held(position_of(row), instrument_of(instrument), row["closed_before"], row["now"])


def _written(made: Closing, held: _Held) -> tuple[UnifiedOrder, dict[str, Any]]:
    """The order as it ends, and the parameters of the statement."""
    events: list[OrderEvent] = [FillBooked(made.fill)]
    if made.contradiction is not None:
        events.append(ContradictedByVenue(made.contradiction))
    order, links = fold(made.order, events, held.now)
    position = after_fill(held.position, held.instrument, made.fill)
    values = {name: getattr(order, name) for name in ORDER_COLUMNS}
    values |= event_values([made.opened_by, *links])
    values |= {f"fill_{name}": getattr(made.fill, name) for name in FILL_COLUMNS}
    values |= {f"position_{name}": getattr(position, name) for name in _POSITION}
    values |= {
        "notification": notification(order),
        "seen_fills": held.position.fill_count,
        "position_fees": {currency: str(fee) for currency, fee in position.fees},
    }
    return order, values
