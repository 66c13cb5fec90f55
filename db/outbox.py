"""Orders whose workflow must hear of news. The row outlives every crash; the signal is a nudge."""

from __future__ import annotations

from dataclasses import dataclass

from db.pool import Pool
from db.records import ORDER_COLUMNS, column_list, order_of
from domain.orders import UnifiedOrder

_WAITING = f"""
SELECT {column_list(ORDER_COLUMNS, "o.")}
FROM outbox b JOIN unified_orders o USING (order_id)
WHERE b.created_at < clock_timestamp() - make_interval(secs => $1)
ORDER BY b.created_at LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    pool: Pool

    async def waiting(self, older_than_s: float, limit: int) -> list[UnifiedOrder]:
        """Orders with untold news, as they stand now, oldest news first."""
        return [order_of(row) for row in await self.pool.fetch(_WAITING, older_than_s, limit)]

    async def told(self, order_id: str, version: int) -> None:
        """The workflow knows the order up to this version; newer news stays."""
        await self.pool.execute(
            "DELETE FROM outbox WHERE order_id = $1 AND version <= $2", order_id, version
        )
