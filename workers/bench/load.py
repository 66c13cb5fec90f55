"""An open-loop load: each order is sent at its time, however long the ones before take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

API_KEY_HEADER = "X-API-Key"
HTTP_CREATED = 201
HTTP_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: when it was sent (UTC ns), how long its answer took, and what it said."""

    client_order_id: str
    order_id: str
    sent_ns: int
    took_ms: float
    status: int
    order_status: str


class Road:
    """One of the two APIs under test."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = f"{url}/api/live/orders"
        self._headers = {API_KEY_HEADER: key}

    async def place(self, body: dict[str, Any]) -> Sent:
        sent_ns, start = time.time_ns(), time.perf_counter()
        async with self._session.post(self._url, json=body, headers=self._headers) as response:
            answer = await response.json()
            took_ms = (time.perf_counter() - start) * 1000
        return Sent(
            body["client_order_id"],
            answer.get("order_id", ""),
            sent_ns,
            took_ms,
            response.status,
            answer.get("status", ""),
        )

    async def cancel(self, order_id: str) -> int:
        """Ask for a cancel; when it was asked (UTC ns)."""
        sent_ns = time.time_ns()
        url = f"{self._url}/{order_id}/cancel"
        async with self._session.post(url, headers=self._headers) as response:
            await response.read()
            response.raise_for_status()
        return sent_ns

    async def status(self, order_id: str) -> str:
        """The order's status; empty while it has no record."""
        async with self._session.get(f"{self._url}/{order_id}", headers=self._headers) as response:
            document: dict[str, Any] = await response.json()
            return "" if response.status == HTTP_NOT_FOUND else document["status"]


async def at_rate[T](rate: float, calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Start the calls `1 / rate` seconds apart and gather their results."""
    start = time.perf_counter()
    tasks: list[asyncio.Task[T]] = []
    for number, call in enumerate(calls):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        tasks.append(asyncio.ensure_future(call()))
    return list(await asyncio.gather(*tasks))


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank; values need not be sorted."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
