"""The statements that write an order: the row, its events, the outbox and the notification in one.

Each is one statement, and so all or nothing, over what its caller has read before: it writes only
if nobody has changed the order since (`version`), and only while its guard holds. Nothing is locked
between reading and writing, so a process that stalls or vanishes holds up nobody.

The notifications are nudges; the row is the fact: `orders` wakes whoever waits for this order;
`submits`, `cancels` and `amends` wake the worker of its venue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.pool import Pool, fetch_row
from db.records import ORDER_COLUMNS, column_list
from db.statements import Named
from domain.audit import ChainedEvent
from domain.orders import OrderStatus, UnifiedOrder

ORDERS_CHANNEL = "orders"
SUBMITS_CHANNEL = "submits"
CANCELS_CHANNEL = "cancels"
AMENDS_CHANNEL = "amends"

# What an order's life changes; the rest stays as it was admitted.
_MUTABLE = (
    "status",
    "version",
    "last_hash",
    "updated_at",
    "venue_order_id",
    "filled_qty",
    "cum_quote",
    "cancel_requested_at",
    "submitted_at",
    "reason_code",
    "reason",
    "anomaly",
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
EVENT_VALUES = ("versions", "names", "details", "hashes")
CHANGE = ("order_id", "seen_version", *_MUTABLE, *EVENT_VALUES, "tell", "notification")
_COMMAND = ("nudge", "command")
_GUARD = ("lease_token", "while_trading", "until", "turn")


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold at the moment of the write: this process owns the account, trading runs, the
    time is not over, nobody was admitted since the facts were read. None and False ask nothing."""

    lease_token: int | None = None
    while_trading: bool = False
    until: datetime | None = None
    turn: int | None = None


def recorded(named: Named, source: str, order_id: str, at: str) -> str:
    return f"""
    INSERT INTO order_events (order_id, version, name, detail, at, hash)
    SELECT {order_id}, e.version, e.name, e.detail, {named[at]}, e.hash
    FROM {source}, unnest({named["versions"]}::int[], {named["names"]}::text[],
        {named["details"]}::jsonb[], {named["hashes"]}::text[]) AS e(version, name, detail, hash)
    """


def change_of(named: Named, condition: str = "") -> str:
    """The CTEs `changed` (one row if the order was changed, else none), `recorded` and `told`."""
    sets = ", ".join(f"{name} = {named[name]}" for name in _MUTABLE)
    return f"""
changed AS (
    UPDATE unified_orders o SET {sets}
    WHERE o.order_id = {named["order_id"]} AND o.version = {named["seen_version"]} {condition}
    RETURNING o.order_id
), recorded AS ({recorded(named, "changed c", "c.order_id", "updated_at")}
), told AS (
    INSERT INTO outbox (order_id, version, created_at)
    SELECT order_id, {named["version"]}, {named["updated_at"]} FROM changed WHERE {named["tell"]}
    ON CONFLICT (order_id) DO UPDATE SET version = excluded.version
)
"""


_PLAIN = Named(*CHANGE, *_COMMAND)
_GUARDED = Named(*CHANGE, *_COMMAND, *_GUARD)
_HOLDS = f"""
      AND ({_GUARDED["turn"]}::bigint IS NULL OR EXISTS (SELECT FROM taken))
      AND (NOT {_GUARDED["while_trading"]}::boolean OR (SELECT running FROM trading_state))
      AND ({_GUARDED["until"]}::timestamptz IS NULL OR clock_timestamp() < {_GUARDED["until"]})
      AND ({_GUARDED["lease_token"]}::bigint IS NULL OR EXISTS (
          SELECT FROM venue_leases l WHERE l.account_id = o.account_id
             AND l.token = {_GUARDED["lease_token"]} AND l.expires_at > clock_timestamp()))
"""


def _taken(turn: str) -> str:
    """The CTE `taken`: one row if nobody took a turn since ours was read. It orders admissions and
    amends: the facts of each hold all that were approved before."""
    return f"taken AS (UPDATE risk_clock SET turns = turns + 1 WHERE turns = {turn} RETURNING id)"


def _notified(named: Named, source: str) -> str:
    return f"""
SELECT pg_notify('{ORDERS_CHANNEL}', {named["notification"]}),
       CASE WHEN {named["nudge"]}::text IS NOT NULL
            THEN pg_notify({named["nudge"]}, {named["command"]}) END
FROM {source}
"""


_CHANGE = f"WITH {change_of(_PLAIN)} {_notified(_PLAIN, 'changed')}"
_CHANGE_GUARDED = f"""
WITH {_taken(_GUARDED["turn"])}, {change_of(_GUARDED, _HOLDS)} {_notified(_GUARDED, "changed")}
"""

_OPENING = Named(*ORDER_COLUMNS, *EVENT_VALUES, "notification", "nudge", "command", "turn")
_OPEN = f"""
WITH {_taken(_OPENING["turn"])}, opened AS (
    INSERT INTO unified_orders ({column_list(ORDER_COLUMNS)})
    SELECT {", ".join(_OPENING[name] for name in ORDER_COLUMNS)} FROM taken
    RETURNING order_id
), recorded AS ({recorded(_OPENING, "opened c", "c.order_id", "created_at")})
{_notified(_OPENING, "opened")}
"""


async def open_order(
    pool: Pool, order: UnifiedOrder, events: Sequence[ChainedEvent], *, turn: int, offer: bool
) -> bool:
    """Record a new order, decided on the facts of `turn`; False if somebody was admitted since.

    `offer`: an approved order is offered to its venue's worker. Raises UniqueViolationError.
    """
    offered = offer and order.status is OrderStatus.APPROVED
    values = {name: getattr(order, name) for name in ORDER_COLUMNS}
    values |= event_values(events) | _nudge(order, SUBMITS_CHANNEL if offered else None)
    values |= {"notification": notification(order), "turn": turn}
    return await fetch_row(pool, _OPEN, *_OPENING.args(values)) is not None


async def change_order(
    pool: Pool,
    before: UnifiedOrder,
    after: UnifiedOrder,
    events: Sequence[ChainedEvent],
    *,
    tell_workflow: bool = False,
    nudge: str | None = None,
    guard: Guard | None = None,
) -> bool:
    """Write the order over the one that it was computed from; False if that was changed meanwhile,
    or the guard does not hold.

    `nudge` is the channel by which the worker of the order's venue hears of it.
    """
    values = change_values(before, after, events, tell_workflow=tell_workflow)
    values |= _nudge(after, nudge)
    if guard is None:
        return await fetch_row(pool, _CHANGE, *_PLAIN.args(values)) is not None
    values |= {name: getattr(guard, name) for name in _GUARD}
    return await fetch_row(pool, _CHANGE_GUARDED, *_GUARDED.args(values)) is not None


def change_values(
    before: UnifiedOrder,
    after: UnifiedOrder,
    events: Sequence[ChainedEvent],
    *,
    tell_workflow: bool,
) -> dict[str, Any]:
    """The parameters `CHANGE`."""
    values = {name: getattr(after, name) for name in _MUTABLE}
    return values | {
        "order_id": before.order_id,
        "seen_version": before.version,
        "tell": tell_workflow,
        "notification": notification(after),
        **event_values(events),
    }


def event_values(events: Sequence[ChainedEvent]) -> dict[str, Any]:
    return {
        "versions": [event.version for event in events],
        "names": [event.name for event in events],
        "details": [event.detail for event in events],
        "hashes": [event.hash for event in events],
    }


def _nudge(order: UnifiedOrder, channel: str | None) -> dict[str, Any]:
    return {"nudge": channel, "command": f"{order.venue} {order.order_id}"}


def notification(order: UnifiedOrder) -> str:
    return f"{order.order_id} {order.status} {order.version}"
