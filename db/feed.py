"""OrderFeed: wait for an order's state without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from db.listener import Listener
from db.order_writes import ORDERS_CHANNEL
from domain.orders import OrderStatus


class Watch:
    """One waiter's view of one order, from the moment it was made."""

    def __init__(self) -> None:
        self._latest: OrderStatus | None = None
        self._in_doubt = False
        self._news = asyncio.Event()

    def tell(self, status: OrderStatus) -> None:
        self._latest = status
        self._news.set()

    def give_up(self) -> None:
        """Notifications may have been lost: let the waiter look at the row."""
        self._in_doubt = True
        self._news.set()

    async def wait(self, until: Callable[[OrderStatus], bool], timeout_s: float) -> None:
        """Return once a told status satisfies `until`, at the time-out, or when in doubt.

        It is a nudge: the caller reads the row in any case.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not (self._in_doubt or (self._latest is not None and until(self._latest))):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return


class OrderFeed:
    """Shares one LISTEN connection among all waiters of this process."""

    def __init__(self, dsn: str, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called at every change of any order."""
        self._watches: dict[str, set[Watch]] = {}
        self._on_change = on_change
        self._listener = Listener(dsn, ORDERS_CHANNEL, self._heard, self._reconnected)

    async def start(self) -> None:
        await self._listener.start()

    async def stop(self) -> None:
        await self._listener.stop()

    @contextmanager
    def watch(self, order_id: str) -> Iterator[Watch]:
        """Watch the order from here on; do what causes the change inside the block."""
        watch = Watch()
        self._watches.setdefault(order_id, set()).add(watch)
        try:
            yield watch
        finally:
            watches = self._watches[order_id]
            watches.discard(watch)
            if not watches:
                del self._watches[order_id]

    def _heard(self, payload: str) -> None:
        self._on_change()
        order_id, status, _version = payload.split(" ")
        for watch in self._watches.get(order_id, ()):
            watch.tell(OrderStatus(status))

    def _reconnected(self) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.give_up()
