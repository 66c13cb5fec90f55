"""Keyset pages: a cursor names the last thing of a page, so new ones never shift the next page."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from api.errors import RefusedField
from domain.identifiers import is_order_id
from domain.orders import UnifiedOrder

CURSOR_LENGTH_MAX = 120


def cursor_after(order: UnifiedOrder) -> str:
    """The opaque cursor of the page that follows the order."""
    return base64.urlsafe_b64encode(
        f"{order.created_at.isoformat()} {order.order_id}".encode()
    ).decode()


def parse_cursor(cursor: str) -> tuple[datetime, str]:
    """(created_at, order_id) of the last order of the page before. Raises RefusedField."""
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
        moment, order_id = text.split(" ")
        created_at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _invalid() from None
    if not is_order_id(order_id):
        raise _invalid()
    return created_at, order_id


def cursor_behind(instrument_id: str) -> str:
    """The opaque cursor of the page that follows the instrument."""
    return base64.urlsafe_b64encode(instrument_id.encode()).decode()


def parse_instrument_cursor(cursor: str) -> str:
    """The last instrument's id of the page before. Raises RefusedField."""
    try:
        instrument_id = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise _invalid() from None
    if not instrument_id:
        raise _invalid()
    return instrument_id


def _invalid() -> RefusedField:
    return RefusedField(
        "cursor", "invalid_cursor", "cursor must be the next_cursor of an earlier answer."
    )
