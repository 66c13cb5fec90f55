"""One IB account behind our port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from domain.capabilities import Capabilities
from domain.deliveries import Delivery
from domain.fills import Fill
from domain.instruments import Instrument
from domain.orders import TimeInForce, TrailingOffsetType, TriggerType, UnifiedOrder
from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.interactive_brokers.codes import DENIED_LOCALLY
from venues.interactive_brokers.commands import Commands
from venues.interactive_brokers.hearing import Hearing
from venues.interactive_brokers.link import Link
from venues.interactive_brokers.listings import Listings
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
from venues.interactive_brokers.terms import (
    AMENDABLE,
    CLIENT_ID_PATTERN,
    ORDER_TYPES,
    amended,
    ticket,
    unsendable,
)
from venues.port import (
    Amendment,
    Balance,
    MarketEvent,
    NotFound,
    OrderReport,
    PositionReport,
    VenueEvent,
    VenueHealth,
    VenueUnreachable,
)

logger = logging.getLogger(__name__)

CAPABILITIES = Capabilities(
    order_types=frozenset(ORDER_TYPES),
    times_in_force=frozenset(TimeInForce),
    post_only=False,
    reduce_only=False,
    client_id_pattern=CLIENT_ID_PATTERN,
    # A dead line is cut after four seconds, and what it had not delivered by then is gone with it.
    visibility_horizon=timedelta(seconds=10),
    amendable=AMENDABLE,
    display_qty=True,
    trigger_types=frozenset({TriggerType.LAST}),
    trailing_offset_types=frozenset(TrailingOffsetType),
    cancels_all=True,
)


class IbAdapter:
    """Implements `venues.port.ExternalAdapter`. Its link reconnects by itself until it is left."""

    def __init__(self, settings: Settings) -> None:
        self.venue = settings.venue
        self.account_id = settings.account_id
        self.capabilities = CAPABILITIES
        self._settings = settings
        self._listings = Listings(settings.instrument_ids)
        self._hearing = Hearing(settings.account_id, settings.client_id, self._pull)
        self._hearing.traded = self._listings.by_con_id
        self._link = Link(settings, self._hear, self._begin, self._lost, self._restored)
        self._commands = Commands(settings, self._link, self._hearing)
        self._reports = Reports(self._link, self._listings, self._hearing)
        self._begun = False
        self._watching: asyncio.Task[None] | None = None

    # --- the host's side ---

    def start(self) -> None:
        self._link.start()

    async def ready(self) -> None:
        await self._link.up.wait()

    async def stop(self) -> None:
        await self._link.stop()
        await self._hearing.stop()

    # --- the port: commands ---

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(self._settings.question_s):
                await self._link.up.wait()
        except TimeoutError as error:
            raise VenueUnreachable(f"{self._link.why_down}; the link keeps trying.") from error

    async def disconnect(self) -> None:
        """Nothing to do: the host keeps the link, and its `stop` leaves the venue."""

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        traded = self._listings.get(order.instrument_id)
        if traded is None:
            return Rejected(DENIED_LOCALLY, f"{order.instrument_id} is not traded through here.")
        problem = unsendable(order, traded.instrument, self.capabilities)
        if problem is not None:
            return Rejected(DENIED_LOCALLY, problem)
        await self._commands.room()
        return None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        traded = self._listings.get(order.instrument_id)
        if traded is None:
            return Rejected(DENIED_LOCALLY, f"{order.instrument_id} is not traded through here.")
        problem = unsendable(order, traded.instrument, self.capabilities)
        if problem is not None:
            return Rejected(DENIED_LOCALLY, problem)
        if not self._link.up.is_set():
            return Unknown(f"{self._link.why_down}; nothing was sent.")
        return await self._commands.submit(traded, ticket(order, self._reports.account))

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(self._hearing.orders.get(order.venue_client_id))

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        await self._commands.room()

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        if order.order_type not in self.capabilities.amendable:
            return AmendRefused(f"{order.order_type} orders cannot be changed at IB.")
        traded = self._listings.get(order.instrument_id)
        if traded is None:
            return AmendRefused(f"{order.instrument_id} is not traded through here.")
        wanted = amended(order, amendment)
        problem = unsendable(wanted, traded.instrument, self.capabilities)
        if problem is not None:
            return AmendRefused(problem)
        known = self._hearing.orders.get(order.venue_client_id)
        return await self._commands.amend(known, traded, ticket(wanted, self._reports.account))

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        if instrument_id is None:
            return await self._commands.cancel_all()
        try:
            working = await self._reports.working(instrument_id)
        except VenueUnreachable as error:
            return Unknown(str(error))
        known = [self._hearing.orders.get(said.order_ref) for said in working]
        ours = [order for order in known if order is not None]
        outcomes = await asyncio.gather(*(self._commands.cancel(order) for order in ours))
        for kind in (Unknown, CancelRefused):
            for outcome in outcomes:
                if isinstance(outcome, kind):
                    return outcome
        if len(ours) < len(known):
            return CancelRefused(
                f"{len(known) - len(ours)} working orders in {instrument_id} were not placed "
                "through here: IB lets others cancel them only with all orders of the login."
            )
        return CancelTaken()

    # --- the port: questions ---

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._reports.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._reports.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._reports.fills_since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._reports.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._reports.balances()

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        return ()  # TWS tells that a position is gone, and not at which price

    def instruments(self) -> Sequence[Instrument]:
        return tuple(traded.instrument for traded in self._listings)

    def events(self) -> AsyncIterator[VenueEvent]:
        return self._hearing.events()

    def market_data(self) -> AsyncIterator[MarketEvent]:
        return self._listings.board.stream()

    def health(self) -> VenueHealth:
        """The clock offset is within half a second: IB tells its time in whole ones."""
        return VenueHealth(
            connected=self._link.up.is_set(),
            last_message_at=self._link.last_message_at,
            clock_offset_ms=self._link.clock_offset_ms,
            budgets=(self._link.pacing.budget,),
            commands=self._commands.tally.commands,
            errors=self._commands.tally.errors,
        )

    # --- the link's side ---

    def _hear(self, said: Said) -> None:
        match said:
            case OrderSaid():
                self._hearing.on_order(said)
            case StatusSaid():
                self._hearing.on_status(said)
            case ExecutionSaid():
                self._hearing.on_execution(said)
            case CommissionSaid():
                self._hearing.on_commission(said)
            case ErrorSaid() if not self._listings.on_error(said):
                self._hearing.on_error(said)
            case TickSaid() | DepthSaid():
                self._listings.hear(said)

    async def _begin(self) -> None:
        """On each new connection: the account, contracts, what works, and market data."""
        self._reports.account = self._account()
        await self._listings.load(self._link)
        await self._reports.open_orders()
        # What was traded before this process began is the business of `fills_since`.
        self._hearing.learning = not self._begun
        executions = await self._reports.executions()
        self._hearing.learning = False
        # Never a number that this client id has used: TWS may have been set back.
        highest = max(
            (e.order_id for e in executions if e.client_id == self._settings.client_id), default=0
        )
        self._link.tws.raise_next_id(max(highest, self._hearing.orders.highest_id) + 1)
        await self._listings.watch(self._link)
        if self._begun:
            self._hearing.restored()
        self._begun = True

    def _account(self) -> str:
        """The account to trade. Raises VenueUnreachable where the login does not say which."""
        accounts, wanted = self._link.tws.accounts, self._settings.account
        if wanted in accounts:
            return wanted
        if wanted or len(accounts) != 1:
            raise VenueUnreachable(
                f"this login has the accounts {accounts}; name one of them in the option 'account'"
            )
        return accounts[0]

    def _lost(self, reason: str) -> None:
        """The link is down: whoever waits for an answer will not get it."""
        self._hearing.answers.give_up(f"{reason} before IB answered")

    def _restored(self, data_lost: bool) -> None:
        """TWS has IB again."""
        self._hearing.restored()
        if data_lost:
            self._watching = asyncio.create_task(self._listings.watch(self._link))

    async def _pull(self) -> bool:
        try:
            await self._reports.open_orders()
            await self._reports.executions()
        except VenueUnreachable as error:
            logger.warning("open orders and executions cannot be asked for: %s", error)
            return False
        return True
