"""What one venue offers of the instruments that its account is to trade."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from domain.instruments import Instrument
from venues.nautilus.market_board import MarketBoard
from venues.registry import VenueAccountConfig

_LOG = logging.getLogger(__name__)


class Offer:
    """Outlives nodes: what was offered last is offered until the venue says otherwise."""

    def __init__(self, config: VenueAccountConfig, board: MarketBoard) -> None:
        self._venue = config.venue
        self._wanted = config.instrument_ids
        self._board = board
        self._known: Mapping[str, Instrument] | None = None

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return tuple((self._known or {}).values())

    def of(self, instrument_id: str) -> Instrument | None:
        return (self._known or {}).get(instrument_id)

    @property
    def problems(self) -> tuple[str, ...]:
        """What a person should know of it."""
        if self._known is None:
            return ()
        return tuple(
            f"{self._venue} offers neither a pair nor a perpetual called {name}: it is left out."
            for name in self._wanted
            if name not in self._known
        )

    def renew(self, instruments: Mapping[str, Instrument]) -> None:
        """Take what the venue offers now in the place of what it did before."""
        before, self._known = self._known or {}, instruments
        for name, now in instruments.items():
            if name in before and before[name] != now:
                _LOG.warning("%s has changed %s: it is now %s.", self._venue, name, now)
        for name in before.keys() - instruments.keys():
            _LOG.warning("%s does not offer %s any more.", self._venue, name)
        if not before:
            for problem in self.problems:
                _LOG.error("%s", problem)
        self._board.expected = frozenset(instruments)
