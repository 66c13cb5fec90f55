"""The steps that need the venue, in the process that owns its account."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity

from activities.desk import VenueDesk
from activities.ports import VenuePort
from db.outbox import Outbox
from domain.orders import OrderState
from domain.outcomes import CancelOutcome


class VenueActivities(VenuePort):
    def __init__(self, desk: VenueDesk, outbox: Outbox, lease_token: Callable[[], int]) -> None:
        """`lease_token` gives the token of the account's lease as it is held now."""
        self._desk = desk
        self._outbox = outbox
        self._lease_token = lease_token

    @activity.defn
    async def submit_order(self, order_id: str) -> OrderState:
        order = await self._desk.submit(order_id, self._lease_token())
        await self._outbox.told(order_id, order.version)  # by this very answer
        return OrderState.of(order)

    @activity.defn
    async def cancel_order(self, order_id: str) -> CancelOutcome:
        return await self._desk.cancel(order_id)

    @activity.defn
    async def amend_order(self, order_id: str) -> OrderState:
        order = await self._desk.amend(order_id, self._lease_token())
        await self._outbox.told(order_id, order.version)  # by this very answer
        return OrderState.of(order)

    @activity.defn
    async def ask_venue(self, order_id: str) -> OrderState:
        return OrderState.of(await self._desk.ask(order_id))
