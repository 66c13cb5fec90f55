"""One venue account behind our port, served by the node of the LiveEngine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.amendment import is_reduction
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
from venues.nautilus.exchange import Exchange, ExchangeSession
from venues.nautilus.gateway import GatewayStrategy
from venues.nautilus.hearing import VenueHearing
from venues.nautilus.listening import ListeningClient
from venues.nautilus.market_board import MarketBoard
from venues.nautilus.offer import Offer
from venues.nautilus.rejections import denied
from venues.nautilus.tally import CommandTally
from venues.nautilus.working_orders import UNREADABLE
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

# How much longer than the request's own bound a submit waits; the bound should always speak first.
_GRACE_S = 0.5

# How long a command waits for its turn under the venue's rate limits. Longer than the pause of two
# seconds that a first refusal of Binance asks for; with the wait for the answer still within the
# time of the activity.
_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Session:
    """What a running node gives one adapter."""

    gateway: GatewayStrategy
    client: ListeningClient
    exchange: ExchangeSession


class NautilusAdapter:
    """Implements `venues.port.ExternalAdapter`.

    It outlives nodes: the engine attaches the session of each node that it brings up.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.venue = exchange.config.venue
        self.account_id = exchange.config.account_id
        self.exchange = exchange
        self.capabilities = exchange.capabilities
        self.hearing = VenueHearing(exchange)
        self.board = MarketBoard()
        self.offer = Offer(exchange.config, self.board)
        self._tally = CommandTally()
        self._session: Session | None = None
        self._attached = asyncio.Event()
        self._absence: str | None = None

    # --- the engine's side ---

    def attach(self, session: Session) -> None:
        self._session = session
        self._absence = None
        self._attached.set()

    def cannot_be_had(self, why: str) -> None:
        """No node with this venue came up."""
        self._absence = why

    def detach(self, reason: str) -> None:
        """The node goes away: whoever waits for an answer will not get it from here."""
        self._session = None
        self._attached.clear()
        self.hearing.answers.give_up(reason)

    # --- the port: commands ---

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(self.exchange.timeouts.question.total_seconds()):
                await self._attached.wait()
        except TimeoutError as error:
            raise VenueUnreachable(
                f"{self.venue} is not connected yet; the LiveEngine keeps trying, see its log."
            ) from error

    async def disconnect(self) -> None:
        """Nothing to do: the node is shared, and `LiveEngine.stop` leaves all its venues."""

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        problem = self.exchange.unsendable(order)
        if problem is not None:
            return denied(problem)
        session = self._online()
        left_s = (order.send_deadline - datetime.now(UTC)).total_seconds()
        problem = self._not_offered(order) or await session.admit(
            order, max(min(left_s, _PATIENCE_S), 0)
        )
        return denied(problem) if problem is not None else None

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        problem = self.exchange.unsendable(order)
        if problem is not None:
            return denied(problem)
        session = self._session
        if session is None:
            return Unknown(f"{self.venue} is not connected; nothing was sent.")
        problem = self._not_offered(order)
        if problem is not None:
            return denied(problem)
        if self._has_existed(session, order.venue_client_id):
            return Unknown("the venue has had an order with this id; nothing was sent, ask for it.")
        answer = self.hearing.answers.expect(order.venue_client_id)
        if answer is None:
            return Unknown("a submit with this id is under way; nothing more was sent.")
        try:
            outcome = await self._sent(session, order, answer)
        finally:
            self.hearing.answers.forget(order.venue_client_id)
        return self._tally.counted(outcome)

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        """Straight to the venue, past the node's queues and its opinion of the order's state."""
        if self._session is None:
            return Unknown(f"{self.venue} is not connected; the cancel was not sent.")
        return self._tally.counted(await self._session.exchange.cancel(order))

    async def ready_to_amend(self, order: UnifiedOrder) -> None:
        await self._online().admit_amend(order, _PATIENCE_S)

    async def amend_order(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        if self._session is None:
            return Unknown(f"{self.venue} is not connected; the amendment was not sent.")
        terms = (amendment.quantity, amendment.price, amendment.trigger_price)
        reduces = is_reduction(order, terms)
        if not self.capabilities.amends(order.order_type, reduces=reduces):
            return AmendRefused(f"{self.venue} cannot amend a {order.order_type} order so.")
        return self._tally.counted(await self._session.exchange.amend(order, amendment))

    async def cancel_all(self, instrument_id: str | None = None) -> CancelOutcome:
        if self._session is None:
            return Unknown(f"{self.venue} is not connected; the cancel was not sent.")
        return self._tally.counted(await self._session.exchange.cancel_all(instrument_id))

    # --- the port: questions ---

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._readable(self._online().find(order))

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._readable(self._online().open_orders())

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._readable(self._online().fills_since(since))

    async def positions(self) -> Sequence[PositionReport]:
        return await self._readable(self._online().positions())

    async def balances(self) -> Sequence[Balance]:
        return await self._readable(self._online().balances())

    async def deliveries(self, instrument_ids: Sequence[str]) -> Sequence[Delivery]:
        return ()  # nothing that expires is traded here

    def instruments(self) -> Sequence[Instrument]:
        return self.offer.instruments

    def events(self) -> AsyncIterator[VenueEvent]:
        return self.hearing.events()

    def market_data(self) -> AsyncIterator[MarketEvent]:
        return self.board.stream()

    async def quotes(self) -> AsyncIterator[Quote]:
        async for event in self.board.stream():
            if isinstance(event, Quote):
                yield event

    def health(self) -> VenueHealth:
        session = self._session
        problems = (*([self._absence] if self._absence else ()), *self.offer.problems)
        if session is None:
            return VenueHealth(False, self.hearing.last_message_at, problems=problems)
        commands, errors = self._tally.of_last_minute()
        return VenueHealth(
            connected=session.client.stream_is_live,
            last_message_at=self.hearing.last_message_at,
            clock_offset_ms=session.exchange.clock_offset_ms(),
            budgets=session.exchange.budgets(),
            commands=commands,
            errors=errors,
            problems=problems,
        )

    async def _sent(
        self, session: Session, order: UnifiedOrder, answer: asyncio.Future[SubmitOutcome]
    ) -> SubmitOutcome:
        session.gateway.submit(order, self.exchange.submit_params(order))
        try:
            async with asyncio.timeout(self.exchange.timeouts.answer.total_seconds() + _GRACE_S):
                return await answer
        except TimeoutError:
            return Unknown("the venue gave no answer in time.")

    def _not_offered(self, order: UnifiedOrder) -> str | None:
        if self.offer.of(order.instrument_id) is not None:
            return None
        return f"{self.venue} does not offer {order.instrument_id} through here."

    def _has_existed(self, session: Session, client_id: str) -> bool:
        """Whether sending it again could double it, whatever the caller believes."""
        return self.hearing.answers.was_accepted(client_id) or session.gateway.holds(client_id)

    async def _readable[Answer](self, question: Awaitable[Answer]) -> Answer:
        """What cannot be read is no answer, and ends nothing."""
        try:
            return await question
        except UNREADABLE as error:
            _LOG.exception("%s gave an answer that cannot be read", self.venue)
            raise VenueUnreachable(
                f"{self.venue} gave an answer that cannot be read ({error!r}); see the log."
            ) from error

    def _online(self) -> ExchangeSession:
        if self._session is None:
            raise VenueUnreachable(f"{self.venue} is not connected; ask again.")
        return self._session.exchange
