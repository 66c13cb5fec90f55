"""The contracts that we trade, found at IB, and found later where IB does not know them at first.

IB answers 200, "no security definition", for contracts that do not exist, and for all of them while
the farm that defines them is away. So what was refused is asked for again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from venues.interactive_brokers.contracts import Traded, description, traded
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.messages import Details
from venues.interactive_brokers.questions import Refused
from venues.port import VenueUnreachable

logger = logging.getLogger(__name__)

_ASK_AGAIN_S = 1.0
_ASK_AGAIN_MAX_S = 60.0


class OfContract(Protocol):
    """What IB says of something in a contract; `instrument_id` is what the contract's terms make of
    it."""

    @property
    def con_id(self) -> int: ...

    @property
    def instrument_id(self) -> str: ...


class Listings:
    """By con_id, which IB never reuses, and by our own name."""

    def __init__(self, instrument_ids: Sequence[str]) -> None:
        self._instrument_ids = instrument_ids
        self._by_con_id: dict[int, Traded] = {}
        self._by_name: dict[str, Traded] = {}
        self._missing: dict[str, str] = {}

    def __iter__(self) -> Iterator[Traded]:
        return iter(list(self._by_name.values()))

    def get(self, instrument_id: str) -> Traded | None:
        return self._by_name.get(instrument_id)

    def of(self, con_id: int) -> Traded | None:
        return self._by_con_id.get(con_id)

    def name_of(self, said: OfContract) -> str:
        """The instrument that it is about; of a contract that was not found, what its terms say."""
        known = self._by_con_id.get(said.con_id)
        return said.instrument_id if known is None else known.instrument_id

    def is_named(self, instrument_id: str) -> bool:
        """Whether it is to be traded here, found or not."""
        return instrument_id in self._instrument_ids

    async def load(self, link: Link) -> None:
        """Ask IB for every contract, afresh: hours and steps change. Raises VenueUnreachable."""
        for instrument_id in self._instrument_ids:
            await self._find(link, instrument_id)

    async def complete(self, link: Link, found: Callable[[Traded], None]) -> None:
        """Ask again for what IB did not know, ever less often, until nothing is missing."""
        delay_s = _ASK_AGAIN_S
        while self._missing:
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, _ASK_AGAIN_MAX_S)
            await link.up.wait()
            for instrument_id in list(self._missing):
                try:
                    late = await self._find(link, instrument_id)
                except (OSError, VenueUnreachable) as error:
                    logger.warning("%s cannot be asked for: %s", instrument_id, error)
                    break
                if late is not None:
                    logger.info("%s is traded now", instrument_id)
                    found(late)

    async def _find(self, link: Link, instrument_id: str) -> Traded | None:
        """Ask for one contract and remember it. What was known before stays known without."""
        try:
            one = await self._asked(link, instrument_id)
        except Refused as error:
            self._note_missing(instrument_id, str(error))
            return None
        except (ValueError, KeyError, ArithmeticError) as error:
            self._note_missing(instrument_id, f"its description makes no sense: {error!r}")
            return None
        if one is not None:
            self._missing.pop(instrument_id, None)
            self._by_name[instrument_id] = one
            self._by_con_id[one.details.con_id] = one
        return one

    def _note_missing(self, instrument_id: str, reason: str) -> None:
        if instrument_id in self._by_name:
            return
        if self._missing.get(instrument_id) != reason:
            logger.error("%s is not traded: %s", instrument_id, reason)
        self._missing[instrument_id] = reason

    async def _asked(self, link: Link, instrument_id: str) -> Traded | None:
        """The contract of an id; None where IB has not exactly one."""
        wanted, request_id = description(instrument_id), link.tws.next_id()
        found: list[Details] = await link.ask(
            request_id, lambda: link.tws.ask_details(request_id, wanted)
        )
        if len({details.con_id for details in found}) != 1:
            names = sorted(f"{one.local_symbol}@{one.exchange}" for one in found)
            self._note_missing(instrument_id, f"IB knows several such contracts, {names}")
            return None
        return traded(instrument_id, found[0], await self._steps(link, found[0]))

    async def _steps(self, link: Link, details: Details) -> list[tuple[Decimal, Decimal]]:
        """The price steps of the exchange that the contract names."""
        rules = dict(
            zip(details.exchanges.split(","), details.market_rules.split(","), strict=False)
        )
        rule = rules.get(details.exchange, "")
        if not rule.isdigit():
            return []
        key = f"market rule {rule}"
        try:
            return await link.ask(key, lambda: link.tws.ask_market_rule(int(rule)))
        except Refused as error:
            logger.warning("%s: %s; the contract's own step counts", key, error)
            return []
