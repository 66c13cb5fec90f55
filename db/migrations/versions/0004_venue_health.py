"""Health of a venue account beside its lease: clock, rate limits, errors.

Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    health = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("venue_leases", sa.Column("health", health, nullable=True))
    # Part of the health; whoever holds a lease reports it anew within a second.
    op.drop_column("venue_leases", "connected")
    op.drop_column("venue_leases", "last_message_at")


def downgrade() -> None:
    op.add_column("venue_leases", sa.Column("last_message_at", sa.DateTime(timezone=True)))
    not_connected = sa.text("false")
    op.add_column(
        "venue_leases",
        sa.Column("connected", sa.Boolean(), nullable=False, server_default=not_connected),
    )
    op.alter_column("venue_leases", "connected", server_default=None)
    op.drop_column("venue_leases", "health")
