"""What is being done for an order right now, once, whoever asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class AtWork[T]:
    """At most one run an order; its callers share the result."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    async def shared(self, order_id: str, begin: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of the one run at work; a caller that gives up does not end it."""
        task = self._running.get(order_id)
        if task is None:
            task = asyncio.create_task(begin(), name=f"order {order_id}")
            self._running[order_id] = task
            task.add_done_callback(lambda _: self._running.pop(order_id, None))
            # Its callers may all have given up; then nobody is left to hear of a failure.
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return await asyncio.shield(task)

    def has(self, order_id: str) -> bool:
        """Whether something is at work for the order."""
        return order_id in self._running

    async def over(self, order_id: str, within_s: float) -> bool:
        """Wait until nothing is at work for the order, but not for ever; whether that is so."""
        task = self._running.get(order_id)
        if task is None:
            return True
        done, _ = await asyncio.wait({task}, timeout=within_s)
        return bool(done)
