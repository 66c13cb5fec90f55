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


def downgrade() -> None:
    op.drop_column("venue_leases", "health")
