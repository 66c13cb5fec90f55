"""Commands to orders that live. Like a cancel they are recorded here, under the order's lock; the
venue's worker is nudged and the order's workflow sees them through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from api.errors import AmendRefused, NotSupportedByVenue, RiskDenied
from api.schemas.commands import AmendOutcome
from db.known_instruments import KnownInstruments
from db.oms import UnifiedOMS
from db.order_queries import OrderScope
from db.records import RecordedEvent
from domain.admission import OrderAdmission
from domain.amendment import AmendWish
from domain.errors import NotAmendable, OrderFinished, UnknownOrder
from domain.order_events import AmendDenied
from domain.orders import UnifiedOrder

_LOOK_EVERY_S = 0.025
_CANCELS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class AmendAnswer:
    order: UnifiedOrder
    outcome: AmendOutcome


class OrderCommands:
    def __init__(
        self, oms: UnifiedOMS, instruments: KnownInstruments, admission: OrderAdmission
    ) -> None:
        self._oms = oms
        self._instruments = instruments
        self._admission = admission

    async def amend(self, order_id: str, wish: AmendWish, wait_s: float) -> AmendAnswer:
        """Record the amend and wait for its end, at most `wait_s`. The same wish again gives the
        same answer. Raises RiskDenied, AmendRefused, and what `Amends.request_amend` raises."""
        order = await self._oms.order(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        instrument = await self._instruments.named(order.instrument_id)
        if instrument is None:
            raise NotAmendable(f"{order.instrument_id} is not offered any more; cancel the order.")
        capabilities = self._instruments.capabilities.get(order.venue)
        amended = await self._oms.request_amend(
            order_id, wish, self._admission, instrument, capabilities
        )
        if amended.denied is not None:
            raise _denial(order_id, amended.denied)
        order = await self._settled(amended.order, wish.amend_id, wait_s)
        outcome = _outcome(order, wish.amend_id, await self._oms.events(order_id))
        return AmendAnswer(order, outcome)

    async def cancel_all(self, scope: OrderScope, by: str) -> list[UnifiedOrder]:
        """Ask every live order in the scope to end; each as it stands afterwards."""
        slots = asyncio.Semaphore(_CANCELS_AT_ONCE)

        async def cancel(order: UnifiedOrder) -> UnifiedOrder:
            async with slots:
                try:
                    return await self._oms.request_cancel(order.order_id, by)
                except OrderFinished:
                    return await self._oms.order(order.order_id) or order

        orders: Sequence[UnifiedOrder] = await self._oms.live_in(scope)
        return await asyncio.gather(*map(cancel, orders))

    async def _settled(self, order: UnifiedOrder, amend_id: str, wait_s: float) -> UnifiedOrder:
        deadline = time.monotonic() + wait_s
        while order.amend_id == amend_id and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK_EVERY_S)
            order = await self._oms.order(order.order_id) or order
        return order


def _outcome(order: UnifiedOrder, amend_id: str, events: Sequence[RecordedEvent]) -> AmendOutcome:
    """What the audit trail says of the amend. Raises AmendRefused."""
    if order.amend_id == amend_id:
        return AmendOutcome.PENDING
    begun = next(
        n
        for n, event in enumerate(events)
        if event.name == "AmendRequested" and event.detail["amend_id"] == amend_id
    )
    for event in events[begun + 1 :]:
        match event.name:
            case "VenueRefusedAmend" | "AmendDropped" if event.detail["amend_id"] == amend_id:
                raise AmendRefused(order.order_id, amend_id, event.detail["reason"])
            case "LegReplaced":
                return AmendOutcome.REPLACED
            case "VenueAmended":
                return AmendOutcome.TAKEN
            case "AmendRequested":
                break
    raise AmendRefused(order.order_id, amend_id, f"the order ended first: {order.status}")


def _denial(order_id: str, denied: AmendDenied) -> RiskDenied:
    terms = {"rule": denied.rule, "limit": denied.limit, "value": denied.value}
    kind = NotSupportedByVenue if denied.rule == NotSupportedByVenue.code else RiskDenied
    return kind(order_id, denied.message, terms)
