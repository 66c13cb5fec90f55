"""Own a venue account, keep owning it, and know when it was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from db.leases import VenueLeases
from db.pool import DATABASE_AWAY
from domain.venue_health import VenueHealth

logger = logging.getLogger(__name__)

_RENEW_S = 1.0
_ASK_S = 0.25


class LeaseTaken(Exception):
    """Another process owns the account now; this one must end and must not command the venue."""


class AccountLease:
    """Every submission carries `token`; the database refuses it once somebody else took over."""

    def __init__(
        self,
        leases: VenueLeases,
        venue: str,
        account_id: str,
        holder: str,
        health: Callable[[], VenueHealth],
    ) -> None:
        self._leases = leases
        self._venue = venue
        self._account_id = account_id
        self._holder = holder
        self._health = health
        self._token = 0
        self._keeper: asyncio.Task[None] | None = None

    @property
    def token(self) -> int:
        return self._token

    async def acquire(self) -> None:
        """Wait until the account is ours."""
        waited = False
        while True:
            token = await self._leases.take(self._account_id, self._venue, self._holder)
            if token is not None:
                self._token = token
                self._keeper = asyncio.create_task(self._keep(), name=f"lease {self._venue}")
                return
            if not waited:
                logger.info("standing by: another process owns %s", self._account_id)
                waited = True
            await asyncio.sleep(_ASK_S)

    async def held(self) -> None:
        """Does not return as long as the account is ours. Raises LeaseTaken when it is not."""
        assert self._keeper is not None, "acquire the lease first"
        await asyncio.shield(self._keeper)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            try:
                await self._renew()
            except DATABASE_AWAY as error:
                logger.warning("cannot renew the lease of %s: %s", self._account_id, error)

    async def release(self) -> None:
        """Give the account back, if it is ours."""
        if self._keeper is not None:
            self._keeper.cancel()
            await self._leases.release(self._account_id, self._token)

    async def _renew(self) -> None:
        renewed = await self._leases.renew(self._account_id, self._token, self._health())
        if renewed:
            return
        # It lapsed, because the database was away for longer than the lease. Ours again if free.
        token = await self._leases.take(self._account_id, self._venue, self._holder)
        if token is None:
            raise LeaseTaken(f"another process took over {self._account_id}")
        logger.warning("the lease of %s had lapsed and was taken again", self._account_id)
        self._token = token
