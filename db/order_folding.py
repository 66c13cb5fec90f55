"""How the road changes an order: it is read, events are folded into it, and it is written over what
was read; if somebody was quicker, all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from db.pool import Pool, fetch_row
from db.records import ORDER_COLUMNS, column_list, order_of
from domain.audit import ChainedEvent, chained
from domain.errors import UnknownOrder
from domain.order_events import OrderEvent
from domain.order_life import apply
from domain.orders import UnifiedOrder

_READ = f"""
SELECT {column_list(ORDER_COLUMNS)}, clock_timestamp() AS now
FROM unified_orders WHERE order_id = $1
"""


async def read(pool: Pool, order_id: str) -> tuple[UnifiedOrder, datetime]:
    """The order, and the database's time, by which all events are dated. Raises UnknownOrder."""
    row = await fetch_row(pool, _READ, order_id)
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
