"""The market data that we have subscribed to, and how far it may be trusted.

IB tells changes only, so a market in which nothing happens says nothing. As long as the line is
proven alive and the farms that send market data are connected, silence means that the last quote
still holds, and it is told again as of now. Where IB says that its data is broken, it is emptied.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from domain.instruments import InstrumentKind
from venues.interactive_brokers.codes import (
    DEPTH_RESET,
    MARKET_FARM_BROKEN,
    MARKET_FARM_OK,
    is_note,
)
from venues.interactive_brokers.contracts import Traded
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.listings import Listings
from venues.interactive_brokers.market_board import LEVELS, MarketBoard
from venues.interactive_brokers.messages import DepthSaid, ErrorSaid, TickSaid
from venues.interactive_brokers.pacing import Turn

logger = logging.getLogger(__name__)

_TRADES = "233"  # RT Volume: each trade with its size and its time in ms
_SMART = "SMART"


@dataclass(frozen=True, slots=True)
class _Subscription:
    instrument_id: str
    is_depth: bool
    leave: Callable[[], None]


class MarketFeed:
    """Top of book, trades and depth of every listed instrument."""

    def __init__(self, link: Link, listings: Listings) -> None:
        self.board = MarketBoard()
        self._link = link
        self._listings = listings
        self._subscribed: dict[int, _Subscription] = {}
        self._broken_farms: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def renew_soon(self) -> None:
        """Subscribe anew to everything: what is told first is how things stand now."""
        self.board.clear()
        self._start(self._renew())

    def watch_soon(self, one: Traded) -> None:
        """Subscribe to one more instrument."""
        self._start(self._watch(one))

    def gone(self) -> None:
        """The socket is closed, and what was subscribed to on it is no more."""
        for task in self._tasks:
            task.cancel()
        self._subscribed.clear()
        self._broken_farms.clear()

    def alive(self) -> None:
        """The line has just been proven alive: what was told last still holds."""
        if not self._broken_farms:
            self.board.confirm()

    def hear(self, said: TickSaid | DepthSaid) -> None:
        subscription = self._subscribed.get(said.request_id)
        if subscription is None:
            return
        if isinstance(said, TickSaid):
            self.board.tick(subscription.instrument_id, said)
        else:
            self.board.row(subscription.instrument_id, said)

    def on_error(self, said: ErrorSaid) -> bool:
        """Whether the error was about market data."""
        if said.code in (MARKET_FARM_BROKEN, MARKET_FARM_OK):
            self._on_farm(said)
            return True
        subscription = self._subscribed.get(said.request_id)
        if subscription is None:
            return False
        name = subscription.instrument_id
        if said.code == DEPTH_RESET:
            self.board.clear_depth(name)
        elif not is_note(said.code):
            logger.warning("market data of %s: %s %s", name, said.code, said.text)
            if subscription.is_depth:
                self.board.clear_depth(name)
            else:
                self.board.empty(name)
        return True

    def _on_farm(self, said: ErrorSaid) -> None:
        """Which instruments a farm serves IB does not say, so all are in doubt until it is back."""
        farm = said.text.rpartition(":")[2].strip()
        if said.code == MARKET_FARM_BROKEN:
            self._broken_farms.add(farm)
            self.board.empty()
        elif farm in self._broken_farms:
            self._broken_farms.discard(farm)
            if not self._broken_farms:
                self.renew_soon()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._tried(work), name="market data")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except OSError as error:
            logger.warning("market data cannot be subscribed to: %s", error)

    async def _renew(self) -> None:
        left, self._subscribed = self._subscribed, {}
        for subscription in left.values():
            await self._link.pacing.turn(Turn.QUESTION)
            subscription.leave()
        for one in self._listings:
            await self._watch(one)

    async def _watch(self, one: Traded) -> None:
        if any(known.instrument_id == one.instrument_id for known in self._subscribed.values()):
            return
        tws, contract = self._link.tws, one.details.contract
        top_id, depth_id = tws.next_id(), tws.next_id()
        smart = one.details.exchange == _SMART
        self._subscribed[top_id] = _Subscription(
            one.instrument_id, is_depth=False, leave=lambda: tws.leave_top(top_id)
        )
        self._subscribed[depth_id] = _Subscription(
            one.instrument_id, is_depth=True, leave=lambda: tws.leave_depth(depth_id, smart=smart)
        )
        ticks = "" if one.instrument.kind is InstrumentKind.FOREX else _TRADES
        await self._link.pacing.turn(Turn.QUESTION)
        tws.watch_top(top_id, contract, ticks)
        await self._link.pacing.turn(Turn.QUESTION)
        tws.watch_depth(depth_id, contract, LEVELS, smart=smart)
