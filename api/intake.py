"""How many new orders may wait for their record at once.

Beyond it an order would only make the ones before it later, until steps time out and are done
twice: a system that is asked too much must say so early. The strategy sends the same request again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

from db.feed import OrderFeed, Watch
from domain.errors import OdumError
from domain.orders import OrderStatus

WAITING_MAX = 64
# An order without a record after this time is not late but stuck: its workflow tries again at its
# own pace, and a few of them must not shut out all others.
RECORD_BOUND_S = 10.0


class Overloaded(OdumError):
    code = "overloaded"
    status = 503
    retryable = True

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting} new orders wait for their record already; this one was not taken. Send the "
            "same request again in a moment."
        )


class Intake:
    def __init__(
        self,
        feed: OrderFeed,
        waiting_max: int = WAITING_MAX,
        record_bound_s: float = RECORD_BOUND_S,
    ) -> None:
        self._feed = feed
        self._waiting_max = waiting_max
        self._record_bound_s = record_bound_s
        self._waiting = 0
        self._held: set[asyncio.Task[None]] = set()

    async def one_more(self, order_id: str, start: Callable[[], Awaitable[bool]]) -> bool:
        """What `start` answers: whether it started the order, or an earlier call did.

        Raises Overloaded before anything was started, and what `start` raises.
        """
        if self._waiting >= self._waiting_max:
            raise Overloaded(self._waiting)
        with ExitStack() as slot:
            self._waiting += 1
            slot.callback(self._one_less)
            news = slot.enter_context(self._feed.watch(order_id))
            started = await start()
            if started:
                holding = asyncio.create_task(self._hold(slot.pop_all(), news))
                self._held.add(holding)
                holding.add_done_callback(self._held.discard)
        return started

    async def _hold(self, slot: ExitStack, news: Watch) -> None:
        """Until the record is there. Not the request's task: its client may not wait at all."""
        with slot:
            await news.wait(_is_recorded, self._record_bound_s)

    def _one_less(self) -> None:
        self._waiting -= 1


def _is_recorded(_status: OrderStatus) -> bool:
    return True  # news of an order speak of its record
