"""Asks a venue now and then what it offers: ticks, lots, fees change, instruments come and go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping

from domain.instruments import Instrument
from venues.nautilus.adapter import NautilusAdapter, Session

_LOG = logging.getLogger(__name__)
_EVERY_S = 300.0
_RETRY_S = 30.0


class OfferKeeper:
    """Looks after what one account can trade while a node runs."""

    def __init__(
        self,
        adapter: NautilusAdapter,
        session: Session,
        known: Callable[[Collection[str]], Mapping[str, Instrument]],
    ) -> None:
        """`known` tells of instruments what the node knows of them."""
        self._adapter = adapter
        self._session = session
        self._known = known

    async def watch(self) -> None:
        wait_s = _EVERY_S
        while True:
            await asyncio.sleep(wait_s)
            wait_s = _EVERY_S if await self.look() else _RETRY_S

    async def look(self) -> bool:
        """Take over what the venue offers now; whether it said so."""
        adapter = self._adapter
        before = {known.instrument_id for known in adapter.instruments()}
        try:
            offered = await adapter.exchange.offered()
            await self._session.exchange.load(offered)
        except Exception as error:  # noqa: BLE001 - whatever broke, what was known still holds
            _LOG.warning("%s did not say what it offers: %s", adapter.venue, error)
            return False
        instruments = self._known(offered)
        adapter.offer.renew(instruments)
        for instrument_id in instruments.keys() - before:
            self._session.gateway.follow(instrument_id)
        return True
