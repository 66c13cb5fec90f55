"""ExecutionOrchestrator: what the API can do with an order, over database and workflow.

The database row is the fact and the workflow the driver: an answer is always read from the row.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import partial

from activities.ports import OperatorDecision
from api.errors import (
    DatabaseUnavailable,
    DeniedWhileStopped,
    EndedUnrecorded,
    NotSupportedByVenue,
    RiskDenied,
)
from api.intake import Intake
from api.order_workflows import OrderWorkflows
from api.preflight import Preflight
from db.feed import OrderFeed
from db.oms import UnifiedOMS
from db.pool import DATABASE_AWAY
from domain.errors import ConflictingOrder, UnknownOrder
from domain.identifiers import is_order_id, order_id_for, workflow_id_for
from domain.orders import OrderRequest, OrderStatus, UnifiedOrder

logger = logging.getLogger(__name__)

_UNACKNOWLEDGED = frozenset({OrderStatus.APPROVED, OrderStatus.SUBMITTING, OrderStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that is durable. `order` is None while it is not on record yet.

    `created` says whether this very call placed it.
    """

    order_id: str
    order: UnifiedOrder | None
    created: bool

    @property
    def is_acknowledged(self) -> bool:
        """The venue has answered, or the order ended before it was sent."""
        return self.order is not None and _is_acknowledged(self.order.status)


class ExecutionOrchestrator:
    def __init__(
        self, oms: UnifiedOMS, feed: OrderFeed, workflows: OrderWorkflows, preflight: Preflight
    ) -> None:
        self._oms = oms
        self._feed = feed
        self._workflows = workflows
        self._preflight = preflight
        self._intake = Intake(feed)

    async def place(self, request: OrderRequest, wait_s: float) -> Placed:
        """Make the order durable and wait for its venue's acknowledgement, at most `wait_s`.

        The same request again gives the same order. Raises ConflictingOrder, RiskDenied,
        EndedUnrecorded, DatabaseUnavailable, TemporalUnavailable, and what `Preflight.check`
        raises.
        """
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        known = await self._known_or_fit(order_id, request)
        if known is None:
            placed = await self._start(order_id, request, wait_s)
        else:
            placed = Placed(order_id, known, created=False)
        if placed.order is not None:
            await self._require_answer(placed.order, request)
        return placed

    async def cancel(self, order_id: str, by: str) -> UnifiedOrder:
        """Record the cancel, which nudges the venue's worker. Raises UnknownOrder, OrderFinished.

        `tell_of_cancel` tells the workflow too; it need not be waited for.
        """
        _require_order_id(order_id)
        return await self._oms.request_cancel(order_id, by)

    async def tell_of_cancel(self, order: UnifiedOrder, by: str) -> None:
        await self._workflows.tell_of_cancel(_workflow_of(order), by)

    async def resolve(self, order_id: str, decision: OperatorDecision) -> UnifiedOrder | None:
        """Decide a stuck step; the order after it, None if there is no record of it to be read.

        Raises UnknownOrder, NotStuck, TemporalUnavailable.
        """
        _require_order_id(order_id)
        order = await self._oms.order(order_id)
        workflow_id = _workflow_of(order) if order else await self._workflows.id_of(order_id)
        if workflow_id is None:
            raise UnknownOrder(order_id)
        await self._workflows.decide(workflow_id, decision)
        return await self._read(order_id)

    async def _known_or_fit(self, order_id: str, request: OrderRequest) -> UnifiedOrder | None:
        """The order of an earlier request; else None, and this one may be started."""
        try:
            known = await self._oms.order(order_id)
            if known is None:
                # Only a new order is checked: a tick that changed since must not hide an order that
                # lives from the client who asks for it again.
                await self._preflight.check(request)
        except DATABASE_AWAY as error:
            logger.error("%s cannot be looked up or checked: %s", order_id, error)
            raise DatabaseUnavailable("This request has started no order") from None
        return known

    async def _start(self, order_id: str, request: OrderRequest, wait_s: float) -> Placed:
        deadline = time.monotonic() + wait_s
        with self._feed.watch(order_id) as news:
            created = await self._intake.one_more(order_id, partial(self._workflows.start, request))
            # From here on the order is durable: a database that cannot be read is no refusal.
            if not created:
                # Its news may have come before we listened.
                placed = Placed(order_id, await self._read(order_id), created)
                if placed.is_acknowledged:
                    return placed
            await news.wait(_is_acknowledged, max(deadline - time.monotonic(), 0))
        order = await self._read(order_id)
        if order is None and not created:
            order = await self._unrecorded(order_id, request)
        return Placed(order_id, order, created)

    async def _unrecorded(self, order_id: str, request: OrderRequest) -> UnifiedOrder | None:
        """An earlier request started the order and no record is seen: it may have none for ever.

        Raises ConflictingOrder if it was another request: this one is not what will be recorded.
        """
        started = await self._workflows.started(request)
        if not started.is_same:
            raise ConflictingOrder(request.client_order_id)
        if not started.has_ended:
            return None
        order = await self._oms.order(order_id)  # it may have ended just now, recorded
        if order is None:
            raise EndedUnrecorded(request.client_order_id)
        return order

    async def _read(self, order_id: str) -> UnifiedOrder | None:
        try:
            return await self._oms.order(order_id)
        except DATABASE_AWAY as error:
            logger.warning("%s is durable but cannot be read now: %s", order_id, error)
            return None

    async def _require_answer(self, order: UnifiedOrder, request: OrderRequest) -> None:
        if order.fingerprint != request.fingerprint():
            raise ConflictingOrder(request.client_order_id)
        if order.status is OrderStatus.DENIED:
            raise await self._denial(order)

    async def _denial(self, order: UnifiedOrder) -> RiskDenied:
        events = await self._oms.events(order.order_id)
        detail = next(event.detail for event in events if event.name == "RiskDenied")
        terms = {name: detail[name] for name in ("rule", "limit", "value")}
        kinds = {kind.code: kind for kind in (DeniedWhileStopped, NotSupportedByVenue)}
        kind = kinds.get(detail["rule"], RiskDenied)
        return kind(order.order_id, detail["message"], terms)


def _is_acknowledged(status: OrderStatus) -> bool:
    return status not in _UNACKNOWLEDGED


def _workflow_of(order: UnifiedOrder) -> str:
    return workflow_id_for(order.strategy_id, order.client_order_id)


def _require_order_id(order_id: str) -> None:
    if not is_order_id(order_id):
        raise UnknownOrder(order_id)
