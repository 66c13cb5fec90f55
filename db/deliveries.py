"""Deliveries: which positions wait for theirs, and how one is booked."""

from __future__ import annotations

from decimal import Decimal

from db.bookings import book_row, position_lock
from db.order_folding import fold
from db.order_writes import insert_order, update_order
from db.pool import Pool, transaction
from db.records import instrument_of, position_of
from domain.closings import BY_VENUE, closing
from domain.deliveries import Delivery
from domain.order_events import ContradictedByVenue, FillBooked, OrderEvent
from domain.orders import UnifiedOrder

# A venue may stop to offer an instrument before its time.
_AWAITED = """
SELECT p.instrument_id FROM unified_positions p JOIN instruments i USING (instrument_id)
WHERE p.account_id = $1 AND p.quantity <> 0
  AND i.expires_at IS NOT NULL AND (i.expires_at <= now() OR NOT i.offered)
ORDER BY p.instrument_id
"""

_POSITION = "SELECT * FROM unified_positions WHERE account_id = $1 AND instrument_id = $2"

_INSTRUMENT = "SELECT * FROM instruments WHERE instrument_id = $1"

_CLOSED_BEFORE = """
SELECT coalesce(sum(CASE f.side WHEN 'SELL' THEN f.quantity ELSE -f.quantity END), 0)
FROM fills f JOIN unified_orders o USING (order_id)
WHERE o.strategy_id = $3 AND f.account_id = $1 AND f.instrument_id = $2
"""


class Deliveries:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def awaited(self, account_id: str) -> list[str]:
        """Instruments in which the account holds something although they are no more."""
        rows = await self._pool.fetch(_AWAITED, account_id)
        return [row["instrument_id"] for row in rows]

    async def book(self, account_id: str, delivery: Delivery) -> UnifiedOrder | None:
        """Close the position as its venue did, in one transaction; None if nothing is open."""
        names = account_id, delivery.instrument_id
        async with transaction(self._pool) as connection:
            now = await connection.fetchval(
                "SELECT clock_timestamp() FROM pg_advisory_xact_lock(hashtextextended($1, 0))",
                position_lock(*names),
            )
            row = await connection.fetchrow(_POSITION, *names)
            if row is None or not row["quantity"]:
                return None
            instrument_row = await connection.fetchrow(_INSTRUMENT, delivery.instrument_id)
            assert instrument_row is not None, "a position's instrument is known"
            instrument = instrument_of(instrument_row)
            closed_before: Decimal = await connection.fetchval(_CLOSED_BEFORE, *names, BY_VENUE)
            made = closing(position_of(row), delivery, instrument, now, closed_before=closed_before)
            await insert_order(connection, made.order, (made.opened_by,), offer=False)
            await book_row(connection, made.fill, instrument)
            events: list[OrderEvent] = [FillBooked(made.fill)]
            if made.contradiction is not None:
                events.append(ContradictedByVenue(made.contradiction))
            changed, links = fold(made.order, events, now)
            await update_order(connection, changed, links)
            return changed
