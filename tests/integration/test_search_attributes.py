"""Search attributes are registered where we may, and a server that forbids it stops nothing."""

from __future__ import annotations

import asyncio
import logging

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from tests.support.refusing_temporal import (
    PERMISSION_DENIED,
    UNAVAILABLE,
    UNIMPLEMENTED,
    refusing_temporal,
)
from workers.engines import register_search_attributes
from workers.search_attributes import SEARCH_ATTRIBUTES


@pytest.mark.parametrize("status", [PERMISSION_DENIED, UNIMPLEMENTED])
async def test_a_server_that_keeps_them_to_its_administrators_is_trusted(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with refusing_temporal(status) as (address, _):
        client = await Client.connect(address)
        with caplog.at_level(logging.WARNING):
            await asyncio.wait_for(register_search_attributes(client), timeout=30)

    (record,) = caplog.records
    for name, kind in SEARCH_ATTRIBUTES.items():
        assert f"{name} ({kind})" in record.message
    assert "not for you" in record.message


async def test_a_server_that_is_away_is_waited_for() -> None:
    async with refusing_temporal(UNAVAILABLE, UNAVAILABLE, PERMISSION_DENIED) as (address, left):
        client = await Client.connect(address)
        await asyncio.wait_for(register_search_attributes(client), timeout=30)
        assert left == [PERMISSION_DENIED]


async def test_the_refusals_are_real() -> None:
    async with refusing_temporal(PERMISSION_DENIED) as (address, _):
        client = await Client.connect(address)
        with pytest.raises(RPCError, match="not for you"):
            await client.service_client.check_health()
