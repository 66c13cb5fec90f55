"""Orders whose workflow must hear of news. The row outlives every crash; the signal is a nudge."""

from __future__ import annotations

from dataclasses import dataclass

from db.order_queries import ORDERS, STATUS_LIVE
from db.pool import Pool
from db.records import ORDER_COLUMNS, column_list, order_of
from domain.errors import UnknownOrder
from domain.orders import UnifiedOrder

_WAITING = f"""
SELECT {column_list(ORDER_COLUMNS, "o.")}
FROM outbox b JOIN unified_orders o USING (order_id)
WHERE b.created_at < clock_timestamp() - make_interval(secs => $1)
ORDER BY b.created_at LIMIT $2
"""


_READ_TO_TELL = f"""
WITH told AS (
    DELETE FROM outbox b USING unified_orders o
    WHERE b.order_id = $1 AND o.order_id = $1 AND b.version <= o.version
)
SELECT {column_list(ORDER_COLUMNS)} FROM unified_orders WHERE order_id = $1
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    pool: Pool

    async def waiting(self, older_than_s: float, limit: int) -> list[UnifiedOrder]:
        """Orders with untold news, as they stand now, oldest news first."""
        return [order_of(row) for row in await self.pool.fetch(_WAITING, older_than_s, limit)]

    async def live(self) -> list[UnifiedOrder]:
        """Every order that is not terminal."""
        rows = await self.pool.fetch(f"{ORDERS} WHERE {STATUS_LIVE}")
        return [order_of(row) for row in rows]

    async def add(self, order: UnifiedOrder) -> None:
        """Its workflow shall hear of the order as it stands."""
        await self.pool.execute(
            "INSERT INTO outbox (order_id, version, created_at) VALUES ($1, $2, now()) "
            "ON CONFLICT (order_id) DO NOTHING",
            order.order_id,
            order.version,
        )

    async def told(self, order_id: str, version: int) -> None:
        """The workflow knows the order up to this version; newer news stays."""
        await self.pool.execute(
            "DELETE FROM outbox WHERE order_id = $1 AND version <= $2", order_id, version
        )

    async def read_to_tell(self, order_id: str) -> UnifiedOrder:
        """The order as it stands, for a caller whose answer to the workflow will say so.

        Raises UnknownOrder.
        """
        row = await self.pool.fetchrow(_READ_TO_TELL, order_id)
        if row is None:
            raise UnknownOrder(order_id)
        return order_of(row)
