"""The API over real PostgreSQL and real Temporal, to a venue without a wire and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.nudges import WorkflowNudger
from api.order_workflows import OrderWorkflows
from db.outbox import Outbox
from db.pool import open_pool
from tests.support.instant_venue import InstantVenue, serving
from tests.support.live_api import LiveApi, live_api
from workers.engines import register_search_attributes
from workers.gateway import order_worker

ORDERS = "/api/live/orders"


@dataclass(frozen=True)
class Road:
    api: LiveApi
    venue: InstantVenue
    temporal: Client

    async def place(self, body: dict[str, Any], query: str = "") -> httpx.Response:
        return await self.api.http.post(f"{ORDERS}{query}", json=body)

    async def until(
        self,
        document_id: str,
        holds: Callable[[dict[str, Any]], bool],
        path: str = ORDERS,
    ) -> dict[str, Any]:
        """The order (or what else is at the path), as soon as the API shows that this holds."""
        async with asyncio.timeout(10):
            while True:
                answer = await self.api.http.get(f"{path}/{document_id}")
                if answer.status_code == 200:
                    document: dict[str, Any] = answer.json()
                    if holds(document):
                        return document
                await asyncio.sleep(0.02)


@asynccontextmanager
async def api_road(dsn: str, temporal_address: str) -> AsyncIterator[Road]:
    client = await Client.connect(temporal_address, data_converter=pydantic_data_converter)
    await register_search_attributes(client)
    venue = InstantVenue("BINANCE_SPOT")
    async with AsyncExitStack() as closing:
        pool = await open_pool(dsn, size=8)
        closing.push_async_callback(pool.close)
        api = await closing.enter_async_context(live_api(dsn, client))
        await closing.enter_async_context(order_worker(client, pool, api.feed, api.admission))
        await closing.enter_async_context(serving(venue, pool, dsn, client))
        nudger = WorkflowNudger(client, Outbox(pool), OrderWorkflows(client).revive)
        sweeping = asyncio.create_task(nudger.sweep())
        closing.callback(sweeping.cancel)
        yield Road(api, venue, client)
