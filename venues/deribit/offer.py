"""What of the venue is ours to use: the instruments that are traded here, the currencies in which
the account has money, and how often it may ask. All of it changes while we run."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from venues.deribit.credit_pools import CreditPools
from venues.deribit.listings import Listing, listing_of, number
from venues.deribit.names import currency_of, instrument_id
from venues.deribit.questions import Questions, VenueRefused

_LOG = logging.getLogger(__name__)


class Offer:
    """`names` are the instruments of the profile."""

    def __init__(self, names: Sequence[str], questions: Questions, pools: CreditPools) -> None:
        self.listings: Mapping[str, Listing] = {}
        self._names = names
        self._questions = questions
        self._pools = pools
        self._moneyed: frozenset[str] = frozenset()
        self._untraded: set[str] = set()

    @property
    def currencies(self) -> frozenset[str]:
        """Those of the profile, and those in which there is money: orders of an earlier profile may
        live on, and what has traded has cost a fee."""
        return self._own.union(self._moneyed - self._untraded)

    def nothing_trades_in(self, currency: str) -> bool:
        """The venue says so: some can only be held. False if the profile says otherwise."""
        self._untraded.add(currency)
        return currency not in self._own

    @property
    def _own(self) -> frozenset[str]:
        return frozenset(currency_of(name) for name in self._names)

    async def load(self) -> None:
        """Raises VenueUnreachable; then everything is as before."""
        self.listings = {
            instrument_id(name): listing
            for name in self._names
            if (listing := await self._listing(name)) is not None
        }
        told = await self._questions.ask("private/get_account_summaries", {"extended": True})
        summaries: Sequence[Mapping[str, Any]] = told["summaries"]
        self._moneyed = frozenset(
            str(summary["currency"]) for summary in summaries if number(summary["equity"])
        )
        self._pools.learn([summary.get("limits") or {} for summary in summaries])

    async def _listing(self, name: str) -> Listing | None:
        """None for an instrument that the venue does not list, or does not trade any more: it must
        not keep the others from trading."""
        try:
            told = await self._questions.ask("public/get_instrument", {"instrument_name": name})
        except VenueRefused as error:
            _LOG.error("%s is not traded: %s. Correct the profile's instruments.", name, error)
            return None
        if not told.get("is_active", True):
            _LOG.error("%s is not traded any more. Correct the profile's instruments.", name)
            return None
        return listing_of(told)
