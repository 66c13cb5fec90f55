"""Orders and lists that live and have no workflow: it was lost, with Temporal's database or by
somebody's hand. They are looked for now and then, because no news would bring them to light."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

from temporalio.service import RPCError

from db.order_lists import OrderLists
from db.order_queries import OrderScope
from db.outbox import Outbox
from db.pool import DATABASE_AWAY
from domain.identifiers import (
    list_workflow_id_for,
    revived_workflow_id_for,
    workflow_id_for,
)
from domain.lists.request import OrderListRequest

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 60.0

# The call that places a list may be about to start its workflow.
_BEING_PLACED = timedelta(seconds=30)


class Unfollowed:
    def __init__(
        self,
        outbox: Outbox,
        lists: OrderLists,
        running: Callable[[], AsyncIterator[str]],
        follow_list: Callable[[OrderListRequest], Awaitable[None]],
    ) -> None:
        """`running` gives the ids of the workflows that run; `follow_list` starts the workflow of a
        list that has none. It may have one: the index of Temporal comes after the fact."""
        self._outbox = outbox
        self._lists = lists
        self._running = running
        self._follow_list = follow_list

    async def keep_looking(self) -> None:
        """At once and then once a minute, until cancelled."""
        while True:
            try:
                await self.look()
            except (RPCError, *DATABASE_AWAY) as error:
                logger.warning("what has no workflow was not looked for: %s", error)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def look(self) -> None:
        """Put such orders among those that have news, whose workflows are told or replaced, and
        have such lists followed. Raises RPCError, and DATABASE_AWAY."""
        known = {workflow_id async for workflow_id in self._running()}
        for order in await self._outbox.live():
            names = (order.strategy_id, order.client_order_id)
            if not known & {workflow_id_for(*names), revived_workflow_id_for(*names)}:
                logger.warning("no workflow follows %s", order.order_id)
                await self._outbox.add(order)
        placed_before = datetime.now(UTC) - _BEING_PLACED
        for record in await self._lists.live_in(OrderScope()):
            if record.created_at > placed_before:
                continue
            if list_workflow_id_for(record.strategy_id, record.client_list_id) not in known:
                logger.warning("no workflow follows %s", record.list_id)
                await self._follow_list(record.request)
