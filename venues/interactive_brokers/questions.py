"""Questions to TWS and the lists that answer them. "No answer" is never an empty list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from venues.interactive_brokers.messages import ErrorSaid
from venues.port import VenueUnreachable


class Refused(Exception):
    """TWS answered a question with an error."""

    def __init__(self, error: ErrorSaid) -> None:
        super().__init__(f"IB answered {error.code}: {error.text}")
        self.code = error.code


class Questions:
    """The questions that wait. A list that goes by name alone is asked for once at a time, and who
    asks meanwhile waits: its answer may have begun before."""

    def __init__(self) -> None:
        self._asked: dict[int | str, tuple[list[Any], asyncio.Future[list[Any]]]] = {}
        self._locks: dict[int | str, asyncio.Lock] = {}

    async def ask(self, key: int | str, send: Callable[[], None]) -> list[Any]:
        """Send, and return what comes until the end of the list. Raises Refused and
        VenueUnreachable; the caller bounds the time."""
        if isinstance(key, int):
            return await self._ask(key, send)
        async with self._locks.setdefault(key, asyncio.Lock()):
            return await self._ask(key, send)

    async def _ask(self, key: int | str, send: Callable[[], None]) -> list[Any]:
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._asked[key] = ([], answer)
        try:
            send()
            return await answer
        finally:
            del self._asked[key]

    def answered(self, key: int | str, item: Any) -> None:
        """One item of a list."""
        if key in self._asked:
            self._asked[key][0].append(item)

    def ended(self, key: int | str) -> None:
        """The list is complete."""
        if key in self._asked:
            items, answer = self._asked[key]
            if not answer.done():
                answer.set_result(items)

    def refused(self, error: ErrorSaid) -> bool:
        """An error came; whether it was for a question."""
        if error.request_id not in self._asked:
            return False
        _, answer = self._asked[error.request_id]
        if not answer.done():
            answer.set_exception(Refused(error))
        return True

    def give_up(self, reason: str) -> None:
        """Nobody will answer what is asked now."""
        for _, answer in self._asked.values():
            if not answer.done():
                answer.set_exception(VenueUnreachable(reason))
