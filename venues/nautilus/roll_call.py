"""Which venues a node is built with: one that cannot be had must not keep the others down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress

from venues.port import VenueUnreachable

_LOG = logging.getLogger(__name__)
_PATIENCE = 2  # attempts with everybody, before those who fail are left out
_PAUSE_S = 5.0
_PAUSE_MAX_S = 300.0
_SURVEY_S = 5.0
_SURVEYS_APART_MAX_S = 30.0

Offered = frozenset[str]
Survey = Callable[[], Awaitable[Offered]]
"""Proves, without a node, that a venue can be had; see `Exchange.survey`."""


class Missing(Exception):
    """Venues that cannot be had, and why."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{venue}: {why}" for venue, why in reasons.items()))
        self.reasons = reasons


class RollCall:
    """Leaves a venue out after failed attempts, and takes it back when it can be had again.

    Taking one back interrupts the others for some seconds. So it must prove first, while they trade
    on, that everything which a node needs of it is there; and each failure to build a node with it
    all the same makes the next attempt wait longer.
    """

    def __init__(self, surveys: Mapping[str, Survey]) -> None:
        self._surveys = surveys
        self._offers: dict[str, Offered] = {}
        self._failures = 0
        self._pause_s = _PAUSE_S
        self.left_out: frozenset[str] = frozenset()

    async def answers(self) -> Mapping[str, Offered]:
        """What each venue of the next node offers; those are asked who have not said so before.
        Raises Missing."""
        present = [venue for venue in self._surveys if venue not in self.left_out]
        self._offers |= await self._surveyed([v for v in present if v not in self._offers])
        return {venue: self._offers[venue] for venue in present}

    def failed(self, reasons: Mapping[str, str]) -> None:
        """An attempt came to nothing because of these; unknown whose fault, if there are none."""
        self._offers.clear()
        self._failures += 1
        absent = self.left_out | reasons.keys()
        if self._failures < _PATIENCE or not reasons:
            return
        if len(absent) == len(self._surveys):
            self.left_out = frozenset()  # nobody is there: wait for all
            return
        self.left_out = absent
        for venue, why in reasons.items():
            _LOG.error("The other venues trade without %s: %s. It is tried again.", venue, why)

    def succeeded(self) -> None:
        self._failures = 0
        if not self.left_out:
            self._pause_s = _PAUSE_S

    def forget(self) -> None:
        """What they said may not hold any more."""
        self._offers.clear()

    async def until_somebody_is_back(self) -> None:
        """Return when one that was left out can be had again, and take it back; else never."""
        apart_s = self._pause_s
        while True:
            await asyncio.sleep(apart_s)
            apart_s = max(self._pause_s, min(apart_s * 2, _SURVEYS_APART_MAX_S))
            back: dict[str, Offered] = {}
            for venue in self.left_out:
                with suppress(Missing):
                    back |= await self._surveyed([venue])
            if back:
                break
        _LOG.warning("%s can be had again: the node is built anew with it.", ", ".join(back))
        self._offers |= back
        self._pause_s = min(self._pause_s * 2, _PAUSE_MAX_S)
        self._failures = _PATIENCE - 1  # who fails once more is left out at once
        self.left_out -= back.keys()

    async def _surveyed(self, venues: Collection[str]) -> dict[str, Offered]:
        found = await asyncio.gather(*(self._survey(venue) for venue in venues))
        results = dict(zip(venues, found, strict=True))
        missing = {venue: why for venue, why in results.items() if isinstance(why, str)}
        if missing:
            raise Missing(missing)
        return {venue: offer for venue, offer in results.items() if not isinstance(offer, str)}

    async def _survey(self, venue: str) -> Offered | str:
        """What it offers, or why it cannot be had."""
        try:
            async with asyncio.timeout(_SURVEY_S):
                return await self._surveys[venue]()
        except VenueUnreachable as error:
            return str(error).rstrip(".")
        except TimeoutError:
            return f"it did not prove within {_SURVEY_S:g} s that it can be traded with"
        except Exception as error:  # noqa: BLE001 - the border of the client libraries
            return f"{type(error).__name__}: {error}"
