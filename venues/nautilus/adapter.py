"""One Binance account behind our port, served by the node of the LiveEngine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nautilus_trader.adapters.binance.http.error import BinanceError

from domain.fills import Fill
from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import OrderType, TimeInForce, UnifiedOrder
from domain.outcomes import (
    CancelOutcome,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.nautilus.binance_account import error_reply
from venues.nautilus.binance_execution import ListeningClient
from venues.nautilus.config import NautilusVenueConfig, Product
from venues.nautilus.fill_history import FillHistory
from venues.nautilus.gateway import GatewayStrategy
from venues.nautilus.hearing import VenueHearing
from venues.nautilus.order_owners import OrderOwners
from venues.nautilus.queries import BinanceQueries, symbol_of
from venues.nautilus.quote_board import QuoteBoard
from venues.nautilus.rejections import DENIED_LOCALLY, cancel_outcome
from venues.nautilus.terms import CLIENT_ID_PATTERN, unsendable
from venues.port import (
    Balance,
    Capabilities,
    NotFound,
    OrderReport,
    PositionReport,
    VenueEvent,
    VenueHealth,
    VenueUnreachable,
)

# How much longer than the request's own bound a submit waits; the bound should always speak first.
_GRACE_S = 0.5


@dataclass(frozen=True, slots=True)
class Session:
    """What a running node gives one adapter."""

    gateway: GatewayStrategy
    client: ListeningClient
    queries: BinanceQueries
    fills: FillHistory
    instruments: Mapping[str, Instrument]


class NautilusAdapter:
    """Implements `venues.port.ExternalAdapter`.

    It outlives nodes: the engine attaches the session of each node that it brings up.
    """

    def __init__(self, config: NautilusVenueConfig) -> None:
        self.venue = config.venue
        self.account_id = config.account_id
        self.config = config
        self.capabilities = Capabilities(
            order_types=frozenset(OrderType),
            times_in_force=frozenset(TimeInForce),
            post_only=True,
            reduce_only=config.product is Product.USDT_FUTURES,
            client_id_pattern=CLIENT_ID_PATTERN,
            # An order that is still on its way is refused once it is older than the window.
            visibility_horizon=config.recv_window + timedelta(seconds=1),
        )
        self.owners = {text: OrderOwners() for text in config.instrument_ids}
        self.hearing = VenueHearing(config.venue, config.account_id, self.owners)
        self.quote_board = QuoteBoard()
        self._session: Session | None = None
        self._attached = asyncio.Event()

    # --- the engine's side ---

    def attach(self, session: Session) -> None:
        self._session = session
        self._attached.set()

    def detach(self, reason: str) -> None:
        """The node goes away: whoever waits for an answer will not get it from here."""
        self._session = None
        self._attached.clear()
        self.hearing.answers.give_up(reason)

    # --- the port: commands ---

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(self.config.query_timeout.total_seconds()):
                await self._attached.wait()
        except TimeoutError as error:
            raise VenueUnreachable(
                f"{self.venue} is not connected yet; the LiveEngine keeps trying, see its log."
            ) from error

    async def disconnect(self) -> None:
        """Nothing to do: the node is shared, and `LiveEngine.stop` leaves all its venues."""

    async def submit_order(self, order: UnifiedOrder) -> SubmitOutcome:
        problem = unsendable(order, self.config.product)
        if problem is not None:
            return Rejected(DENIED_LOCALLY, problem)
        session = self._session
        if session is None:
            return Unknown(f"{self.venue} is not connected; nothing was sent.")
        if order.instrument_id not in session.instruments:
            return Rejected(DENIED_LOCALLY, f"{order.instrument_id} is not traded through here.")
        if self._has_existed(session, order.venue_client_id):
            return Unknown("the venue has had an order with this id; nothing was sent, ask for it.")
        answer = self.hearing.answers.expect(order.venue_client_id)
        if answer is None:
            return Unknown("a submit with this id is under way; nothing more was sent.")
        try:
            session.gateway.submit(order)
            async with asyncio.timeout(self.config.ack_timeout.total_seconds() + _GRACE_S):
                return await answer
        except TimeoutError:
            return Unknown("the venue gave no answer in time.")
        finally:
            self.hearing.answers.forget(order.venue_client_id)

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        """Straight to the venue, past the node's queues and its opinion of the order's state."""
        session = self._session
        if session is None:
            return Unknown(f"{self.venue} is not connected; the cancel was not sent.")
        try:
            await session.client.account.cancel_order(
                symbol=symbol_of(order.instrument_id), orig_client_order_id=order.venue_client_id
            )
        except BinanceError as error:
            return cancel_outcome(error_reply(error))
        except Exception as error:  # noqa: BLE001 - whatever broke, the cancel may have been taken
            return Unknown(f"no readable reply to the cancel: {type(error).__name__}: {error}")
        return CancelTaken()

    # --- the port: questions ---

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        return await self._online().queries.find(order.instrument_id, order.venue_client_id)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._online().queries.open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return await self._online().fills.since(since)

    async def positions(self) -> Sequence[PositionReport]:
        return await self._online().queries.positions()

    async def balances(self) -> Sequence[Balance]:
        return await self._online().queries.balances()

    def instruments(self) -> Sequence[Instrument]:
        return tuple(self._session.instruments.values()) if self._session is not None else ()

    def events(self) -> AsyncIterator[VenueEvent]:
        return self.hearing.events()

    def quotes(self) -> AsyncIterator[Quote]:
        return self.quote_board.stream()

    def health(self) -> VenueHealth:
        session = self._session
        connected = session is not None and session.client.stream_is_live
        return VenueHealth(connected, self.hearing.last_message_at)

    def _has_existed(self, session: Session, client_id: str) -> bool:
        """Whether sending it again could double it, whatever the caller believes."""
        return self.hearing.answers.was_accepted(client_id) or session.gateway.holds(client_id)

    def _online(self) -> Session:
        if self._session is None:
            raise VenueUnreachable(f"{self.venue} is not connected; ask again.")
        return self._session
