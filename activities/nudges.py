"""Tell an order's workflow that there is news. A lost nudge costs time, never truth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db.outbox import Outbox
from db.pool import DATABASE_AWAY
from domain.identifiers import (
    list_workflow_id_for,
    revived_workflow_id_for,
    workflow_id_for,
)
from domain.lists.request import client_list_id_of
from domain.orders import OrderState, UnifiedOrder

logger = logging.getLogger(__name__)

ORDER_CHANGED = "order_changed"
LEG_CHANGED = "leg_changed"

# A step at work carries the news in its own answer; only what it leaves untold is signalled.
GRACE_S = 0.15
_LOOK_EVERY_S = 1.0
_BATCH = 200

# An order without a workflow is given one after so long.
_UNFOLLOWED = timedelta(seconds=5)


type Revive = Callable[[UnifiedOrder], Awaitable[None]]


class WorkflowNudger:
    """Empties the outbox into signals, soon after each change and once a second in any case.

    `revive` gives an order that lives and has no workflow one that follows it, and tells that of
    the news: the venue contradicted an end that was believed, or the workflow was lost.
    """

    def __init__(self, client: Client, outbox: Outbox, revive: Revive) -> None:
        self._client = client
        self._outbox = outbox
        self._revive = revive
        self._changed = asyncio.Event()

    def poke(self) -> None:
        """Some order has changed."""
        self._changed.set()

    async def sweep(self) -> None:
        """Tell what was not told, until cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(GRACE_S)
            try:
                for order in await self._outbox.waiting(GRACE_S, _BATCH):
                    await self._tell(order)
            except DATABASE_AWAY as error:
                logger.warning("the outbox cannot be read now: %s", error)

    async def _tell(self, order: UnifiedOrder) -> None:
        """Signal the order's state to its workflow, or to the one that took over from it. An order
        that has ended needs none; its list decides anew."""
        names, news = (order.strategy_id, order.client_order_id), OrderState.of(order)
        try:
            if not await self._signalled(workflow_id_for(*names), ORDER_CHANGED, news):
                if order.status.is_terminal:
                    await self._signalled(revived_workflow_id_for(*names), ORDER_CHANGED, news)
                    await self._tell_list_of(order)
                elif order.anomaly is not None or _age(order) > _UNFOLLOWED:
                    await self._revive(order)
                else:
                    return  # looked at again; what ends within moments needs nobody
        except RPCError as error:
            logger.warning("could not tell of %s yet: %s", order.order_id, error)
            return
        await self._outbox.told(order.order_id, order.version)

    async def _tell_list_of(self, order: UnifiedOrder) -> None:
        if order.request.order_list_id is not None:
            client_list_id = client_list_id_of(order.client_order_id)
            workflow_id = list_workflow_id_for(order.strategy_id, client_list_id)
            await self._signalled(workflow_id, LEG_CHANGED)

    async def _signalled(self, workflow_id: str, signal: str, *news: OrderState) -> bool:
        """Whether there is such a workflow, and it is told. Raises RPCError."""
        try:
            await self._client.get_workflow_handle(workflow_id).signal(signal, args=news)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return True


def _age(order: UnifiedOrder) -> timedelta:
    return datetime.now(UTC) - order.updated_at
