"""Brackets and OCO pairs for the API: recorded, handed to their workflow, read, canceled."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.errors import RefusedField
from api.preflight import Preflight
from db.order_lists import ListRecord, OrderLists
from db.order_queries import OrderScope
from domain.errors import OrderListFinished, UnknownOrderList
from domain.identifiers import is_list_id
from domain.lists.request import OrderListRequest, Role
from domain.orders import UnifiedOrder

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListWorkflows:
    """How a list's workflow is started and nudged."""

    start: Callable[[OrderListRequest], Awaitable[None]]
    nudge: Callable[[OrderListRequest], Awaitable[None]]


class OrderListDesk:
    def __init__(self, lists: OrderLists, preflight: Preflight, workflows: ListWorkflows) -> None:
        self._lists = lists
        self._preflight = preflight
        self._workflows = workflows

    async def place(self, request: OrderListRequest) -> tuple[ListRecord, bool]:
        """Make the list durable; the same again gives the same list. Whether it is new.

        Raises ConflictingOrderList, TemporalUnavailable, RefusedField with the leg to blame.
        """
        known = await self._lists.find(request.list_id)
        if known is None:
            for role in request.roles:
                await self._check(request, role)
        record = await self._lists.open(request)
        # Also for one that is known: the call before may have died right here.
        if not record.status.is_terminal:
            await self._workflows.start(request)
        return record, known is None

    async def read(self, list_id: str) -> tuple[ListRecord, list[UnifiedOrder]]:
        """The list with its orders. Raises UnknownOrderList."""
        if not is_list_id(list_id):
            raise UnknownOrderList(list_id)
        return await self._lists.get(list_id), await self._lists.orders(list_id)

    async def latest(
        self, strategy_ids: frozenset[str] | None, *, attention: bool, limit: int
    ) -> list[ListRecord]:
        """Newest first."""
        return await self._lists.latest(strategy_ids, attention=attention, limit=limit)

    async def cancel(self, list_id: str) -> ListRecord:
        """Record the cancel. Raises UnknownOrderList, OrderListFinished.

        `tell_of_cancel` tells the workflow; it need not be waited for.
        """
        if not is_list_id(list_id):
            raise UnknownOrderList(list_id)
        record = await self._lists.request_cancel(list_id)
        if record.status.is_terminal:
            raise OrderListFinished(list_id, record.status)
        return record

    async def cancel_in(self, scope: OrderScope) -> list[ListRecord]:
        """Record the cancel of every list of the scope that lives."""
        records = await self._lists.live_in(scope)
        return [await self._lists.request_cancel(record.list_id) for record in records]

    async def tell_of_cancel(self, *records: ListRecord) -> None:
        """Nudge the lists' workflows. A list that has none, because the call that placed it died
        halfway or the workflow was lost, gets one: it ends the list."""
        for record in records:
            await self._workflows.nudge(record.request)

    async def _check(self, request: OrderListRequest, role: Role) -> None:
        try:
            await self._preflight.check(request.order(role, 1, request.quantity))
        except RefusedField as refused:
            refused.within(role.lower())
            raise
