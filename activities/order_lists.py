"""The steps of an order list; local activities, in the process of the workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from temporalio import activity

from activities.ports import (
    ListProgress,
    ListView,
    OrderListPort,
    ReadList,
    Resized,
    ResizeLeg,
)
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.oms import UnifiedOMS
from db.order_lists import OrderLists
from domain.admission import OrderAdmission
from domain.amendment import AmendWish
from domain.errors import (
    AmendUnderWay,
    InvalidOrder,
    OdumError,
    TradingStopped,
    UnknownOrder,
)
from domain.identifiers import order_id_for, workflow_id_for
from domain.lists.legs import Leg, Sizes
from domain.lists.request import OrderListRequest
from domain.orders import OrderStatus, UnifiedOrder

# A venue's list of trades may lag behind its list of orders, but not for so long.
_TRADES_FOLLOW_WITHIN = timedelta(seconds=10)

# These ends say nothing of how much was traded before; the others do, or nothing was sent.
_ENDED_IN_BETWEEN = (OrderStatus.CANCELED, OrderStatus.EXPIRED)


class OrderListActivities(OrderListPort):
    def __init__(
        self,
        lists: OrderLists,
        oms: UnifiedOMS,
        instruments: KnownInstruments,
        admission: OrderAdmission,
        leases: VenueLeases,
        runs: Callable[[str], Awaitable[bool]],
    ) -> None:
        """`runs` says whether the workflow of this id does."""
        self._lists = lists
        self._oms = oms
        self._instruments = instruments
        self._admission = admission
        self._leases = leases
        self._runs = runs

    @activity.defn
    async def read_list(self, command: ReadList) -> ListView:
        request = command.request
        record = await self._lists.get(request.list_id)
        unfollowed = await self._unfollowed(command)  # first, as one may end well meanwhile
        orders = await self._lists.orders(request.list_id)
        fees = await self._lists.base_fees(request.list_id)
        unrecorded = _missing(command, orders)
        strangers = await self._lists.strangers(
            [order_id_for(request.strategy_id, one) for one in unrecorded], request.list_id
        )
        foreign = [order.client_order_id for order in strangers]
        gone = [one for one in unrecorded if one in unfollowed and one not in foreign]
        legs = [
            _leg(request, order, fees.get(order.order_id), settled=await self._is_settled(order))
            for order in orders
        ]
        return ListView(
            legs=tuple(legs),
            sizes=await self._sizes(request.instrument_id),
            cancel_wanted=record.cancel_requested_at is not None,
            unrecorded=tuple(one for one in unrecorded if one not in (*foreign, *gone)),
            foreign=tuple(foreign),
            gone=tuple(gone),
        )

    @activity.defn
    async def record_list(self, progress: ListProgress) -> bool:
        return await self._lists.record(
            progress.list_id,
            progress.status,
            progress.notes,
            attention=progress.attention,
            filled=progress.filled,
        )

    @activity.defn
    async def request_list_cancel(self, list_id: str) -> None:
        await self._lists.request_cancel(list_id)

    @activity.defn
    async def resize_leg(self, command: ResizeLeg) -> Resized:
        order = await self._oms.order(command.order_id)
        if order is None:
            raise UnknownOrder(command.order_id)
        instrument = await self._instruments.named(order.instrument_id)
        if instrument is None:
            return Resized(f"{order.instrument_id} is not offered any more")
        wish = AmendWish(
            command.amend_id, f"list {command.list_id}", quantity=command.quantity, replace=True
        )
        capabilities = self._instruments.capabilities.get(order.venue)
        try:
            amended = await self._oms.request_amend(
                order.order_id, wish, self._admission, instrument, capabilities
            )
        except OdumError as error:
            if error.retryable:
                raise
            return Resized(str(error), passing=isinstance(error, TradingStopped | AmendUnderWay))
        if amended.denied is not None:
            return Resized(amended.denied.message, passing=True)
        return Resized()

    async def _unfollowed(self, command: ReadList) -> set[str]:
        """Those of the orders that are not on record of which no workflow runs."""
        strategy_id = command.request.strategy_id
        missing = _missing(command, await self._lists.orders(command.request.list_id))
        return {one for one in missing if not await self._runs(workflow_id_for(strategy_id, one))}

    async def _is_settled(self, order: UnifiedOrder) -> bool:
        """Whether the executions of its account were pulled long enough after its end: a stream
        may tell an end before the fills that came before it, or lose these."""
        if order.submitted_at is None or order.status not in _ENDED_IN_BETWEEN:
            return order.status.is_terminal
        pulled_until = await self._leases.pulled_until(order.account_id)
        return pulled_until is not None and pulled_until > order.updated_at + _TRADES_FOLLOW_WITHIN

    async def _sizes(self, instrument_id: str) -> Sizes:
        instrument = await self._instruments.named(instrument_id)
        if instrument is None:
            raise InvalidOrder("unknown_instrument", f"No venue offers {instrument_id}.")
        return Sizes(
            instrument.lot,
            instrument.min_qty,
            instrument.min_notional,
            instrument.multiplier,
            instrument.inverse,
        )


def _missing(command: ReadList, orders: Sequence[UnifiedOrder]) -> list[str]:
    recorded = {order.client_order_id for order in orders}
    return [one for one in command.placed if one not in recorded]


def _leg(
    request: OrderListRequest, order: UnifiedOrder, base_fees: Decimal | None, *, settled: bool
) -> Leg:
    role, seq = request.leg_of(order.client_order_id)
    live = not order.status.is_terminal
    return Leg(
        role=role,
        seq=seq,
        order_id=order.order_id,
        status=order.status,
        quantity=order.quantity,
        filled=order.filled_qty,
        net_filled=order.filled_qty - (base_fees or 0),
        version=order.version,
        amending=live and order.amend_pending,
        canceling=live and order.cancel_requested_at is not None,
        reason=order.reason or "",
        unsent=order.submitted_at is None and not live,
        settled=settled,
    )
