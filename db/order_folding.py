"""How the road changes an order: its row locked, events folded into it, the audit chain longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from db.pool import Connection
from db.records import ORDER_COLUMNS, column_list, order_of
from domain.audit import ChainedEvent, chained
from domain.errors import UnknownOrder
from domain.order_events import OrderEvent
from domain.order_life import apply
from domain.orders import UnifiedOrder

_LOCKED = f"""
SELECT {column_list(ORDER_COLUMNS)}, clock_timestamp() AS now
FROM unified_orders WHERE order_id = $1 FOR UPDATE
"""


async def locked(connection: Connection, order_id: str) -> tuple[UnifiedOrder, datetime]:
    row = await connection.fetchrow(_LOCKED, order_id)
    if row is None:
        raise UnknownOrder(order_id)
    return order_of(row), row["now"]


def fold(
    order: UnifiedOrder, events: Sequence[OrderEvent], now: datetime
) -> tuple[UnifiedOrder, list[ChainedEvent]]:
    """The order after the events, and the links that they add to its audit chain."""
    links: list[ChainedEvent] = []
    for event in events:
        changed = apply(order, event, now)
        if changed is None:
            continue
        link = chained(order.order_id, changed.version, order.last_hash, event, now)
        links.append(link)
        order = replace(changed, last_hash=link.hash)
    return order, links
