"""A venue's worker that a test can kill and start again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Self

from temporalio.client import Client

from activities.desk import VenueDesk
from db.order_writes import AMENDS_CHANNEL, CANCELS_CHANNEL, SUBMITS_CHANNEL
from db.pool import Pool
from tests.support.books import Books
from tests.support.scripted_venue import ScriptedVenue
from workers.venue_account import VenueAccount, serve_accounts

# By these a venue's worker hears of orders; they must die with it, and their connections too.
_CHANNELS = (CANCELS_CHANNEL, AMENDS_CHANNEL, SUBMITS_CHANNEL)
_QUICK_ROAD = tuple(f"listen {channel}" for channel in _CHANNELS)
_HANG_UP = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND query ~ '^LISTEN "?({"|".join(_CHANNELS)})'
"""


class VenueWorker:
    """The process that owns the venue's account, as tasks that can be killed."""

    def __init__(self, account: VenueAccount, pool: Pool) -> None:
        self._account = account
        self._pool = pool
        self._stop = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()

    @classmethod
    async def started(cls, venue: ScriptedVenue, books: Books, client: Client) -> Self:
        """It serves, and has caught up."""
        worker = await cls.begun(venue, books, client, venues_up=asyncio.sleep(0))
        await worker.ready.wait()
        return worker

    @classmethod
    async def begun(
        cls, venue: ScriptedVenue, books: Books, client: Client, venues_up: Awaitable[None]
    ) -> Self:
        """It serves a venue that may be away still."""
        worker = cls(VenueAccount(venue, books.pool, "test worker"), books.pool)
        await worker._account.acquire()
        accounts, stop, ready = [worker._account], worker._stop, worker.ready.set
        worker._serving = asyncio.create_task(
            serve_accounts(accounts, venues_up, books.dsn, client, stop, ready)
        )
        return worker

    @property
    def desk(self) -> VenueDesk:
        return self._account.desk

    async def stop(self) -> None:
        self._stop.set()
        await self._end()

    async def kill(self) -> None:
        """At once; a call to the venue that is under way gets no answer any more.

        The lease is let go, so that a test need not wait until it lapses.
        """
        assert self._serving is not None
        self._serving.cancel()
        for task in asyncio.all_tasks():
            if task.get_name() in _QUICK_ROAD:
                task.cancel()
        await self._end()
        await self._pool.execute(_HANG_UP)

    async def _end(self) -> None:
        assert self._serving is not None
        with suppress(asyncio.CancelledError):
            await self._serving
        await self._account.release()
