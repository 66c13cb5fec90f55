"""Fills: each booked exactly once, with its order, its position, its audit and its news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby

import asyncpg

from db.order_folding import fold
from db.order_queries import OrderQueries
from db.order_writes import CHANGE, ORDERS_CHANNEL, change_of, change_values
from db.pool import LostUpdate, fetch_row, until_written
from db.records import FILL_COLUMNS, ORDER_COLUMNS, column_list, fill_of, order_of, position_of
from db.statements import Named
from domain.errors import UnknownOrder
from domain.fills import Fill, restated, restatement, standing, trade_of
from domain.instruments import Instrument
from domain.order_events import FillBooked, FillReversed, OrderEvent
from domain.orders import UnifiedOrder
from domain.positions import Position, after_fill

_READ = f"""
SELECT {column_list(ORDER_COLUMNS, "o.")}, clock_timestamp() AS now,
       p.quantity AS held, p.avg_px, p.realized, p.fees, p.fill_count,
       EXISTS (SELECT FROM fills f WHERE f.order_id = o.order_id
                  AND split_part(f.trade_id, '~', 1) = $4) AS known
FROM unified_orders o
LEFT JOIN unified_positions p ON p.account_id = $2 AND p.instrument_id = $3
WHERE o.order_id = $1
"""

_POSITION = ("quantity", "avg_px", "realized", "fees", "fill_count")
_FILL_TYPES = {
    "quantity": "numeric",
    "price": "numeric",
    "fee": "numeric",
    "is_maker": "boolean",
    "ts_event": "timestamptz",
}
_NAMED = Named(
    *CHANGE,
    *(f"fill_{name}" for name in FILL_COLUMNS),
    "account_id",
    "instrument_id",
    "seen_fills",
    *(f"position_{name}" for name in _POSITION),
)
_ROWS = ", ".join(
    f"{_NAMED[f'fill_{name}']}::{_FILL_TYPES.get(name, 'text')}[]" for name in FILL_COLUMNS
)
_SETS = ", ".join(f"{name} = excluded.{name}" for name in (*_POSITION, "updated_at"))

# What a list had reckoned with when it ended is not true any more: a person must look at it.
_LATE = """
UPDATE order_lists l SET attention = true, updated_at = now(),
    notes = l.notes || jsonb_build_array(jsonb_build_object(
        'at', now(), 'text', o.client_order_id || ' has traded after the list had ended'))
FROM changed JOIN unified_orders o USING (order_id)
WHERE l.list_id = o.order_list_id AND l.status IN ('COMPLETED', 'CANCELED', 'FAILED')
"""

# The position is written only over the one that it was computed from, and nothing of all this is
# written if that was changed meanwhile by a fill of another order.
_BOOK = f"""
WITH {change_of(_NAMED)}, booked AS (
    INSERT INTO fills ({column_list(FILL_COLUMNS)}, booked_at)
    SELECT {column_list(FILL_COLUMNS, "f.")}, now()
    FROM changed, unnest({_ROWS}) WITH ORDINALITY AS f({column_list(FILL_COLUMNS)}, nr)
    ORDER BY f.nr
), moved AS (
    INSERT INTO unified_positions AS p
        (account_id, instrument_id, {column_list(_POSITION)}, updated_at)
    SELECT {_NAMED["account_id"]}, {_NAMED["instrument_id"]},
           {", ".join(_NAMED[f"position_{name}"] for name in _POSITION)}, now()
    FROM changed
    ON CONFLICT (account_id, instrument_id) DO UPDATE SET {_SETS}
        WHERE p.fill_count = {_NAMED["seen_fills"]}
    RETURNING 1
), late AS ({_LATE})
SELECT pg_notify('{ORDERS_CHANNEL}', {_NAMED["notification"]}),
       all_or_nothing((SELECT count(*) FROM moved) = 1)
FROM changed
"""

_OF_ORDERS = f"""
SELECT {column_list(FILL_COLUMNS)} FROM fills WHERE order_id = ANY($1) ORDER BY booked_seq
"""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a fill is booked over. `known`: the order has a row of this trade."""

    order: UnifiedOrder
    position: Position
    known: bool
    now: datetime


class Bookings(OrderQueries):
    async def unbooked(self, fills: Sequence[Fill]) -> list[Fill]:
        """Those of the fills that are not booked as they are told, in their order."""
        booked = await self._rows_by_trade(list({fill.order_id for fill in fills}))
        return [
            fill for fill in fills if restated(booked.get((fill.order_id, fill.trade_id), ()), fill)
        ]

    async def book_fill(self, fill: Fill, instrument: Instrument) -> UnifiedOrder | None:
        """Book a fill exactly once: fill, order, position, audit, outbox in one statement.

        A trade that was booked before and is told otherwise now is restated. None if it was booked
        before, just so. Raises UnknownOrder.
        """

        async def attempt() -> UnifiedOrder | None:
            seen = await self._seen(fill)
            rows: Sequence[Fill] = (fill,) if fill.quantity else ()
            events: Sequence[OrderEvent] = [FillBooked(row) for row in rows]
            if seen.known:
                rows, events = await self._restated(fill)
            if not rows:
                return None
            changed, links = fold(seen.order, events, seen.now)
            position = reduce(lambda p, row: after_fill(p, instrument, row), rows, seen.position)
            values = change_values(seen.order, changed, links, tell_workflow=True)
            for name in FILL_COLUMNS:
                values[f"fill_{name}"] = [getattr(row, name) for row in rows]
            values |= {
                "account_id": fill.account_id,
                "instrument_id": fill.instrument_id,
                "seen_fills": seen.position.fill_count,
                **{f"position_{name}": getattr(position, name) for name in _POSITION},
                "position_fees": {currency: str(fee) for currency, fee in position.fees},
            }
            if await fetch_row(self._pool, _BOOK, *_NAMED.args(values)) is None:
                raise LostUpdate(fill.order_id)
            return changed

        return await until_written(attempt)

    async def _seen(self, fill: Fill) -> _Seen:
        row = await fetch_row(
            self._pool, _READ, fill.order_id, fill.account_id, fill.instrument_id, fill.trade_id
        )
        if row is None:
            raise UnknownOrder(fill.order_id)
        return _Seen(order_of(row), _position(fill, row), row["known"], row["now"])

    async def _restated(self, told: Fill) -> tuple[Sequence[Fill], Sequence[OrderEvent]]:
        """The rows that make the trade what the venue says of it now, and what they mean."""
        by_trade = await self._rows_by_trade([told.order_id])
        booked = by_trade.get(_trade_key(told), ())
        stands = standing(booked)
        rows = restated(booked, told)
        events: list[OrderEvent] = []
        for row in rows:
            if row.quantity > 0:
                events.append(FillBooked(row))
            else:
                assert stands is not None, "only what stands is reversed"
                events.append(FillReversed(row, restatement(stands, told)))
        return rows, events

    async def _rows_by_trade(
        self, order_ids: Sequence[str]
    ) -> Mapping[tuple[str, str], Sequence[Fill]]:
        rows = map(fill_of, await self._pool.fetch(_OF_ORDERS, order_ids))
        by_trade = sorted(rows, key=_trade_key)  # stable: in the order in which they were booked
        return {key: list(group) for key, group in groupby(by_trade, key=_trade_key)}


def _trade_key(fill: Fill) -> tuple[str, str]:
    return fill.order_id, trade_of(fill.trade_id)


def _position(fill: Fill, row: asyncpg.Record) -> Position:
    if row["held"] is None:
        return Position(fill.account_id, fill.instrument_id)
    held = {name: row[name] for name in ("avg_px", "realized", "fees", "fill_count")}
    return position_of(
        held
        | {
            "account_id": fill.account_id,
            "instrument_id": fill.instrument_id,
            "quantity": row["held"],
        }
    )
