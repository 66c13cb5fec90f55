"""Quotes survive a crash of the database, and are on a standby that takes over.

Revises: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE quotes SET LOGGED")


def downgrade() -> None:
    op.execute("ALTER TABLE quotes SET UNLOGGED")
