"""One house for each test: the order's whole surroundings, real but for the venue."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.common import RetryPolicy

from tests.support.order_house import OrderHouse, order_house
from workers.stack.embedded_temporal import EmbeddedTemporal
from workflows import steps


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the patience, the same steps: each workflow reads these when it begins."""
    quickly = RetryPolicy(initial_interval=timedelta(milliseconds=50), maximum_attempts=4)
    monkeypatch.setitem(steps.DB_WRITE, "retry_policy", quickly)
    monkeypatch.setattr(steps, "VENUE_COMMAND_TIMEOUT", timedelta(milliseconds=800))
    monkeypatch.setattr(steps, "FIND_OUT_WITHIN", timedelta(milliseconds=800))
    monkeypatch.setattr(steps, "CANCEL_CONFIRMED_WITHIN", timedelta(milliseconds=150))
    patiently = RetryPolicy(
        initial_interval=timedelta(milliseconds=50), maximum_interval=timedelta(milliseconds=200)
    )
    monkeypatch.setattr(steps, "PATIENTLY", patiently)


@pytest.fixture
async def house(database: str, temporal_server: EmbeddedTemporal) -> AsyncIterator[OrderHouse]:
    async with order_house(database, temporal_server.address) as opened:
        yield opened
