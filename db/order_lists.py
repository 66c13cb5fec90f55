"""Order lists on record: what was asked for, how far they are, and their orders as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from db.order_queries import ORDERS, OrderScope
from db.pool import Pool
from db.records import order_of
from domain.errors import ConflictingOrderList, UnknownOrderList
from domain.lists.request import ListKind, ListStatus, OrderListRequest
from domain.orders import UnifiedOrder

_REQUEST = TypeAdapter(OrderListRequest)

_COLUMNS = (
    "list_id, strategy_id, client_list_id, kind, instrument_id, fingerprint, request, status, "
    "notes, attention, cancel_requested_at, created_at, updated_at"
)
_OPEN = f"""
INSERT INTO order_lists ({_COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, 'RECEIVED', '[]', false, NULL, now(), now())
ON CONFLICT DO NOTHING
"""
_ENDED = "('COMPLETED', 'CANCELED', 'FAILED')"
# The end is final, and a note that is there already is not written again. An end is written over
# the fills that it was computed from.
_RECORD = f"""
UPDATE order_lists SET
    status = CASE WHEN status IN {_ENDED} THEN status ELSE $2 END,
    attention = attention OR $4, updated_at = now(),
    notes = notes || coalesce((
        SELECT jsonb_agg(jsonb_build_object('at', now(), 'text', n.text) ORDER BY n.nr)
        FROM unnest($3::text[]) WITH ORDINALITY AS n(text, nr)
        WHERE NOT notes @> jsonb_build_array(jsonb_build_object('text', n.text))), '[]')
WHERE list_id = $1 AND (status IN {_ENDED} OR $5::numeric IS NULL OR $5 = (
    SELECT coalesce(sum(o.filled_qty), 0) FROM unified_orders o WHERE o.order_list_id = $1))
RETURNING list_id
"""
_NET_OF_FEES = """
SELECT f.order_id, coalesce(sum(f.fee), 0) AS fees
FROM fills f JOIN unified_orders o USING (order_id) JOIN instruments i ON
     i.instrument_id = f.instrument_id
WHERE o.order_list_id = $1 AND i.kind = 'SPOT' AND f.fee_currency = i.base AND f.side = 'BUY'
GROUP BY f.order_id
"""


@dataclass(frozen=True, slots=True)
class ListRecord:
    """One row of `order_lists`; `notes` are {"at", "text"}, oldest first."""

    list_id: str
    strategy_id: str
    client_list_id: str
    kind: ListKind
    instrument_id: str
    fingerprint: str
    request: OrderListRequest
    status: ListStatus
    notes: list[dict[str, str]]
    attention: bool
    cancel_requested_at: datetime | None
    created_at: datetime
    updated_at: datetime


class OrderLists:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, request: OrderListRequest) -> ListRecord:
        """Record the list; the same one again is read. Raises ConflictingOrderList."""
        await self._pool.execute(
            _OPEN,
            request.list_id,
            request.strategy_id,
            request.client_list_id,
            request.kind,
            request.instrument_id,
            request.fingerprint(),
            _REQUEST.dump_python(request, mode="json"),
        )
        record = await self.get(request.list_id)
        if record.fingerprint != request.fingerprint():
            raise ConflictingOrderList(request.client_list_id)
        return record

    async def find(self, list_id: str) -> ListRecord | None:
        row = await self._pool.fetchrow(
            f"SELECT {_COLUMNS} FROM order_lists WHERE list_id = $1", list_id
        )
        return None if row is None else _record(dict(row))

    async def get(self, list_id: str) -> ListRecord:
        """Raises UnknownOrderList."""
        record = await self.find(list_id)
        if record is None:
            raise UnknownOrderList(list_id)
        return record

    async def orders(self, list_id: str) -> list[UnifiedOrder]:
        """The orders of its legs, oldest first."""
        rows = await self._pool.fetch(
            f"{ORDERS} WHERE order_list_id = $1 ORDER BY created_at, order_id", list_id
        )
        return [order_of(row) for row in rows]

    async def strangers(self, order_ids: Sequence[str], list_id: str) -> list[UnifiedOrder]:
        """Those of the orders that are on record and not of this list."""
        rows = await self._pool.fetch(
            f"{ORDERS} WHERE order_id = ANY($1) AND order_list_id IS DISTINCT FROM $2",
            list(order_ids),
            list_id,
        )
        return [order_of(row) for row in rows]

    async def base_fees(self, list_id: str) -> dict[str, Decimal]:
        """By order: what a spot buy paid in what it bought, so that it cannot be sold again."""
        rows = await self._pool.fetch(_NET_OF_FEES, list_id)
        return {row["order_id"]: row["fees"] for row in rows}

    async def record(
        self,
        list_id: str,
        status: ListStatus,
        notes: Sequence[str],
        *,
        attention: bool,
        filled: Decimal | None = None,
    ) -> bool:
        """Whether it is on record; not if its orders have traded other than `filled` by now."""
        values = (list_id, status, list(notes), attention, filled)
        return await self._pool.fetchval(_RECORD, *values) is not None

    async def request_cancel(self, list_id: str) -> ListRecord:
        """Raises UnknownOrderList. A list that has ended stays as it is."""
        await self._pool.execute(
            "UPDATE order_lists SET cancel_requested_at = coalesce(cancel_requested_at, now()), "
            "updated_at = now() WHERE list_id = $1 AND status IN ('RECEIVED', 'WORKING')",
            list_id,
        )
        return await self.get(list_id)

    async def latest(
        self, strategy_ids: frozenset[str] | None, *, attention: bool, limit: int
    ) -> list[ListRecord]:
        """The newest lists of these strategies (None: of all), newest first.

        `attention`: only those at which a person should look.
        """
        rows = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM order_lists "
            "WHERE ($1::text[] IS NULL OR strategy_id = ANY($1)) AND (attention OR NOT $2) "
            "ORDER BY created_at DESC, list_id LIMIT $3",
            list(strategy_ids) if strategy_ids is not None else None,
            attention,
            limit,
        )
        return [_record(dict(row)) for row in rows]

    async def live_in(self, scope: OrderScope) -> list[ListRecord]:
        """Every list of the scope that has not ended, oldest first."""
        rows = await self._pool.fetch(
            f"SELECT {_COLUMNS} FROM order_lists WHERE status IN ('RECEIVED', 'WORKING') "
            "AND ($1::text[] IS NULL OR strategy_id = ANY($1)) "
            "AND ($2::text IS NULL OR split_part(instrument_id, '.', 2) = $2) "
            "AND ($3::text IS NULL OR instrument_id = $3) ORDER BY created_at",
            list(scope.strategy_ids) if scope.strategy_ids is not None else None,
            scope.venue,
            scope.instrument_id,
        )
        return [_record(dict(row)) for row in rows]


def _record(values: dict[str, Any]) -> ListRecord:
    values["kind"] = ListKind(values["kind"])
    values["status"] = ListStatus(values["status"])
    values["request"] = _REQUEST.validate_python(values["request"])
    return ListRecord(**values)
