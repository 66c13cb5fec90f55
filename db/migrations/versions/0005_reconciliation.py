"""How far executions are pulled; which orders need a person, by an index; what is offered now; the
turns of admissions, and statements that are all or nothing.

Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


# Takes a whole statement back whose parts do not fit together, as a lost race: it is done again.
ALL_OR_NOTHING = """
CREATE FUNCTION all_or_nothing(fits boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF NOT fits THEN
        RAISE EXCEPTION 'somebody else was quicker' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN true;
END $$
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("venue_leases", sa.Column("pulled_until", moment, nullable=True))
    op.create_index(
        "ix_unified_orders_anomaly",
        "unified_orders",
        ["created_at", "order_id"],
        postgresql_where=sa.text("anomaly IS NOT NULL"),
    )
    op.create_index(
        "ix_order_lists_live",
        "order_lists",
        ["created_at"],
        postgresql_where=sa.text("status IN ('RECEIVED', 'WORKING')"),
    )
    op.create_index(
        "ix_order_lists_attention",
        "order_lists",
        ["created_at"],
        postgresql_where=sa.text("attention"),
    )
    was_offered = sa.text("true")
    op.add_column(
        "instruments",
        sa.Column("offered", sa.Boolean(), nullable=False, server_default=was_offered),
    )
    op.alter_column("instruments", "offered", server_default=None)
    op.create_table(
        "risk_clock",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("turns", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO risk_clock (id, turns) VALUES (1, 0)")
    op.execute(ALL_OR_NOTHING)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mode", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("installation")
    op.execute("DROP FUNCTION all_or_nothing(boolean)")
    op.drop_table("risk_clock")
    op.drop_column("instruments", "offered")
    op.drop_index("ix_order_lists_attention", "order_lists")
    op.drop_index("ix_order_lists_live", "order_lists")
    op.drop_index("ix_unified_orders_anomaly", "unified_orders")
    op.drop_column("venue_leases", "pulled_until")
