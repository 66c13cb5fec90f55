"""Terms of conditional, expiring and partly hidden orders; expiry and hours of instruments.

Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TERMS: tuple[sa.Column[Any], ...] = (
    sa.Column("trigger_price", sa.Numeric(), nullable=True),
    sa.Column("trigger_type", sa.Text(), nullable=True),
    sa.Column("trailing_offset", sa.Numeric(), nullable=True),
    sa.Column("trailing_offset_type", sa.Text(), nullable=True),
    sa.Column("expire_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("display_qty", sa.Numeric(), nullable=True),
)
_CALENDAR: tuple[sa.Column[Any], ...] = (
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("trading_hours", sa.Text(), nullable=True),
)


def upgrade() -> None:
    for column in _TERMS:
        op.add_column("unified_orders", column)
    for column in _CALENDAR:
        op.add_column("instruments", column)


def downgrade() -> None:
    for column in _CALENDAR:
        op.drop_column("instruments", column.name)
    for column in _TERMS:
        op.drop_column("unified_orders", column.name)
