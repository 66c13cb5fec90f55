"""Reading orders, their fills and their audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db.pool import Pool
from db.records import (
    FILL_COLUMNS,
    ORDER_COLUMNS,
    RecordedEvent,
    column_list,
    event_of,
    fill_of,
    order_of,
)
from domain.fills import Fill
from domain.orders import LIVE, OrderStatus, UnifiedOrder

ORDERS = f"SELECT {column_list(ORDER_COLUMNS)} FROM unified_orders"

STATUS_LIVE = f"status IN ({', '.join(repr(str(status)) for status in sorted(LIVE))})"

# What the venue contradicted, and what has not moved for longer than it ever should: an order in
# doubt, a cancel or an amend that is not done, an approved order that is neither sent nor ended.
# Two looks, each by an index of its own: among all orders that ever were these are few.
_NEEDS_A_PERSON = f"""
    SELECT order_id FROM unified_orders WHERE anomaly IS NOT NULL
    UNION
    SELECT order_id FROM unified_orders WHERE {STATUS_LIVE} AND (
        status IN ('SUBMITTING', 'UNKNOWN') AND updated_at < now() - interval '10 s'
        OR status IN ('ACCEPTED', 'PARTIALLY_FILLED')
           AND cancel_requested_at < now() - interval '10 s'
        OR status IN ('ACCEPTED', 'PARTIALLY_FILLED')
           AND amend_requested_at < now() - interval '20 s'
        OR status = 'APPROVED' AND send_deadline < now() - interval '10 s'
    )
"""

# Where a filter is null it does not filter.
_PAGE = """
  ($1::text[] IS NULL OR strategy_id = ANY($1))
  AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR instrument_id = $3)
  AND ($4::text IS NULL OR venue = $4)
  AND ($5::timestamptz IS NULL OR (created_at, order_id) < ($5, $6::text))
ORDER BY created_at DESC, order_id DESC
LIMIT $7
"""
_FILTERED = f"{ORDERS} WHERE {_PAGE}"
_ATTENTION = f"{ORDERS} WHERE order_id IN ({_NEEDS_A_PERSON}) AND {_PAGE}"

_LIVE_IN = f"""
{ORDERS}
WHERE {STATUS_LIVE} AND ($1::text[] IS NULL OR strategy_id = ANY($1))
  AND ($2::text IS NULL OR venue = $2) AND ($3::text IS NULL OR instrument_id = $3)
ORDER BY created_at, order_id
"""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What to list; None does not filter. `attention`: only orders that need a person."""

    strategy_ids: frozenset[str] | None = None
    status: OrderStatus | None = None
    instrument_id: str | None = None
    venue: str | None = None
    attention: bool = False


@dataclass(frozen=True, slots=True)
class OrderScope:
    """Orders to act on; None does not narrow."""

    strategy_ids: frozenset[str] | None = None
    venue: str | None = None
    instrument_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderCounts:
    live: int
    in_doubt: int
    attention: int


class OrderQueries:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def order(self, order_id: str) -> UnifiedOrder | None:
        row = await self._pool.fetchrow(f"{ORDERS} WHERE order_id = $1", order_id)
        return order_of(row) if row else None

    async def order_by_client_id(
        self, strategy_id: str, client_order_id: str
    ) -> UnifiedOrder | None:
        row = await self._pool.fetchrow(
            f"{ORDERS} WHERE strategy_id = $1 AND client_order_id = $2",
            strategy_id,
            client_order_id,
        )
        return order_of(row) if row else None

    async def orders(
        self, where: OrderFilter, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[UnifiedOrder]:
        """Newest first; `after` is (created_at, order_id) of the last one of the page before."""
        rows = await self._pool.fetch(
            _ATTENTION if where.attention else _FILTERED,
            list(where.strategy_ids) if where.strategy_ids is not None else None,
            where.status,
            where.instrument_id,
            where.venue,
            after[0] if after else None,
            after[1] if after else None,
            limit,
        )
        return [order_of(row) for row in rows]

    async def orders_by_id(self, order_ids: Sequence[str]) -> list[UnifiedOrder]:
        """Those of the orders that are on record."""
        rows = await self._pool.fetch(f"{ORDERS} WHERE order_id = ANY($1)", list(order_ids))
        return [order_of(row) for row in rows]

    async def live_orders(self, account_id: str) -> list[UnifiedOrder]:
        """Every order of the account that is not terminal, oldest first."""
        rows = await self._pool.fetch(
            f"{ORDERS} WHERE {STATUS_LIVE} AND account_id = $1 ORDER BY created_at", account_id
        )
        return [order_of(row) for row in rows]

    async def live_in(self, scope: OrderScope) -> list[UnifiedOrder]:
        """Every order of the scope that is not terminal, oldest first."""
        rows = await self._pool.fetch(
            _LIVE_IN,
            list(scope.strategy_ids) if scope.strategy_ids is not None else None,
            scope.venue,
            scope.instrument_id,
        )
        return [order_of(row) for row in rows]

    async def fills(self, order_id: str) -> list[Fill]:
        rows = await self._pool.fetch(
            f"SELECT {column_list(FILL_COLUMNS)} FROM fills WHERE order_id = $1 "
            "ORDER BY booked_seq",
            order_id,
        )
        return [fill_of(row) for row in rows]

    async def events(self, order_id: str) -> list[RecordedEvent]:
        rows = await self._pool.fetch(
            "SELECT version, name, detail, at, hash FROM order_events "
            "WHERE order_id = $1 ORDER BY version",
            order_id,
        )
        return [event_of(row) for row in rows]

    async def counts(self) -> OrderCounts:
        row = await self._pool.fetchrow(
            f"""
            SELECT count(*) AS live,
                   count(*) FILTER (WHERE status IN ('SUBMITTING', 'UNKNOWN')) AS in_doubt,
                   (SELECT count(*) FROM ({_NEEDS_A_PERSON}) AS wanted) AS attention
            FROM unified_orders WHERE {STATUS_LIVE}
            """
        )
        assert row is not None, "an aggregate always has a row"
        return OrderCounts(row["live"], row["in_doubt"], row["attention"])
