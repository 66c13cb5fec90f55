"""What one venue says, turned into answers to waiting submits and into news for everybody else."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from nautilus_trader.model.events import (
    OrderAccepted,
    OrderCanceled,
    OrderDenied,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderTriggered,
    OrderUpdated,
)

from domain.identifiers import order_id_of_venue_client_id
from domain.order_events import VenueAccepted, VenueRejected, VenueTriggered
from domain.outcomes import Accepted, Rejected, SubmitOutcome
from venues.nautilus.answers import Answers
from venues.nautilus.exchange import Exchange
from venues.nautilus.news import amended_news, end_news, fill_news
from venues.nautilus.rejections import denied
from venues.port import OrderNews, StreamRestored, VenueEvent

_LOG = logging.getLogger(__name__)
_REMEMBERED_MAX = 10_000


class VenueHearing:
    """Implements `VenueListener`."""

    def __init__(self, exchange: Exchange) -> None:
        self.answers = Answers()
        self.last_message_at: datetime | None = None
        self._exchange = exchange
        self._venue = exchange.config.venue
        self._account_id = exchange.config.account_id
        self._events: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._gap_is_told = False
        self._triggered: OrderedDict[str, None] = OrderedDict()

    async def events(self) -> AsyncIterator[VenueEvent]:
        """All news, in the venue's order, without end."""
        while True:
            event = await self._events.get()
            if isinstance(event, StreamRestored):
                self._gap_is_told = False
            yield event

    def on_message(self) -> None:
        self.last_message_at = datetime.now(UTC)

    def on_answer(self, client_id: str, outcome: SubmitOutcome) -> None:
        if not self.answers.is_news(client_id, outcome):
            return
        match outcome:
            case Accepted(venue_order_id):
                self._events.put_nowait(OrderNews(client_id, VenueAccepted(venue_order_id)))
            case Rejected(code, reason):
                self._events.put_nowait(OrderNews(client_id, VenueRejected(code, reason)))

    def on_triggered(self, client_id: str, venue_order_id: str) -> None:
        if order_id_of_venue_client_id(client_id) is None or client_id in self._triggered:
            return
        self._triggered[client_id] = None
        if len(self._triggered) > _REMEMBERED_MAX:
            self._triggered.popitem(last=False)
        # An order that was triggered has existed: that answers the submit, too.
        self.on_answer(client_id, Accepted(venue_order_id))
        self._events.put_nowait(OrderNews(client_id, VenueTriggered()))

    def on_gap(self, why: str) -> None:
        """One StreamRestored at a time: the pull that follows it covers every earlier gap."""
        if self._gap_is_told:
            return
        _LOG.warning("%s: %s; what happened must be pulled.", self._venue, why)
        self._gap_is_told = True
        self._events.put_nowait(StreamRestored())

    def on_order_event(self, event: OrderEvent) -> None:
        client_id = event.client_order_id.value
        if order_id_of_venue_client_id(client_id) is None:
            _LOG.info("%s: %s of a foreign order %s", self._venue, type(event).__name__, client_id)
            return
        match event:
            case OrderAccepted():
                self.on_answer(client_id, Accepted(event.venue_order_id.value))
            case OrderFilled():
                self._on_filled(client_id, event)
            case OrderTriggered():
                self.on_triggered(client_id, event.venue_order_id.value)
            case OrderUpdated():
                self._events.put_nowait(amended_news(event))
            case OrderCanceled() | OrderExpired():
                # An order that came to an end has existed: that answers the submit, too.
                self.answers.is_news(client_id, Accepted(event.venue_order_id.value))
                self._events.put_nowait(end_news(event))
            case OrderRejected():
                # A refusal by reply was told as the answer before it came here.
                self.on_answer(client_id, self._exchange.rejection(event.reason))
            case OrderDenied():
                self.on_denied(event)

    def on_denied(self, event: OrderDenied) -> None:
        """NautilusTrader itself would not send the order."""
        self.on_answer(event.client_order_id.value, denied(event.reason))

    def _on_filled(self, client_id: str, event: OrderFilled) -> None:
        if event.reconciliation:
            self.on_gap(f"a fill of {client_id} was inferred")
            return
        self.answers.is_news(client_id, Accepted(event.venue_order_id.value))
        news = fill_news(event, self._account_id)
        if news is not None:
            self._events.put_nowait(news)
