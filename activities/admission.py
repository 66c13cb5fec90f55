"""The steps that need only the database; local activities, in the process of the workflow."""

from __future__ import annotations

from temporalio import activity

from activities.ports import AdmissionPort, AdmitOrder, CancelOrder, DecisionTaken
from db.feed import OrderFeed
from db.known_instruments import KnownInstruments
from db.oms import UnifiedOMS
from db.outbox import Outbox
from domain.admission import OrderAdmission
from domain.errors import OrderFinished, UnknownOrder
from domain.identifiers import order_id_for
from domain.order_events import OperatorDecided
from domain.orders import OrderState, OrderStatus

_ANSWERED_WITHIN_S = 1.0
_ENDED_WITHIN_S = 0.05


def _is_answered(status: OrderStatus) -> bool:
    return status not in (OrderStatus.APPROVED, OrderStatus.SUBMITTING)


def _is_ended(status: OrderStatus) -> bool:
    return status.is_terminal


class AdmissionActivities(AdmissionPort):
    def __init__(
        self,
        oms: UnifiedOMS,
        instruments: KnownInstruments,
        admission: OrderAdmission,
        feed: OrderFeed,
        outbox: Outbox,
    ) -> None:
        self._oms = oms
        self._feed = feed
        self._outbox = outbox
        self._instruments = instruments
        self._admission = admission

    @activity.defn
    async def admit_order(self, command: AdmitOrder) -> OrderState:
        request = command.request
        instruments = await self._instruments.for_request(request)
        order_id = order_id_for(request.strategy_id, request.client_order_id)
        with self._feed.watch(order_id) as news:
            order = await self._oms.admit(
                request,
                command.received_at,
                self._admission,
                instruments,
                self._instruments.capabilities,
                offer=command.offer,
            )
            if order.status is not OrderStatus.APPROVED or not command.offer:
                return OrderState.of(order)
            await news.wait(_is_answered, _ANSWERED_WITHIN_S)
            # Most orders that trade at once end within milliseconds of their acknowledgement; told
            # in one answer, that spares the workflow a signal and a task.
            await news.wait(_is_ended, _ENDED_WITHIN_S)
        return OrderState.of(await self._outbox.read_to_tell(order_id))

    @activity.defn
    async def settle_unsent(self, order_id: str) -> OrderState:
        return OrderState.of(await self._oms.end_if_unsent(order_id))

    @activity.defn
    async def abort_unsent(self, order_id: str) -> OrderState:
        return OrderState.of(await self._oms.end_if_unsent(order_id, abort=True))

    @activity.defn
    async def request_cancel(self, command: CancelOrder) -> OrderState:
        try:
            order = await self._oms.request_cancel(command.order_id, command.by)
        except OrderFinished:
            finished = await self._oms.order(command.order_id)
            if finished is None:
                raise UnknownOrder(command.order_id) from None
            order = finished
        return OrderState.of(order)

    @activity.defn
    async def record_decision(self, taken: DecisionTaken) -> OrderState:
        decided = OperatorDecided(
            taken.decision.decision, taken.step, taken.decision.by, taken.decision.reason
        )
        return OrderState.of(await self._oms.apply(taken.order_id, decided))
