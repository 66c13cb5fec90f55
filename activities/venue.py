"""The steps that need the venue, in the process that owns its account.

What they answer is told a second time, by signal. A workflow gives up on an answer that news has
overtaken, so no answer proves that it was heard, and none may take news out of the outbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from temporalio import activity

from activities.desk import VenueDesk
from activities.ports import VenuePort
from domain.errors import OdumError
from domain.orders import OrderState
from domain.outcomes import CancelOutcome

# Below the time of the activity: it is tried again by its workflow.
_CATCH_UP_WITHIN_S = 4.0


class NotCaughtUp(OdumError):
    """The account does not know yet what happened while nobody looked; nothing was sent."""

    code = "not_caught_up"
    status = 503
    retryable = True


class VenueActivities(VenuePort):
    def __init__(
        self,
        desk: VenueDesk,
        lease_token: Callable[[], int],
        caught_up: asyncio.Event,
    ) -> None:
        """`lease_token` gives the token of the account's lease as it is held now. Nothing new is
        sent before the account has `caught_up`; cancels and questions are served at once."""
        self._desk = desk
        self._lease_token = lease_token
        self._caught_up = caught_up

    @activity.defn
    async def submit_order(self, order_id: str) -> OrderState:
        await self._until_caught_up()
        return OrderState.of(await self._desk.submit(order_id, self._lease_token()))

    @activity.defn
    async def cancel_order(self, order_id: str) -> CancelOutcome:
        return await self._desk.cancel(order_id)

    @activity.defn
    async def amend_order(self, order_id: str) -> OrderState:
        await self._until_caught_up()
        return OrderState.of(await self._desk.amend(order_id, self._lease_token()))

    @activity.defn
    async def ask_venue(self, order_id: str) -> OrderState:
        return OrderState.of(await self._desk.ask(order_id))

    async def _until_caught_up(self) -> None:
        try:
            async with asyncio.timeout(_CATCH_UP_WITHIN_S):
                await self._caught_up.wait()
        except TimeoutError:
            raise NotCaughtUp(
                f"{self._desk.venue} is still being asked what happened before"
            ) from None
