"""Schema migrations (alembic), applied at start by `db.migrate`."""
