"""The contracts that we trade, found at IB, and the market data of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from domain.instruments import InstrumentKind
from venues.interactive_brokers.codes import DEPTH_RESET, is_note
from venues.interactive_brokers.contracts import Traded, description, traded
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.market_board import LEVELS, MarketBoard
from venues.interactive_brokers.messages import DepthSaid, Details, ErrorSaid, TickSaid
from venues.interactive_brokers.pacing import Turn
from venues.interactive_brokers.questions import Refused

logger = logging.getLogger(__name__)

_TRADES = "233"  # RT Volume: each trade with its size and its time in ms


class Listings:
    """By con_id, which IB never reuses."""

    def __init__(self, instrument_ids: Sequence[str]) -> None:
        self._instrument_ids = instrument_ids
        self._by_con_id: dict[int, Traded] = {}
        self._by_name: dict[str, Traded] = {}
        self._watched: dict[int, str] = {}
        self.board = MarketBoard()

    @property
    def by_con_id(self) -> Mapping[int, Traded]:
        return self._by_con_id

    def __iter__(self) -> Iterator[Traded]:
        return iter(list(self._by_name.values()))

    def get(self, instrument_id: str) -> Traded | None:
        return self._by_name.get(instrument_id)

    async def load(self, link: Link) -> None:
        """Ask IB for every contract, afresh: hours and steps change. Raises VenueUnreachable."""
        for instrument_id in self._instrument_ids:
            found = await self._found(link, instrument_id)
            if found is not None:
                self._by_name[instrument_id] = found
                self._by_con_id[found.details.con_id] = found

    async def watch(self, link: Link) -> None:
        """Subscribe to top of book, trades and depth of everything."""
        self.board.clear()
        self._watched.clear()
        for one in self:
            kind = one.instrument.kind
            await link.pacing.turn(Turn.QUESTION)
            request_id = self._request_id(link, one)
            ticks = "" if kind is InstrumentKind.FOREX else _TRADES
            link.tws.watch_top(request_id, one.details.contract, ticks)
            await link.pacing.turn(Turn.QUESTION)
            request_id = self._request_id(link, one)
            smart = one.details.exchange == "SMART"
            link.tws.watch_depth(request_id, one.details.contract, LEVELS, smart=smart)

    def hear(self, said: TickSaid | DepthSaid) -> None:
        instrument_id = self._watched.get(said.request_id)
        if instrument_id is None:
            return
        if isinstance(said, TickSaid):
            self.board.tick(instrument_id, said)
        else:
            self.board.row(instrument_id, said)

    def on_error(self, said: ErrorSaid) -> bool:
        """Whether the error was about a subscription of ours."""
        instrument_id = self._watched.get(said.request_id)
        if instrument_id is None:
            return False
        if said.code == DEPTH_RESET:
            self.board.clear_depth(instrument_id)
        elif not is_note(said.code):
            logger.warning("market data of %s: %s %s", instrument_id, said.code, said.text)
        return True

    def _request_id(self, link: Link, one: Traded) -> int:
        request_id = link.tws.next_id()
        self._watched[request_id] = one.instrument_id
        return request_id

    async def _found(self, link: Link, instrument_id: str) -> Traded | None:
        """The contract of an id; None, and a word why, where IB has not exactly one."""
        wanted, request_id = description(instrument_id), link.tws.next_id()
        try:
            found: list[Details] = await link.ask(
                request_id, lambda: link.tws.ask_details(request_id, wanted)
            )
        except Refused as error:
            logger.error("%s is not traded: %s", instrument_id, error)
            return None
        if len({details.con_id for details in found}) != 1:
            names = sorted(f"{one.local_symbol}@{one.exchange}" for one in found)
            logger.error(
                "%s is not traded: IB knows several such contracts, %s", *(instrument_id, names)
            )
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
