"""Fills: each booked exactly once, with its order, its position, its audit and its news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from db.order_folding import fold
from db.order_queries import OrderQueries
from db.order_writes import update_order, upsert_position
from db.pool import Connection, transaction
from db.records import (
    FILL_COLUMNS,
    ORDER_COLUMNS,
    column_list,
    fill_of,
    order_of,
    position_of,
)
from domain.errors import UnknownOrder
from domain.fills import Fill, restated, restatement, standing, trade_of
from domain.instruments import Instrument
from domain.order_events import FillBooked, FillReversed, OrderEvent
from domain.orders import UnifiedOrder
from domain.positions import Position, after_fill

# The position's lock is taken before the next statement reads it, so that fills of two orders in
# one instrument fold one after the other.
_LOCKED_FOR_FILL = f"""
SELECT {column_list(ORDER_COLUMNS)}, clock_timestamp() AS now,
       pg_advisory_xact_lock(hashtextextended($2, 0))
FROM unified_orders WHERE order_id = $1 FOR UPDATE
"""

_BOOK = f"""
WITH booked AS (
    INSERT INTO fills ({column_list(FILL_COLUMNS)}, booked_at)
    VALUES ({", ".join(f"${n}" for n in range(1, len(FILL_COLUMNS) + 1))}, now())
    ON CONFLICT (account_id, instrument_id, trade_id, order_id) DO NOTHING
    RETURNING account_id, instrument_id
)
SELECT b.account_id, b.instrument_id, p.quantity, p.avg_px, p.realized, p.fees, p.fill_count
FROM booked b LEFT JOIN unified_positions p USING (account_id, instrument_id)
"""

_OF_ORDERS = f"""
SELECT {column_list(FILL_COLUMNS)} FROM fills WHERE order_id = ANY($1) ORDER BY booked_seq
"""


class Bookings(OrderQueries):
    async def unbooked(self, fills: Sequence[Fill]) -> list[Fill]:
        """Those of the fills that are not booked as they are told, in their order."""
        booked = await self._rows_by_trade(list({fill.order_id for fill in fills}))
        return [
            fill for fill in fills if restated(booked.get((fill.order_id, fill.trade_id), ()), fill)
        ]

    async def book_fill(self, fill: Fill, instrument: Instrument) -> UnifiedOrder | None:
        """Book a fill exactly once: fill, order, position, audit, outbox in one transaction.

        A trade that was booked before and is told otherwise now is restated. None if it was booked
        before, just so. Raises UnknownOrder.
        """
        async with transaction(self._pool) as connection:
            row = await connection.fetchrow(
                _LOCKED_FOR_FILL, fill.order_id, position_lock(fill.account_id, fill.instrument_id)
            )
            if row is None:
                raise UnknownOrder(fill.order_id)
            events: list[OrderEvent] = []
            if fill.quantity and await book_row(connection, fill, instrument):
                events.append(FillBooked(fill))
            else:
                events.extend(await _restate(connection, fill, instrument))
            if not events:
                return None
            changed, links = fold(order_of(row), events, row["now"])
            await update_order(connection, changed, links, tell_workflow=True)
            return changed

    async def _rows_by_trade(
        self, order_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], Sequence[Fill]]:
        rows = map(fill_of, await self._pool.fetch(_OF_ORDERS, order_ids))
        by_trade = sorted(rows, key=_trade_key)  # stable: in the order in which they were booked
        return {key: list(group) for key, group in groupby(by_trade, key=_trade_key)}


def position_lock(account_id: str, instrument_id: str) -> str:
    """The name of the advisory lock under which a position is folded."""
    return f"{account_id} {instrument_id}"


def _trade_key(fill: Fill) -> tuple[str, str]:
    return fill.order_id, trade_of(fill.trade_id)


async def book_row(connection: Connection, fill: Fill, instrument: Instrument) -> bool:
    """Add the row and fold it into its position, whose lock is held; False if it was there."""
    booked = await connection.fetchrow(_BOOK, *(getattr(fill, name) for name in FILL_COLUMNS))
    if booked is None:
        return False
    position = (
        Position(fill.account_id, fill.instrument_id)
        if booked["quantity"] is None
        else position_of(booked)
    )
    await upsert_position(connection, after_fill(position, instrument, fill))
    return True


async def _restate(
    connection: Connection, told: Fill, instrument: Instrument
) -> Sequence[OrderEvent]:
    """Book what makes the trade what the venue says of it now; nothing, if it is that already."""
    of_order = map(fill_of, await connection.fetch(_OF_ORDERS, [told.order_id]))
    rows = [row for row in of_order if _trade_key(row) == _trade_key(told)]
    stands = standing(rows)
    events: list[OrderEvent] = []
    for row in restated(rows, told):
        await book_row(connection, row, instrument)
        if row.quantity < 0:
            assert stands is not None, "only what stands is reversed"
            events.append(FillReversed(row, restatement(stands, told)))
        else:
            events.append(FillBooked(row))
    return events
