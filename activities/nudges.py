"""Tell an order's workflow that there is news. A lost nudge costs time, never truth."""

from __future__ import annotations

import asyncio
import logging

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db.outbox import Outbox
from db.pool import DATABASE_AWAY
from domain.identifiers import workflow_id_for
from domain.orders import OrderState, UnifiedOrder

logger = logging.getLogger(__name__)

ORDER_CHANGED = "order_changed"
SWEEP_S = 1.0
_SWEEP_BATCH = 200


class WorkflowNudger:
    def __init__(self, client: Client, outbox: Outbox) -> None:
        self._client = client
        self._outbox = outbox

    async def tell(self, order: UnifiedOrder) -> None:
        """Signal the order's state to its workflow; a workflow that is gone has nothing to do.

        If Temporal cannot be reached the outbox keeps the news for `sweep`.
        """
        workflow_id = workflow_id_for(order.strategy_id, order.client_order_id)
        try:
            await self._client.get_workflow_handle(workflow_id).signal(
                ORDER_CHANGED, OrderState.of(order)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                logger.warning("could not tell %s its news yet: %s", workflow_id, error)
                return
        await self._outbox.told(order.order_id, order.version)

    async def sweep(self) -> None:
        """Tell again what was not told, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                for order in await self._outbox.waiting(SWEEP_S, _SWEEP_BATCH):
                    await self.tell(order)
            except DATABASE_AWAY as error:
                logger.warning("the outbox cannot be read now: %s", error)
