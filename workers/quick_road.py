"""The quick road to a venue: a notification of the database, straight to the worker that owns it.

It makes the first try at once, without a hop through Temporal's queues: that hop is half of an
order's way, and more than half of the work that it makes for the server. Nothing depends on it: a
notification that nobody hears, or whose command fails, is followed by the workflow's activity on
the venue's queue. Whichever road it takes, an order is sent once, because the row decides
(`UnifiedOMS.begin_submission`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from db.listener import Listener
from db.order_writes import AMENDS_CHANNEL, CANCELS_CHANNEL, SUBMITS_CHANNEL
from domain.errors import OdumError

logger = logging.getLogger(__name__)

type Command = Callable[[str], Awaitable[object]]


class Account(Protocol):
    @property
    def venue(self) -> str: ...

    async def submit(self, order_id: str) -> object: ...

    async def cancel(self, order_id: str) -> object: ...

    async def amend(self, order_id: str) -> object: ...


class QuickRoad:
    """Hears of orders to send, amend and cancel, and does it for the accounts of this process."""

    def __init__(self, accounts: Sequence[Account], dsn: str) -> None:
        self._channels = (
            _Channel(dsn, CANCELS_CHANNEL, {a.venue: a.cancel for a in accounts}),
            _Channel(dsn, AMENDS_CHANNEL, {a.venue: a.amend for a in accounts}),
            _Channel(dsn, SUBMITS_CHANNEL, {a.venue: a.submit for a in accounts}),
        )

    async def start(self) -> None:
        for channel in self._channels:
            await channel.listener.start()

    async def stop(self) -> None:
        """Hear no more, and finish what was heard."""
        for channel in self._channels:
            await channel.listener.stop()
        for channel in self._channels:
            await channel.finish()


class _Channel:
    def __init__(self, dsn: str, name: str, commands: Mapping[str, Command]) -> None:
        self._name = name
        self._commands = commands
        self._running: set[asyncio.Task[None]] = set()
        self.listener = Listener(dsn, name, self._heard)

    async def finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running)

    def _heard(self, payload: str) -> None:
        venue, order_id = payload.split(" ")
        command = self._commands.get(venue)
        if command is None:
            return  # another process has that venue
        task = asyncio.create_task(self._obey(command, order_id), name=f"{self._name} {order_id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _obey(self, command: Command, order_id: str) -> None:
        try:
            await command(order_id)
        except OdumError as error:
            logger.warning("%s of %s, its workflow goes on: %s", self._name, order_id, error)
        except Exception:
            # A border: whatever went wrong, the workflow finds the order as the row says.
            logger.exception("%s of %s failed, its workflow goes on", self._name, order_id)
