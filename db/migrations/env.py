"""Alembic's entry: runs on the connection that `db.migrate` hands over, under its lock.

By hand (`alembic revision --autogenerate`) it connects to the URL in ODUM_DATABASE_URL.
"""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import db.tables  # noqa: F401  (fills SQLModel.metadata)


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        engine = create_engine(os.environ["ODUM_DATABASE_URL"])
        connection = engine.connect()
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        context.run_migrations()


run()
