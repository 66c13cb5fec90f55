"""The statements that write an order: the row, its events, the outbox and the notification in one.

Each is a single round trip inside the caller's transaction. The notifications are nudges; the row
is the fact: `orders` wakes whoever waits for this order; `submits`, `cancels` and `amends` wake the
worker of its venue.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.pool import Connection, LostUpdate
from db.records import ORDER_COLUMNS, column_list
from domain.audit import ChainedEvent
from domain.orders import OrderStatus, UnifiedOrder
from domain.positions import Position

ORDERS_CHANNEL = "orders"
SUBMITS_CHANNEL = "submits"
CANCELS_CHANNEL = "cancels"
AMENDS_CHANNEL = "amends"

_TERMS = (
    "quantity",
    "price",
    "trigger_price",
    "reference_price",
    "leg",
    "venue_client_id",
    "send_deadline",
    "earlier_filled_qty",
    "amend_id",
    "amend_quantity",
    "amend_price",
    "amend_trigger_price",
    "amend_replace",
    "amend_requested_at",
    "amend_sent_at",
    "triggered_at",
)

_EVENTS = """
    INSERT INTO order_events (order_id, version, name, detail, at, hash)
    SELECT {order_id}, e.version, e.name, e.detail, {at}, e.hash
    FROM unnest({versions}::int[], {names}::text[], {details}::jsonb[], {hashes}::text[])
         AS e(version, name, detail, hash)
"""

_INSERT = f"""
WITH opened AS (
    INSERT INTO unified_orders ({column_list(ORDER_COLUMNS)})
    VALUES ({", ".join(f"${n}" for n in range(1, len(ORDER_COLUMNS) + 1))})
), told AS (
    {
    _EVENTS.format(
        order_id="$1",
        at=f"${ORDER_COLUMNS.index('created_at') + 1}",
        versions=f"${len(ORDER_COLUMNS) + 1}",
        names=f"${len(ORDER_COLUMNS) + 2}",
        details=f"${len(ORDER_COLUMNS) + 3}",
        hashes=f"${len(ORDER_COLUMNS) + 4}",
    )
}
)
SELECT pg_notify('{ORDERS_CHANNEL}', ${len(ORDER_COLUMNS) + 5}),
       CASE WHEN ${len(ORDER_COLUMNS) + 6}::text IS NOT NULL
            THEN pg_notify('{SUBMITS_CHANNEL}', ${len(ORDER_COLUMNS) + 6}) END
"""

_UPDATE = f"""
WITH changed AS (
    UPDATE unified_orders SET
        status = $2, version = $3, last_hash = $4, updated_at = $5, venue_order_id = $6,
        filled_qty = $7, cum_quote = $8, cancel_requested_at = $9, submitted_at = $10,
        reason_code = $11, reason = $12, anomaly = $13,
        quantity = $21, price = $22, trigger_price = $23, reference_price = $24, leg = $25,
        venue_client_id = $26, send_deadline = $27, earlier_filled_qty = $28, amend_id = $29,
        amend_quantity = $30, amend_price = $31, amend_trigger_price = $32, amend_replace = $33,
        amend_requested_at = $34, amend_sent_at = $35, triggered_at = $36
    WHERE order_id = $1
), recorded AS (
    {
    _EVENTS.format(order_id="$1", at="$5", versions="$14", names="$15", details="$16", hashes="$17")
}
), told AS (
    INSERT INTO outbox (order_id, version, created_at) SELECT $1, $3, $5 WHERE $18
    ON CONFLICT (order_id) DO UPDATE SET version = excluded.version
)
SELECT pg_notify('{ORDERS_CHANNEL}', $19),
       CASE WHEN $20::text IS NOT NULL THEN pg_notify($20, $37) END
"""

# Positions fold one fill after the other: a row that is not exactly one fill behind was changed by
# somebody who did not hold the position's lock, and overwriting it would lose a fill.
_FIRST_POSITION = """
INSERT INTO unified_positions
    (account_id, instrument_id, quantity, avg_px, realized, fees, fill_count, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT DO NOTHING RETURNING fill_count
"""
_NEXT_POSITION = """
UPDATE unified_positions SET
    quantity = $3, avg_px = $4, realized = $5, fees = $6, fill_count = $7, updated_at = now()
WHERE account_id = $1 AND instrument_id = $2 AND fill_count = $7 - 1 RETURNING fill_count
"""


async def insert_order(
    connection: Connection, order: UnifiedOrder, events: Sequence[ChainedEvent], *, offer: bool
) -> None:
    await connection.execute(
        _INSERT,
        *(getattr(order, name) for name in ORDER_COLUMNS),
        *_columns(events),
        _notification(order),
        _command(order) if offer and order.status is OrderStatus.APPROVED else None,
    )


async def update_order(
    connection: Connection,
    order: UnifiedOrder,
    events: Sequence[ChainedEvent],
    *,
    tell_workflow: bool = False,
    nudge: str | None = None,
) -> None:
    """`nudge` is the channel by which the worker of the order's venue hears of it."""
    await connection.execute(
        _UPDATE,
        order.order_id,
        order.status,
        order.version,
        order.last_hash,
        order.updated_at,
        order.venue_order_id,
        order.filled_qty,
        order.cum_quote,
        order.cancel_requested_at,
        order.submitted_at,
        order.reason_code,
        order.reason,
        order.anomaly,
        *_columns(events),
        tell_workflow,
        _notification(order),
        nudge,
        *(getattr(order, name) for name in _TERMS),
        _command(order),
    )


async def upsert_position(connection: Connection, position: Position) -> None:
    """Write the position after one more fill. Raises LostUpdate: roll back and fold anew."""
    written = await connection.fetchval(
        _FIRST_POSITION if position.fill_count == 1 else _NEXT_POSITION,
        position.account_id,
        position.instrument_id,
        position.quantity,
        position.avg_px,
        position.realized,
        {currency: str(fee) for currency, fee in position.fees},
        position.fill_count,
    )
    if written is None:
        raise LostUpdate(
            f"the position of {position.account_id} in {position.instrument_id} is not at "
            f"{position.fill_count - 1} fills any more"
        )


def _columns(
    events: Sequence[ChainedEvent],
) -> tuple[list[int], list[str], list[dict[str, object]], list[str]]:
    return (
        [event.version for event in events],
        [event.name for event in events],
        [event.detail for event in events],
        [event.hash for event in events],
    )


def _notification(order: UnifiedOrder) -> str:
    return f"{order.order_id} {order.status} {order.version}"


def _command(order: UnifiedOrder) -> str:
    return f"{order.venue} {order.order_id}"
