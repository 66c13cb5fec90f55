"""What the execution clients of all exchanges have in common with us: they are listened to.

NautilusTrader judges events by its own order state and may drop, infer or synthesise some. Our
ledger is elsewhere, so we listen at the source: the point where the adapter hands an event on.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.reports import (
    ExecutionMassStatus,
    FillReport,
    OrderStatusReport,
)
from nautilus_trader.live.execution_client import LiveExecutionClient
from nautilus_trader.model.events import OrderEvent, OrderFilled, OrderUpdated
from nautilus_trader.model.identifiers import ClientOrderId, InstrumentId

from domain.identifiers import order_id_of_venue_client_id
from venues.nautilus.listener import VenueListener

STAMP = "stamp_ms"
"""What a submit command carries besides the order where the request names its time: when it had to
go, by the venue's clock."""

_LOG = logging.getLogger(__name__)


class ListeningClient(LiveExecutionClient):
    """Stands before the real client in the method order; the exchange's own class adds the rest.

    `has_told` says whether the message that is being handled has led to any news: the exchange's
    class clears it before it hands a message to the library, and tells a gap if it stayed so.
    """

    listener: VenueListener
    start_problem: str | None = None
    has_told = False

    @property
    def stream_is_live(self) -> bool:
        """Whether orders can be sent and their news can arrive now."""
        raise NotImplementedError

    async def _connect(self) -> None:
        try:
            await super()._connect()
        except Exception as error:
            self.cannot_start(error)
            raise

    def cannot_start(self, error: Exception) -> None:
        """Nobody need wait for a connection that will not come."""
        self.start_problem = f"{type(error).__name__}: {error}"

    async def load_instruments(self, offered: Collection[str]) -> None:
        """Have the node know them as the venue has them now. Raises whatever the library raises."""
        ids = [InstrumentId.from_str(text) for text in offered]
        if ids:
            await self._instrument_provider.load_ids_async(ids)
        for instrument_id in ids:
            instrument = self._instrument_provider.find(instrument_id)
            if instrument is not None:
                self._cache.add_instrument(instrument)

    async def generate_mass_status(self, lookback_mins: int | None = None) -> ExecutionMassStatus:
        """Nothing, which cannot fail: a single order that the library cannot read would keep all
        venues of the node down. `HostedNode` tells it of our working orders, one by one."""
        return ExecutionMassStatus(
            client_id=self.id,
            account_id=self.account_id,
            venue=self.venue,
            report_id=UUID4(),
            ts_init=self._clock.timestamp_ns(),
        )

    def _send_order_event(self, event: OrderEvent) -> None:
        self.has_told = True
        if not (isinstance(event, OrderUpdated) and self._changes_nothing(event)):
            self.listener.on_order_event(event)
        if isinstance(event, OrderFilled):
            self._note_fill(event)
        else:
            super()._send_order_event(event)

    def _note_fill(self, event: OrderFilled) -> None:
        """Let the node's order know, and nobody else: its book of positions, which is of no use to
        us, grows with every fill."""
        order = self._cache.order(event.client_order_id)
        if order is None:
            return
        try:
            order.apply(event)
        except Exception as error:  # noqa: BLE001 - told twice or late: the node's picture is not ours
            _LOG.debug("%s: the node does not take %s: %s", self.id, event, error)
        else:
            self._cache.update_order(order)

    def _changes_nothing(self, event: OrderUpdated) -> bool:
        """Whether the node only learns a number of the order, e.g. where a stop has triggered."""
        order = self._cache.order(event.client_order_id)
        if order is None or event.quantity != order.quantity:
            return False
        price = order.price if order.has_price else None
        trigger = order.trigger_price if order.has_trigger_price else None
        return event.price in (None, price) and event.trigger_price in (None, trigger)

    def _send_order_status_report(self, report: OrderStatusReport) -> None:
        self.has_told = True
        if not is_ours(report.client_order_id):
            return  # somebody else's order: no business of ours, nor of the node
        # The node does not know the order, so it will infer what happened. We ask instead.
        self.listener.on_gap(f"news of {report.client_order_id}, which the node does not hold")
        super()._send_order_status_report(report)

    def _send_fill_report(self, report: FillReport) -> None:
        self.has_told = True
        if not is_ours(report.client_order_id):
            _LOG.warning("%s: a fill of an order that is not ours: %s", self.id, report)
            return
        self.listener.on_gap(f"a fill of {report.client_order_id}, which the node does not hold")
        super()._send_fill_report(report)


def is_ours(client_id: ClientOrderId | None) -> bool:
    """Whether one of our orders carries this client id."""
    return client_id is not None and order_id_of_venue_client_id(client_id.value) is not None
