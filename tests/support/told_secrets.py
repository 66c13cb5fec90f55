"""Is a secret told anywhere? In logs, in any table, in the history of any workflow (promise 9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import BaseModel, SecretStr
from temporalio.client import Client

from config.loader import load_settings
from tests.support.stack import PaperStack

_HISTORIES_AT_ONCE = 16

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""


async def assert_no_secret_is_told(stack: PaperStack) -> None:
    """Every secret of the profile is where it was configured, and nowhere else."""
    settings = load_settings(Path(stack.env["ODUM_CONFIG"]), stack.env)
    secrets = {name: value.encode() for name, value in _secrets_in(settings)}
    assert secrets, "the profile has secrets"
    places: set[str] = set()
    told: list[str] = []
    async for place, text in _all_that_is_told(stack):
        places.add(place)
        told += [f"{name} is told in {place}" for name, secret in secrets.items() if secret in text]
    assert {"logs", "table", "workflow"} == {place.split()[0] for place in places}
    assert not told, "\n".join(sorted(set(told)))


def _secrets_in(value: Any, name: str = "profile") -> Iterator[tuple[str, str]]:
    if isinstance(value, SecretStr):
        yield name, value.get_secret_value()
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _secrets_in(getattr(value, field), f"{name}.{field}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _secrets_in(item, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _secrets_in(item, f"{name}.{number}")


async def _all_that_is_told(stack: PaperStack) -> AsyncIterator[tuple[str, bytes]]:
    for log in (stack.home / "logs").iterdir():
        yield f"logs {log.name}", log.read_bytes()
    connection = await asyncpg.connect(stack.postgres_dsn)
    try:
        for (table,) in await connection.fetch(_TABLES):
            for (row,) in await connection.fetch(f'SELECT t::text FROM "{table}" t'):
                yield f"table {table}", row.encode()
    finally:
        await connection.close()
    async for workflow_id, history in _histories(stack):
        yield f"workflow {workflow_id}", history


async def _histories(stack: PaperStack) -> AsyncIterator[tuple[str, bytes]]:
    """Of every workflow, running or ended; payloads are in there as they were sent."""
    client = await Client.connect(stack.temporal_address)
    slots = asyncio.Semaphore(_HISTORIES_AT_ONCE)

    async def history_of(workflow_id: str, run_id: str | None) -> tuple[str, bytes]:
        async with slots:
            history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        return workflow_id, b"".join(event.SerializeToString() for event in history.events)

    found = [(one.id, one.run_id) async for one in client.list_workflows()]
    for fetched in asyncio.as_completed([history_of(*one) for one in found]):
        yield await fetched
