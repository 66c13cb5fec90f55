"""Questions to TWS and the lists that answer them. "No answer" is never an empty list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from venues.interactive_brokers.messages import ErrorSaid
from venues.port import VenueUnreachable


class Refused(VenueUnreachable):
    """TWS answered a question with an error: nothing is known but that."""

    def __init__(self, error: ErrorSaid) -> None:
        super().__init__(f"IB answered {error.code}: {error.text}")


@dataclass(slots=True)
class _Question:
    answer: asyncio.Future[list[Any]]
    went_on: Callable[[], None]
    items: list[Any] = field(default_factory=list)


class Questions:
    """The questions that wait."""

    def __init__(self) -> None:
        self._asked: dict[int | str, _Question] = {}
        self._locks: dict[int | str, asyncio.Lock] = {}

    def alone(self, key: int | str) -> AbstractAsyncContextManager[None]:
        """Ask within it. A list that goes by name alone is asked for once at a time, and who asks
        meanwhile waits: its answer may have begun before."""
        if isinstance(key, int):
            return nullcontext()
        return self._locks.setdefault(key, asyncio.Lock())

    async def ask(
        self, key: int | str, send: Callable[[], None], went_on: Callable[[], None] = lambda: None
    ) -> list[Any]:
        """Send, and return what comes until the end of the list. `went_on` is told of each item, so
        that a long answer can be told from none. Raises Refused and VenueUnreachable; the caller
        bounds the time, and asks `alone`."""
        question = _Question(asyncio.get_running_loop().create_future(), went_on)
        self._asked[key] = question
        try:
            send()
            return await question.answer
        finally:
            del self._asked[key]

    def answered(self, key: int | str, item: Any) -> None:
        """One item of a list."""
        question = self._asked.get(key)
        if question is not None and not question.answer.done():
            question.items.append(item)
            question.went_on()

    def ended(self, key: int | str) -> None:
        """The list is complete."""
        question = self._asked.get(key)
        if question is not None and not question.answer.done():
            question.answer.set_result(question.items)

    def refused(self, error: ErrorSaid) -> bool:
        """An error came; whether it was for a question."""
        question = self._asked.get(error.request_id)
        if question is None:
            return False
        if not question.answer.done():
            question.answer.set_exception(Refused(error))
        return True

    def give_up(self, reason: str) -> None:
        """Nobody will answer what is asked now."""
        for question in self._asked.values():
            if not question.answer.done():
                question.answer.set_exception(VenueUnreachable(reason))
