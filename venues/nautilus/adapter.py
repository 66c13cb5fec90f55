"""One Binance account behind our port, served by the node of the LiveEngine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nautilus_trader.adapters.binance.http.error import BinanceError
from nautilus_trader.model.events import (
    OrderAccepted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.instruments import Instrument
from domain.market import Quote
from domain.order_events import VenueAccepted, VenueRejected
from domain.orders import OrderType, TimeInForce, UnifiedOrder
from domain.outcomes import (
    Accepted,
    CancelOutcome,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.nautilus.answers import Answers
from venues.nautilus.binance_account import error_reply
from venues.nautilus.binance_execution import ListeningClient
from venues.nautilus.config import NautilusVenueConfig, Product
from venues.nautilus.fill_history import FillHistory
from venues.nautilus.gateway import GatewayStrategy, PriorLife
from venues.nautilus.news import end_news, fill_news
from venues.nautilus.queries import BinanceQueries, symbol_of
from venues.nautilus.quote_board import QuoteBoard
from venues.nautilus.rejections import DENIED_LOCALLY, cancel_outcome, stream_rejection
from venues.nautilus.terms import CLIENT_ID_PATTERN, unsendable
from venues.port import (
    Balance,
    Capabilities,
    NotFound,
    OrderNews,
    OrderReport,
    PositionReport,
    StreamRestored,
    VenueEvent,
    VenueHealth,
    VenueUnreachable,
)

_LOG = logging.getLogger(__name__)

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
    """Implements `venues.port.ExternalAdapter`; also hears the venue (`VenueListener`).

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
        self.quote_board = QuoteBoard()
        self._session: Session | None = None
        self._attached = asyncio.Event()
        self._answers = Answers()
        self._events: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._gap_is_told = False
        self._last_message_at: datetime | None = None

    # --- the engine's side ---

    def attach(self, session: Session) -> None:
        self._session = session
        self._attached.set()

    def detach(self, reason: str) -> None:
        """The node goes away: whoever waits for an answer will not get it from here."""
        self._session = None
        self._attached.clear()
        self._answers.give_up(reason)

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
        if session.gateway.prior_life(order.venue_client_id) is PriorLife.EXISTED:
            return Unknown("the venue has had an order with this id; nothing was sent, ask for it.")
        answer = self._answers.expect(order.venue_client_id)
        if answer is None:
            return Unknown("a submit with this id is under way; nothing more was sent.")
        try:
            session.gateway.submit(order)
            async with asyncio.timeout(self.config.ack_timeout.total_seconds() + _GRACE_S):
                return await answer
        except TimeoutError:
            return Unknown("the venue gave no answer in time.")
        finally:
            self._answers.forget(order.venue_client_id)

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

    async def events(self) -> AsyncIterator[VenueEvent]:
        while True:
            event = await self._events.get()
            if isinstance(event, StreamRestored):
                self._gap_is_told = False
            yield event

    def quotes(self) -> AsyncIterator[Quote]:
        return self.quote_board.stream()

    def health(self) -> VenueHealth:
        session = self._session
        connected = session is not None and session.client.stream_is_live
        return VenueHealth(connected, self._last_message_at)

    def _online(self) -> Session:
        if self._session is None:
            raise VenueUnreachable(f"{self.venue} is not connected; ask again.")
        return self._session

    # --- what the venue says ---

    def on_message(self) -> None:
        self._last_message_at = datetime.now(UTC)

    def on_answer(self, client_id: str, outcome: SubmitOutcome) -> None:
        if not self._answers.is_news(client_id, outcome):
            return
        match outcome:
            case Accepted(venue_order_id):
                self._events.put_nowait(OrderNews(client_id, VenueAccepted(venue_order_id)))
            case Rejected(code, reason):
                self._events.put_nowait(OrderNews(client_id, VenueRejected(code, reason)))

    def on_gap(self, why: str) -> None:
        """One StreamRestored at a time: the pull that follows it covers every earlier gap."""
        if self._gap_is_told:
            return
        _LOG.warning("%s: %s; what happened must be pulled.", self.venue, why)
        self._gap_is_told = True
        self._events.put_nowait(StreamRestored())

    def on_order_event(self, event: OrderEvent) -> None:
        client_id = event.client_order_id.value
        if order_id_of_venue_client_id(client_id) is None:
            _LOG.info("%s: %s of a foreign order %s", self.venue, type(event).__name__, client_id)
            return
        match event:
            case OrderAccepted():
                self.on_answer(client_id, Accepted(event.venue_order_id.value))
            case OrderFilled():
                self._on_filled(client_id, event)
            case OrderCanceled() | OrderExpired():
                # An order that came to an end has existed: that answers the submit, too.
                self._answers.is_news(client_id, Accepted(event.venue_order_id.value))
                self._events.put_nowait(end_news(event))
            case OrderRejected():
                # A refusal by reply was told as the answer before it came here.
                self.on_answer(client_id, stream_rejection(event.reason))
            case OrderDenied():
                self.on_denied(event)

    def on_denied(self, event: OrderDenied) -> None:
        """NautilusTrader itself would not send the order."""
        self.on_answer(event.client_order_id.value, Rejected(DENIED_LOCALLY, event.reason))

    def _on_filled(self, client_id: str, event: OrderFilled) -> None:
        if event.reconciliation:
            self.on_gap(f"a fill of {client_id} was inferred")
            return
        self._answers.is_news(client_id, Accepted(event.venue_order_id.value))
        news = fill_news(event, self.account_id)
        if news is not None:
            self._events.put_nowait(news)
