"""Orders and their lives, for people to read."""

from collections.abc import Mapping
from typing import Any

from console.cli.output import pick, print_fields, print_table

_ORDER_FIELDS = (
    "order_id",
    "status",
    "strategy_id",
    "client_order_id",
    "venue",
    "filled_qty",
    "avg_px",
    "venue_client_id",
    "venue_order_id",
    "amend_id",
    "order_list_id",
    "reason_code",
    "reason",
    "anomaly",
    "created_at",
    "updated_at",
)
_SAME_IN_EVERY_LINE = frozenset(
    {"order_id", "strategy_id", "client_order_id", "instrument_id", "account_id", "ts_event"}
)
_LIST_COLUMNS = ("order_id", "status", "side", "quantity", "instrument_id", "filled_qty", "avg_px")
_FILL_COLUMNS = ("ts_event", "quantity", "price", "fee", "fee_currency", "trade_id")


def print_order(order: Mapping[str, Any]) -> None:
    """One order: what it asks for, what became of it, its fills and its events."""
    fields = {name: order.get(name) for name in _ORDER_FIELDS}
    print_fields({"order": _terms(order), **fields})
    if fills := order.get("fills"):
        print("\nfills")
        print_table(_FILL_COLUMNS, [pick(fill, *_FILL_COLUMNS) for fill in fills])
    if events := order.get("events"):
        print("\nevents")
        for event in events:
            print(event_line(event))


def print_orders(page: Mapping[str, Any]) -> None:
    """One page of orders, and how to get the next one."""
    rows = [pick(order, *_LIST_COLUMNS) for order in page["orders"]]
    print_table(_LIST_COLUMNS, rows)
    if cursor := page.get("next_cursor"):
        print(f"\nmore: --cursor {cursor}")


def event_line(event: Mapping[str, Any]) -> str:
    """One line of an order's life: when, what, and its details."""
    return "  ".join(part for part in (_clock(event), str(event["name"]), _details(event)) if part)


def _terms(order: Mapping[str, Any]) -> str:
    """`BUY 0.01 BTCUSDT.BINANCE_SPOT LIMIT 50000 GTC`."""
    parts = pick(order, "side", "quantity", "instrument_id", "order_type", "price")
    for word in ("trigger_price", "trailing_offset", "display_qty"):
        if order.get(word) is not None:
            parts.append(f"{word.partition('_')[0]} {order[word]}")
    parts += pick(order, "time_in_force", "expire_at")
    parts += [name for name in ("post_only", "reduce_only") if order.get(name)]
    return " ".join(str(part) for part in parts if part is not None)


def _clock(event: Mapping[str, Any]) -> str:
    # "2026-01-02T03:04:05.678901+00:00" -> "03:04:05.678"
    return str(event.get("at", ""))[11:23]


def _details(event: Mapping[str, Any]) -> str:
    """What the event adds: what is empty, or the same in every line of this order, is left out."""
    detail = event["detail"]
    # The request and a fill are records within the event: their members are what is of interest.
    members = [m for value in detail.values() if isinstance(value, Mapping) for m in value.items()]
    members += [(name, value) for name, value in detail.items() if not isinstance(value, Mapping)]
    return "  ".join(
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in members
        if name not in _SAME_IN_EVERY_LINE and value not in (None, "", False, [])
    )
