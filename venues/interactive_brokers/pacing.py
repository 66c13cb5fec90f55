"""Our own limit of messages: TWS takes so many a second from a client, and cuts off who goes on
beyond.

The library would queue in memory, tell nobody, and forget the queue at a disconnect.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import deque
from enum import IntEnum

from venues.port import RateBudget

# About half a second of it at a time, so that a burst of orders is not a second ahead of the cancel
# that follows it. Three bursts must not come within one second even where the first was late on its
# way: hence more than half of one, and less than half of what a second takes.
WINDOW_S = 0.6
_SHARE_PER_WINDOW = 0.44


class Turn(IntEnum):
    """Who goes first when there is a queue."""

    CANCEL = 0
    COMMAND = 1
    QUESTION = 2


class Pacing:
    """Waits for a place among the messages of the last window; cancels are served first.

    A share is kept for cancels alone, so that a full window never delays the first of them.
    """

    _KEPT_FOR_CANCELS = 3

    def __init__(self, messages_per_s: int) -> None:
        """`messages_per_s` is what TWS takes from us."""
        self.per_window = int(messages_per_s * _SHARE_PER_WINDOW)
        self._sent: deque[float] = deque()
        self._waiting: list[tuple[Turn, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def budget(self) -> RateBudget:
        self._forget()
        return RateBudget("messages", len(self._sent), self.per_window, WINDOW_S)

    async def turn(self, turn: Turn) -> None:
        """Return when a message may be sent. Whoever bounds the wait may cancel it."""
        if not self._waiting and self._has_room(turn):
            self._sent.append(time.monotonic())
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (turn, next(self._numbers), place))
        self._serve()
        await place

    def _has_room(self, turn: Turn) -> bool:
        self._forget()
        kept = 0 if turn is Turn.CANCEL else self._KEPT_FOR_CANCELS
        return len(self._sent) < self.per_window - kept

    def _serve(self) -> None:
        """Let in who may go, then look again when the oldest message leaves the window."""
        while self._waiting and (self._waiting[0][2].done() or self._has_room(self._waiting[0][0])):
            _, _, place = heapq.heappop(self._waiting)
            if not place.done():
                self._sent.append(time.monotonic())
                place.set_result(None)
        if self._waiting and self._timer is None:
            delay = self._sent[0] + WINDOW_S - time.monotonic()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(delay, 0.001), self._again)

    def _again(self) -> None:
        self._timer = None
        self._serve()

    def _forget(self) -> None:
        before = time.monotonic() - WINDOW_S
        while self._sent and self._sent[0] <= before:
            self._sent.popleft()
