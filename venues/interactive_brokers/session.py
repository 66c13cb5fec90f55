"""One login at IB: the link, what comes over it, and what is done whenever it is there anew."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from domain.outcomes import CancelOutcome
from venues.interactive_brokers import codes
from venues.interactive_brokers.commands import Commands
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.known_orders import KnownOrder
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.listings import Listings
from venues.interactive_brokers.market_feed import MarketFeed
from venues.interactive_brokers.messages import (
    CommissionSaid,
    DepthSaid,
    ErrorSaid,
    ExecutionSaid,
    OrderSaid,
    Said,
    StatusSaid,
    TickSaid,
)
from venues.interactive_brokers.reports import Reports
from venues.interactive_brokers.settings import Settings
from venues.port import VenueUnreachable

logger = logging.getLogger(__name__)


class Session:
    """Implements `venues.interactive_brokers.link.Served`. It reconnects until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.listings = Listings(settings.instrument_ids)
        self.link = Link(settings, self)
        self.market = MarketFeed(self.link, self.listings)
        self.hearing = Hearing(
            settings.account_id,
            settings.client_id,
            self.listings,
            pull=self._pull,
            cancel=self._cancel,
        )
        self.commands = Commands(settings, self.link, self.hearing)
        self.reports = Reports(self.link, self.listings, self.hearing)
        self._completing: asyncio.Task[None] | None = None
        self._has_been_up = False

    def start(self) -> None:
        self.link.start()

    async def stop(self) -> None:
        self._stop_completing()
        await self.link.stop()
        await self.hearing.stop()

    # --- what the link tells ---

    def hear(self, said: Said) -> None:
        match said:
            case OrderSaid():
                self.hearing.on_order(said)
            case StatusSaid():
                self.hearing.on_status(said)
            case ExecutionSaid():
                self.hearing.on_execution(said)
            case CommissionSaid():
                self.hearing.on_commission(said)
            case ErrorSaid(code=codes.DEFINITIONS_OK):
                self._complete_listings()
            case ErrorSaid() if not self.market.on_error(said) and said.request_id >= 0:
                self.hearing.on_error(said)
            case TickSaid() | DepthSaid():
                self.market.hear(said)

    async def begin(self) -> None:
        """On each new connection: the account, what works and what has traded. Contracts are asked
        for first when none is known, and otherwise beside, like market data."""
        self.reports.account = self._account()
        self.listings.refresh()
        if not self._has_been_up:
            await self.listings.find(self.link)
        await self.reports.open_orders()
        executions = await self._executions()
        # Never a number that this client id has used: TWS may have been set back.
        own = [said.order_id for said in executions if said.client_id == self._settings.client_id]
        self.link.tws.step_over(max([self.hearing.orders.highest_id, *own]))
        self.market.renew_soon()
        self._complete_listings()
        if self._has_been_up:
            self.hearing.restored()
        self._has_been_up = True

    def gone(self) -> None:
        self._stop_completing()
        self.market.gone()

    def lost(self, reason: str) -> None:
        """Whoever waits for an answer will not get it."""
        self.hearing.answers.give_up(f"{reason} before IB answered")

    def restored(self) -> None:
        """What happened meanwhile is not told, nor what changed in the market."""
        self.hearing.restored()
        self.market.renew_soon()
        self._complete_listings()

    def alive(self) -> None:
        self.market.alive()

    # --- what is done ---

    def _account(self) -> str:
        """The account to trade. Raises VenueUnreachable where the login does not say which."""
        accounts, wanted = self.link.tws.accounts, self._settings.account
        if wanted in accounts:
            return wanted
        if wanted or len(accounts) != 1:
            raise VenueUnreachable(
                f"this login has the accounts {accounts}; name one of them in the option 'account'"
            )
        return accounts[0]

    async def _executions(self) -> list[ExecutionSaid]:
        """Those of the day. What was traded before this process began is no news: the business of
        `fills_since`."""
        self.hearing.fills.learning = not self._has_been_up
        try:
            return await self.reports.executions()
        finally:
            self.hearing.fills.learning = False

    def _complete_listings(self) -> None:
        self._stop_completing()
        self._completing = asyncio.create_task(
            self.listings.complete(self.link, self.market.watch_soon), name="contracts"
        )

    def _stop_completing(self) -> None:
        if self._completing is not None:
            self._completing.cancel()

    async def _cancel(self, order: KnownOrder) -> CancelOutcome:
        return await self.commands.cancel(order)

    async def _pull(self, since: datetime) -> bool:
        """See `Missing`."""
        await self.link.up.wait()
        try:
            await self.reports.open_orders()
            await self.reports.executions(since)
        except VenueUnreachable as error:
            logger.warning("open orders and executions cannot be asked for: %s", error)
            return False
        return True
