"""What the private stream says, turned into news in the venue's order."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

from domain.order_events import (
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRejected,
    VenueTriggered,
)
from domain.outcomes import Accepted, Rejected
from venues.deribit.answers import Answers
from venues.deribit.listings import number
from venues.deribit.reports import (
    Told,
    ended_by_time,
    fill_of,
    label_of,
    price_of,
    trigger_price_of,
)
from venues.port import FillNews, OrderNews, StreamRestored, VenueEvent

_LOG = logging.getLogger(__name__)
_REMEMBERED_MAX = 20_000

type Terms = tuple[Decimal, Decimal | None, Decimal | None]
"""Amount, price and trigger price of a working order."""


class Hearing:
    """Turns `user.changes` into events: of every order that bears our label, whatever its
    instrument, because orders live on in what is not traded here any more."""

    def __init__(self, account_id: str) -> None:
        self.answers = Answers()
        self.last_message_at: datetime | None = None
        self._account_id = account_id
        self._events: asyncio.Queue[VenueEvent] = asyncio.Queue()
        self._gap_is_told = False
        self._terms: OrderedDict[str, Terms] = OrderedDict()
        self._triggered: OrderedDict[str, None] = OrderedDict()

    async def events(self) -> AsyncIterator[VenueEvent]:
        """All news, without end."""
        while True:
            event = await self._events.get()
            if isinstance(event, StreamRestored):
                self._gap_is_told = False
            yield event

    def on_message(self) -> None:
        self.last_message_at = datetime.now(UTC)

    def on_restored(self) -> None:
        """One StreamRestored at a time: the pull that follows covers every earlier gap."""
        if not self._gap_is_told:
            self._gap_is_told = True
            self._events.put_nowait(StreamRestored())

    def on_changes(self, changes: Told) -> None:
        """One action of the matching engine: its trades first, then what the orders became."""
        for trade in changes.get("trades") or ():
            self._on_trade(trade)
        for order in changes.get("orders") or ():
            self._on_order(order)

    def on_open_order(self, order: Told) -> None:
        """An order that works already: what it is now is no news, what it becomes is."""
        client_id = label_of(order)
        if client_id and client_id not in self._terms:
            self.answers.has_existed(client_id)
            self._terms[client_id] = _terms(order)

    def on_trade_known(self, trade: Told) -> None:
        """An order that traded must never be sent again."""
        client_id = label_of(trade)
        if client_id:
            self.answers.has_existed(client_id)

    def _on_trade(self, trade: Told) -> None:
        client_id = label_of(trade)
        if not client_id:
            _LOG.info("DERIBIT: trade %s is of an order that is not ours", trade.get("trade_id"))
            return
        self._exists(client_id, trade)
        self._events.put_nowait(FillNews(fill_of(trade, self._account_id)))

    def _on_order(self, order: Told) -> None:
        client_id = label_of(order)
        if not client_id:
            _LOG.info("DERIBIT: order %s is not ours", order.get("order_id"))
            return
        state = order["order_state"]
        if state == "rejected":
            self._on_rejected(client_id, order)
            return
        self._exists(client_id, order)
        if state == "triggered" or "trigger_order_id" in order:
            self._on_triggered(client_id)
        if state in ("open", "untriggered"):
            self._on_working(client_id, order)
        elif state == "cancelled":
            self._end(client_id)
            self._put(client_id, _ending(order))
        elif state == "filled":
            self._end(client_id)

    def _exists(self, client_id: str, told: Told) -> None:
        """Whatever the venue says of an order: it has it."""
        venue_order_id = str(told["order_id"])
        if self.answers.is_news(client_id, Accepted(venue_order_id)):
            self._put(client_id, VenueAccepted(venue_order_id))

    def _on_rejected(self, client_id: str, order: Told) -> None:
        reason = str(order.get("reject_reason") or "the venue reports it rejected")
        if self.answers.is_news(client_id, Rejected("rejected", reason)):
            self._put(client_id, VenueRejected("rejected", reason))

    def _on_triggered(self, client_id: str) -> None:
        """Told twice by the venue: of the order that waited, and of the one that it became."""
        if client_id in self._triggered:
            return
        self._triggered[client_id] = None
        self._terms.pop(client_id, None)
        _bound(self._triggered)
        self._put(client_id, VenueTriggered())

    def _on_working(self, client_id: str, order: Told) -> None:
        now = _terms(order)
        before = self._terms.get(client_id)
        self._terms[client_id] = now
        _bound(self._terms)
        changed = before is not None and before != now
        if changed or (before is None and order.get("replaced") is True):
            quantity, price, trigger_price = now
            self._put(client_id, VenueAmended(quantity, price, trigger_price))

    def _end(self, client_id: str) -> None:
        self._terms.pop(client_id, None)
        self._triggered.pop(client_id, None)

    def _put(
        self,
        client_id: str,
        event: VenueAccepted
        | VenueRejected
        | VenueCanceled
        | VenueExpired
        | VenueTriggered
        | VenueAmended,
    ) -> None:
        self._events.put_nowait(OrderNews(client_id, event))


def _terms(order: Told) -> Terms:
    # The trigger of a trailing stop moves by itself; that is no amendment.
    trails = order.get("order_type") == "trailing_stop"
    trigger_price = None if trails else trigger_price_of(order)
    return number(order["amount"]), price_of(order), trigger_price


def _ending(order: Told) -> VenueCanceled | VenueExpired:
    reason = str(order.get("cancel_reason") or "no reason given")
    if ended_by_time(order):
        return VenueExpired("the venue ended it by its time in force")
    return VenueCanceled(f"the venue reports it canceled: {reason}")


def _bound(remembered: OrderedDict[str, Terms] | OrderedDict[str, None]) -> None:
    if len(remembered) > _REMEMBERED_MAX:
        remembered.popitem(last=False)
