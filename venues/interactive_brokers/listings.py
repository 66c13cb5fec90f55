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

type Steps = Sequence[tuple[Decimal, Decimal]]

_ASKED_AT_ONCE = 10
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
        self._wanted: set[str] = set()
        self._problems: dict[str, str] = {}

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

    def refresh(self) -> None:
        """Hours and steps may have changed: what is known is to be asked for again too."""
        self._wanted.update(self._instrument_ids)

    async def find(self, link: Link) -> list[Traded]:
        """Ask IB for what is wanted; those that were not known before. Raises VenueUnreachable."""
        names, places = sorted(self._wanted), asyncio.Semaphore(_ASKED_AT_ONCE)
        details = await asyncio.gather(*(self._details(link, name, places) for name in names))
        asked = [(name, one) for name, one in zip(names, details, strict=True) if one is not None]
        steps = {rule: await _steps(link, rule) for rule in {_rule(one) for _, one in asked}}
        new = [name for name, _ in asked if name not in self._by_name]
        for name, one in asked:
            self._remember(name, one, steps[_rule(one)])
        return [self._by_name[name] for name in new if name in self._by_name]

    async def complete(self, link: Link, found: Callable[[Traded], None]) -> None:
        """Ask for what is wanted, ever less often, until nothing is missing."""
        delay_s = _ASK_AGAIN_S
        while self._wanted:
            await link.up.wait()
            try:
                for late in await self.find(link):
                    logger.info("%s is traded now", late.instrument_id)
                    found(late)
            except (OSError, VenueUnreachable) as error:
                logger.warning("contracts cannot be asked for: %s", error)
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, _ASK_AGAIN_MAX_S)

    async def _details(
        self, link: Link, instrument_id: str, places: asyncio.Semaphore
    ) -> Details | None:
        """The contract of an id; None where IB has not exactly one."""
        async with places:
            wanted, request_id = description(instrument_id), link.tws.next_id()
            try:
                found: list[Details] = await link.ask(
                    request_id, lambda: link.tws.ask_details(request_id, wanted)
                )
            except Refused as error:
                self._note_problem(instrument_id, str(error))
                return None
        if len({details.con_id for details in found}) != 1:
            names = sorted(f"{one.local_symbol}@{one.exchange}" for one in found)
            self._note_problem(instrument_id, f"IB knows several such contracts, {names}")
            return None
        return found[0]

    def _remember(self, instrument_id: str, details: Details, steps: Steps) -> None:
        try:
            one = traded(instrument_id, details, steps)
        except (ValueError, KeyError, ArithmeticError) as error:
            self._note_problem(instrument_id, f"its description makes no sense: {error!r}")
            return
        self._wanted.discard(instrument_id)
        self._problems.pop(instrument_id, None)
        self._by_name[instrument_id] = self._by_con_id[details.con_id] = one

    def _note_problem(self, instrument_id: str, reason: str) -> None:
        """What was known before stays known without."""
        if self._problems.get(instrument_id) != reason:
            logger.error("IB does not describe %s: %s", instrument_id, reason)
        self._problems[instrument_id] = reason


def _rule(details: Details) -> str:
    """The market rule of the exchange that the contract names; empty where there is none."""
    rules = dict(zip(details.exchanges.split(","), details.market_rules.split(","), strict=False))
    return rules.get(details.exchange, "")


async def _steps(link: Link, rule: str) -> Steps:
    """The price steps of a market rule."""
    if not rule.isdigit():
        return []
    key = f"market rule {rule}"
    try:
        return await link.ask(key, lambda: link.tws.ask_market_rule(int(rule)))
    except Refused as error:
        logger.warning("%s: %s; the contract's own step counts", key, error)
        return []
