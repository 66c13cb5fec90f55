"""One IB account behind our port."""

from __future__ import annotations

import asyncio
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
from venues.interactive_brokers.contracts import Traded
from venues.interactive_brokers.session import Session
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
        self._session = Session(settings)
        self._link = self._session.link
        self._listings = self._session.listings
        self._hearing = self._session.hearing
        self._commands = self._session.commands
        self._reports = self._session.reports

    # --- the host's side ---

    def start(self) -> None:
        self._session.start()

    async def ready(self) -> None:
        await self._link.up.wait()

    async def stop(self) -> None:
        await self._session.stop()

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
        self._expect(order.instrument_id)
        sendable = self._sendable(order)
        if isinstance(sendable, Rejected):
            return sendable
        await self._commands.room()
        return None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        sendable = self._sendable(order)
        if isinstance(sendable, Rejected):
            return sendable
        if not self._link.up.is_set():
            return Unknown(f"{self._link.why_down}; nothing was sent.")
        return await self._commands.submit(sendable, ticket(order, self._reports.account))

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        return await self._commands.cancel(self._hearing.orders.get(order.venue_client_id))

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        self._expect(order.instrument_id)
        await self._commands.room()

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        if order.order_type not in self.capabilities.amendable:
            return AmendRefused(f"{order.order_type} orders cannot be amended at IB.")
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
        return self._session.market.board.stream()

    def health(self) -> VenueHealth:
        """The clock offset is within half a second: IB tells its time in whole ones."""
        connected = self._link.up.is_set()
        return VenueHealth(
            connected=connected,
            last_message_at=self._link.last_message_at,
            clock_offset_ms=self._link.clock_offset_ms,
            budgets=(self._link.pacing.budget,),
            commands=self._commands.tally.commands,
            errors=self._commands.tally.errors,
            problems=() if connected else (self._link.why_down,),
        )

    # --- what may be sent ---

    def _expect(self, instrument_id: str) -> None:
        """Raises VenueUnreachable for a contract that IB does not describe now."""
        if self._listings.is_named(instrument_id) and self._listings.get(instrument_id) is None:
            raise VenueUnreachable(f"IB does not describe {instrument_id}; nothing was sent.")

    def _sendable(self, order: UnifiedOrder) -> Traded | Rejected:
        traded = self._listings.get(order.instrument_id)
        if traded is None:
            return Rejected(DENIED_LOCALLY, f"{order.instrument_id} is not traded through here.")
        problem = unsendable(order, traded.instrument, self.capabilities)
        return traded if problem is None else Rejected(DENIED_LOCALLY, problem)
