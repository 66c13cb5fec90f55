"""Terms of conditional, expiring and partly hidden orders; expiry and hours of instruments; depth
and public trades.

Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
    op.create_table(
        "depths",
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("bids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instrument_id"),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "market_trades",
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("trade_id", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("aggressor", sa.Text(), nullable=False),
        sa.Column("ts_event", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instrument_id", "trade_id"),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        "ix_market_trades_instrument_time", "market_trades", ["instrument_id", "ts_event"]
    )
    op.create_index("ix_market_trades_time", "market_trades", ["ts_event"])


def downgrade() -> None:
    op.drop_table("market_trades")
    op.drop_table("depths")
    for column in _CALENDAR:
        op.drop_column("instruments", column.name)
    for column in _TERMS:
        op.drop_column("unified_orders", column.name)
