"""A real PostgreSQL, and a Temporal that never answers: nothing can be started here."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from db.migrate import migrate
from tests.support.engines import embedded_postgres
from tests.support.live_api import LiveApi, live_api


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    with embedded_postgres() as server:
        asyncio.run(migrate(server.dsn))
        yield server.dsn


@pytest.fixture(scope="session")
def silent_address() -> Iterator[str]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as server:
        host, port = server.getsockname()
        yield f"{host}:{port}"


@pytest.fixture
async def api(postgres_dsn: str, silent_address: str) -> AsyncIterator[LiveApi]:
    temporal = await Client.connect(
        silent_address, data_converter=pydantic_data_converter, lazy=True
    )
    async with live_api(postgres_dsn, temporal, start_bound_s=0.05) as api:
        await api.services.trading.set(running=True, by="test", reason="")
        yield api
