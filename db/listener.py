"""LISTEN on one channel for as long as the process lives, over every restart of the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from db.pool import SESSION

logger = logging.getLogger(__name__)

type Session = asyncpg.Connection[asyncpg.Record]

_RECONNECT_S = 0.2

# A connection whose other end has vanished says nothing by itself, so it is asked.
_ASK_EVERY_S = 5.0
_ANSWER_WITHIN_S = 2.0


class Listener:
    """Calls `heard(payload)` for each notification and `connected()` after each (re)connect.

    Notifications sent while the connection was away are lost: `connected` is the place to look at
    the rows instead.
    """

    def __init__(
        self,
        dsn: str,
        channel: str,
        heard: Callable[[str], None],
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._dsn = dsn
        self._channel = channel
        self._heard = heard
        self._connected = connected
        self._connection: Session | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listening when this returns. Raises OSError or asyncpg.PostgresError if it cannot."""
        connection = self._connection = await self._listen()
        self._task = asyncio.create_task(self._keep(connection), name=f"listen {self._channel}")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._connection is not None:
            self._connection.terminate()

    async def _keep(self, connection: Session) -> None:
        while True:
            await self._until_lost(connection)
            logger.warning("lost the notifications on %s, connecting again", self._channel)
            connection = self._connection = await self._reconnect()

    async def _until_lost(self, connection: Session) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        while not connection.is_closed():
            try:
                async with asyncio.timeout(_ASK_EVERY_S):
                    await lost.wait()
                    return
            except TimeoutError:
                pass
            try:
                await connection.execute("SELECT 1", timeout=_ANSWER_WITHIN_S)
            except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.terminate()

    async def _reconnect(self) -> Session:
        while True:
            try:
                return await self._listen()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(_RECONNECT_S)

    async def _listen(self) -> Session:
        connection: Session = await asyncpg.connect(self._dsn, server_settings=SESSION)

        def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
            self._heard(str(payload))

        try:
            await connection.add_listener(self._channel, hear)
        except BaseException:
            connection.terminate()
            raise
        self._connected()
        return connection
