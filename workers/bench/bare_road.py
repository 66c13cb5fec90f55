"""The bare road: the same API, the same SQL, risk, routing and adapter call, and no workflow.

It runs in the venue worker of the paper profile, because there the adapter is. An order on it is
lost with the process; it exists to measure what durability costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from activities.desk import VenueDesk
from api.errors import TemporalUnavailable
from api.orchestrator import ExecutionOrchestrator, Placed
from api.preflight import Preflight
from db.known_instruments import KnownInstruments
from db.oms import UnifiedOMS
from domain.admission import OrderAdmission
from domain.identifiers import order_id_for
from domain.orders import OrderRequest, OrderStatus


@dataclass(frozen=True, slots=True)
class BareDesk:
    """A venue's desk and the token of its lease."""

    desk: VenueDesk
    lease_token: Callable[[], int]


class BareRoad(ExecutionOrchestrator):
    """Places orders within the request's own handler."""

    def __init__(
        self,
        oms: UnifiedOMS,
        preflight: Preflight,
        instruments: KnownInstruments,
        admission: OrderAdmission,
        desks: Mapping[str, BareDesk],
    ) -> None:
        self._oms = oms
        self._preflight = preflight
        self._instruments = instruments
        self._admission = admission
        self._desks = desks

    async def place(self, request: OrderRequest, wait_s: float) -> Placed:
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        known = await self._oms.order(order_id)
        if known is not None:
            return Placed(order_id, known, created=False)
        await self._preflight.check(request)
        instruments = await self._instruments.for_request(request)
        order = await self._oms.admit(
            request,
            datetime.now(UTC),
            self._admission,
            instruments,
            self._instruments.capabilities,
            offer=False,
        )
        if order.status is OrderStatus.APPROVED:
            bare = self._desks[order.venue]
            await bare.desk.submit(order_id, bare.lease_token())
        return Placed(order_id, await self._oms.order(order_id), created=True)


async def no_lists(_: object) -> None:
    """An order list is a workflow, and this road has none."""
    raise TemporalUnavailable("The bare road takes no order lists; send them to the gateway.")
