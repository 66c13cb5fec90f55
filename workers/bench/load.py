"""An open-loop load: each order is sent at its time, however long the ones before take.

A request that fails is a result like any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from console.cli.errors import CliError, ExitCode, problem_error

API_KEY_HEADER = "X-API-Key"
HTTP_OK, HTTP_CREATED, HTTP_ACCEPTED = 200, 201, 202


# What a request raises that the server did not answer, or not in JSON.
UNANSWERED = (aiohttp.ClientError, OSError, TimeoutError, ValueError)

_NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """One order: when it was sent (UTC ns), how long its answer took, and what it said. `status` is
    0 without an answer; `failure` says why it was not acknowledged."""

    order_id: str
    sent_ns: int
    took_ms: float
    status: int
    failure: CliError | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One cancel: when it was asked for (UTC ns), and why it was refused."""

    sent_ns: int
    failure: CliError | None


class Road:
    """One of the two APIs under test."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = f"{url}/api/live/orders"
        self._headers = {API_KEY_HEADER: key}

    async def place(self, body: dict[str, Any]) -> Sent:
        sent_ns, start = time.time_ns(), time.perf_counter()
        status, answer, failure = await self._post(self._url, body)
        took_ms = (time.perf_counter() - start) * 1000
        if failure is None and status == HTTP_ACCEPTED:
            failure = CliError(
                "The venue had not acknowledged an order when its time to wait was over.",
                ExitCode.UNAVAILABLE,
            )
        return Sent(answer.get("order_id", ""), sent_ns, took_ms, status, failure)

    async def cancel(self, order_id: str) -> Asked:
        sent_ns = time.time_ns()
        _, _, failure = await self._post(f"{self._url}/{order_id}/cancel", None)
        return Asked(sent_ns, failure)

    async def status(self, order_id: str) -> str:
        """The order's status; empty while it has no record, or nobody answers."""
        try:
            async with self._session.get(
                f"{self._url}/{order_id}", headers=self._headers
            ) as response:
                document = await response.json()
        except UNANSWERED:
            return ""
        return document["status"] if response.status == HTTP_OK else ""

    async def _post(
        self, url: str, body: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any], CliError | None]:
        """Status, document, and what is wrong with them."""
        try:
            async with self._session.post(url, json=body, headers=self._headers) as response:
                answer: dict[str, Any] = await response.json(content_type=None)
        except UNANSWERED as error:
            what = str(error) or type(error).__name__
            failure = CliError(f"A request was not answered ({what}).", ExitCode.UNAVAILABLE)
            return _NO_ANSWER, {}, failure
        if response.ok:
            return response.status, answer, None
        return response.status, answer, problem_error(response.status, answer)


async def at_rate[T](rate: float, calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Start the calls `1 / rate` seconds apart and gather their results."""
    start = time.perf_counter()
    tasks: list[asyncio.Task[T]] = []
    for number, call in enumerate(calls):
        await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
        tasks.append(asyncio.ensure_future(call()))
    return list(await asyncio.gather(*tasks))
