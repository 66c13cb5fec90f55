"""Amends under way and later legs of an order; order lists; what each venue can do; the number of
each order within its strategy, so that a rate is two look-ups and not a count.

Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPTIONAL: tuple[sa.Column[Any], ...] = (
    sa.Column("amend_id", sa.Text(), nullable=True),
    sa.Column("amend_quantity", sa.Numeric(), nullable=True),
    sa.Column("amend_price", sa.Numeric(), nullable=True),
    sa.Column("amend_trigger_price", sa.Numeric(), nullable=True),
    sa.Column("amend_requested_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("amend_sent_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("order_list_id", sa.Text(), nullable=True),
)
_FILLED_IN: tuple[tuple[sa.Column[Any], str], ...] = (
    (sa.Column("amend_replace", sa.Boolean(), nullable=True), "false"),
    (sa.Column("earlier_filled_qty", sa.Numeric(), nullable=True), "0"),
    (sa.Column("strategy_seq", sa.BigInteger(), nullable=True), "0"),
)
NUMBER_THE_ORDERS = """
UPDATE unified_orders o SET strategy_seq = n.seq FROM (
    SELECT order_id,
           row_number() OVER (PARTITION BY strategy_id ORDER BY created_at, order_id) AS seq
    FROM unified_orders
) n WHERE n.order_id = o.order_id
"""


def upgrade() -> None:
    for column in _OPTIONAL:
        op.add_column("unified_orders", column)
    for column, value in _FILLED_IN:
        op.add_column("unified_orders", column)
        op.execute(f"UPDATE unified_orders SET {column.name} = {value}")
    op.execute(NUMBER_THE_ORDERS)
    for column, _ in _FILLED_IN:
        op.alter_column("unified_orders", column.name, nullable=False)
    op.drop_index("ix_unified_orders_strategy_created", "unified_orders")
    op.create_index(
        "ix_unified_orders_strategy_created",
        "unified_orders",
        ["strategy_id", "created_at", "strategy_seq"],
    )
    op.create_index(
        "ix_unified_orders_list",
        "unified_orders",
        ["order_list_id"],
        postgresql_where=sa.text("order_list_id IS NOT NULL"),
    )
    op.create_table(
        "venue_capabilities",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("capabilities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("venue"),
    )
    op.create_table(
        "order_lists",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("strategy_id", sa.Text(), nullable=False),
        sa.Column("client_list_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attention", sa.Boolean(), nullable=False),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("list_id"),
        sa.UniqueConstraint("strategy_id", "client_list_id"),
    )


def downgrade() -> None:
    op.drop_table("order_lists")
    op.drop_table("venue_capabilities")
    op.drop_index("ix_unified_orders_list", "unified_orders")
    op.drop_index("ix_unified_orders_strategy_created", "unified_orders")
    op.create_index(
        "ix_unified_orders_strategy_created", "unified_orders", ["strategy_id", "created_at"]
    )
    for column in [*_OPTIONAL, *(column for column, _ in _FILLED_IN)]:
        op.drop_column("unified_orders", column.name)
