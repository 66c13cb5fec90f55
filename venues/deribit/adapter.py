"""One Deribit account behind our port."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from domain.deliveries import Delivery
from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import UnifiedOrder
from domain.outcomes import (
    AmendOutcome,
    AmendRefused,
    CancelOutcome,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.deribit.clock import VenueClock
from venues.deribit.commands import Commands
from venues.deribit.credit_pools import CreditPools
from venues.deribit.failures import NoAnswer, VenueSaidNo, denied
from venues.deribit.hearing import Hearing
from venues.deribit.market_board import MarketBoard
from venues.deribit.names import VENUE
from venues.deribit.offer import Offer
from venues.deribit.queries import Queries
from venues.deribit.questions import Questions
from venues.deribit.rest import RestClient
from venues.deribit.settings import Settings
from venues.deribit.settlements import Settlements
from venues.deribit.streams import MarketStream, PrivateStream
from venues.deribit.tally import Tally
from venues.deribit.terms import capabilities, unamendable, unsendable
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

_LOG = logging.getLogger(__name__)
_REFRESH_EVERY_S = 300.0
_RETRY_S = 0.5
_RETRY_MAX_S = 8.0
# Orders that this process did not send itself are known from here back.
_LOOK_BACK = timedelta(hours=1)


class DeribitAdapter:
    """Implements `venues.port.ExternalAdapter`."""

    def __init__(self, settings: Settings) -> None:
        self.venue = VENUE
        self.account_id = settings.account_id
        self.capabilities = capabilities(settings.timeouts.visibility_horizon)
        self._settings = settings
        self._rest = RestClient(settings)
        self._pools = CreditPools()
        self._clock = VenueClock(self._rest)
        questions = Questions(self._rest, self._pools.questions, settings.timeouts.question)
        self._offer = Offer(settings.names, questions, self._pools)
        self._queries = Queries(settings.account_id, questions, self._offer, self._clock)
        self._settlements = Settlements(questions)
        self._commands = Commands(self._rest, self._pools, self._clock, settings.timeouts)
        self._hearing = Hearing(settings.account_id)
        self._board = MarketBoard()
        self._private = PrivateStream(
            settings,
            self._pools.questions,
            self._on_changes,
            self._hearing.on_restored,
            self._clock.observe,
        )
        self._market = MarketStream(settings, self._names, self._on_market)
        self._tally = Tally()
        self._ready = asyncio.Event()
        self._why_not_ready = "DERIBIT is not connected yet"
        self._tasks: list[asyncio.Task[None]] = []

    # --- its life ---

    async def start(self) -> None:
        """Connect, for as long as it takes; return when it can trade."""
        await self._rest.open()
        wait_s = _RETRY_S
        while True:
            try:
                await self._load()
                break
            except (VenueUnreachable, NoAnswer, VenueSaidNo) as error:
                self._why_not_ready = f"DERIBIT is not connected: {error}"
                _LOG.warning("%s. Trying again.", self._why_not_ready)
                await asyncio.sleep(wait_s)
                # Wrong credentials do not get better; too many failed logins lock an account.
                wait_s = min(wait_s * 2, _RETRY_MAX_S)
        self._tasks = [
            asyncio.create_task(work, name=f"deribit {name}")
            for name, work in (
                ("private stream", self._private.keep()),
                ("market stream", self._market.keep()),
                ("clock", self._clock.follow(self._settings.timeouts.question.total_seconds())),
                ("refresh", self._refresh()),
            )
        ]
        self._why_not_ready = "DERIBIT's private stream is not up; its log says why"
        await self._private.live()
        await self._know_orders()
        self._ready.set()

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(self._settings.timeouts.question.total_seconds()):
                await self._ready.wait()
        except TimeoutError as error:
            raise VenueUnreachable(f"{self._why_not_ready}; it is tried again.") from error

    async def disconnect(self) -> None:
        self._ready.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._rest.close()

    # --- the port: commands ---

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        if not self._ready.is_set():
            raise VenueUnreachable("DERIBIT is not connected; nothing was sent.")
        listing = self._offer.listings.get(order.instrument_id)
        if listing is None:
            return denied(f"{order.instrument_id} is not traded through here.")
        problem = unsendable(order, listing)
        if problem is not None:
            return denied(problem)
        await self._commands.room(order)
        return None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        if not self._ready.is_set():
            return Unknown("DERIBIT is not connected; nothing was sent.")
        listing = self._offer.listings.get(order.instrument_id)
        if listing is None:
            return denied(f"{order.instrument_id} is not traded through here.")
        problem = unsendable(order, listing)
        if problem is not None:
            return denied(problem)
        answers, client_id = self._hearing.answers, order.venue_client_id
        if not answers.begin(client_id):
            return Unknown("an order with this id was sent before; nothing was sent, ask for it.")
        outcome: SubmitOutcome = Unknown("the submission was broken off.")
        try:
            outcome = await self._commands.submit(order, listing)
        finally:
            outcome = answers.finish(client_id, outcome)
        return self._tally.counted(outcome)

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        if not self._ready.is_set():
            return Unknown("DERIBIT is not connected; the cancel was not sent.")
        return self._tally.counted(await self._commands.cancel(order))

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        if not self._ready.is_set():
            raise VenueUnreachable("DERIBIT is not connected; nothing was sent.")
        await self._commands.room(order)

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        if not self._ready.is_set():
            return Unknown("DERIBIT is not connected; the amendment was not sent.")
        listing = self._offer.listings.get(order.instrument_id)
        if listing is None:
            return AmendRefused(f"{order.instrument_id} is not traded through here.")
        problem = unamendable(order, amendment, listing)
        if problem is not None:
            return AmendRefused(problem)
        return self._tally.counted(await self._commands.amend(order, amendment, listing))

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        if not self._ready.is_set():
            return Unknown("DERIBIT is not connected; the cancel was not sent.")
        return self._tally.counted(await self._commands.cancel_all(instrument_id))

    # --- the port: questions ---

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._ready_queries.find(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._ready_queries.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._ready_queries.fills_since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._ready_queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._ready_queries.balances()

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        return await self._settlements.deliveries(instrument_ids)

    def instruments(self) -> Sequence[Instrument]:
        return tuple(listing.instrument for listing in self._offer.listings.values())

    def events(self) -> AsyncIterator[VenueEvent]:
        return self._hearing.events()

    def market_data(self) -> AsyncIterator[MarketEvent]:
        return self._board.stream()

    async def quotes(self) -> AsyncIterator[Quote]:
        async for event in self._board.stream():
            if isinstance(event, Quote):
                yield event

    def health(self) -> VenueHealth:
        commands, errors = self._tally.of_last_minute()
        connected = self._ready.is_set() and self._private.is_live
        return VenueHealth(
            connected=connected,
            last_message_at=self._hearing.last_message_at,
            clock_offset_ms=self._clock.offset_ms,
            budgets=self._pools.budgets(),
            commands=commands,
            errors=errors,
            problems=() if connected else (self._why_not_ready,),
        )

    # --- inside ---

    @property
    def _ready_queries(self) -> Queries:
        """Before it knows what is listed, and in which currencies there is money, it would not look
        everywhere: what it did not find would prove nothing."""
        if not self._ready.is_set():
            raise VenueUnreachable(f"{self._why_not_ready}; ask again.")
        return self._queries

    async def _load(self) -> None:
        await self._clock.ask(self._settings.timeouts.question.total_seconds())
        await self._offer.load()

    async def _know_orders(self) -> None:
        """Remember what is at the venue already: its labels would let us send an order twice."""
        while True:
            try:
                for told in await self._queries.open_orders_told():
                    self._hearing.on_open_order(told)
                for told in await self._queries.trades_since(datetime.now(UTC) - _LOOK_BACK):
                    self._hearing.on_trade_known(told)
            except VenueUnreachable as error:
                _LOG.warning("DERIBIT: its orders are not known yet, trying again: %s", error)
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_EVERY_S)
            try:
                await self._offer.load()
            except VenueUnreachable as error:
                _LOG.warning("DERIBIT: instruments and limits are those of before: %s", error)
            except Exception:  # noqa: BLE001 - an odd answer must not end the asking
                _LOG.exception("DERIBIT: instruments and limits are those of before")

    def _names(self) -> list[str]:
        return [listing.name for listing in self._offer.listings.values()]

    def _on_changes(self, changes: dict[str, object]) -> None:
        self._hearing.on_message()
        self._hearing.on_changes(changes)

    def _on_market(self, channel: str, data: object) -> None:
        self._hearing.on_message()
        self._board.on_notification(channel, data)
