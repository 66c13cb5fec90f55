"""Commands to the venue: each at most once, cancels before orders, within a bounded time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.orders import UnifiedOrder
from domain.outcomes import (
    Accepted,
    AmendOutcome,
    AmendTaken,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    Rejected,
    SubmitOutcome,
    Unknown,
)
from venues.deribit.clock import VenueClock
from venues.deribit.credit_pools import CreditPool, CreditPools
from venues.deribit.failures import (
    TOO_MANY_REQUESTS,
    NoAnswer,
    VenueSaidNo,
    amend_outcome,
    cancel_outcome,
    denied,
    submit_outcome,
)
from venues.deribit.listings import Listing
from venues.deribit.rest import RestClient
from venues.deribit.settings import Timeouts, instrument_name
from venues.deribit.terms import Params, amend_params, is_iceberg, method_of, order_params
from venues.port import Amendment, NoRoom

_NO_CREDIT = "Deribit's rate limit leaves no room now; nothing was sent."


class Commands:
    def __init__(
        self, rest: RestClient, pools: CreditPools, clock: VenueClock, timeouts: Timeouts
    ) -> None:
        self._rest = rest
        self._pools = pools
        self._clock = clock
        self._timeouts = timeouts

    async def room(self, within: timedelta) -> None:
        """Take a command's credit. Raises NoRoom if there is none in time."""
        if not await self._pools.orders.take(max(within, timedelta(0)).total_seconds()):
            raise NoRoom(_NO_CREDIT)

    async def submit(self, order: UnifiedOrder, listing: Listing) -> SubmitOutcome:
        """Place it, to be begun with before its send deadline or not at all. `room` went before."""
        valid_for = min(_left(order), self._timeouts.valid_for)
        if valid_for <= timedelta(0):
            return denied("its send deadline has passed; nothing was sent.")
        params = order_params(order, listing, self._valid_until_ms(valid_for))
        try:
            result = await self._send(method_of(order.side), params, self._pools.orders)
        except (NoAnswer, VenueSaidNo) as failure:
            return submit_outcome(failure)
        told = result["order"]
        if told["order_state"] == "rejected":
            return Rejected("rejected", str(told.get("reject_reason") or "rejected by the venue"))
        return Accepted(str(told["order_id"]))

    async def cancel(self, order: UnifiedOrder, listing: Listing) -> CancelOutcome:
        """By our label: it names the order before and after its trigger, and never another's."""
        if not await self._pools.orders.take(self._answer_s, urgent=True):
            return Unknown(_NO_CREDIT)
        params: Params = {"label": order.venue_client_id, "currency": listing.currency}
        try:
            canceled = await self._send(
                "private/cancel_by_label", params, self._pools.orders, urgent=True
            )
        except (NoAnswer, VenueSaidNo) as failure:
            return cancel_outcome(failure)
        if int(canceled) == 0:
            return CancelRefused(f"the venue has no open order {order.venue_client_id}")
        return CancelTaken()

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        """All of the account, or of one instrument, conditional orders included."""
        if not await self._pools.cancel_all.take(self._answer_s, urgent=True):
            return Unknown(_NO_CREDIT)
        method = "private/cancel_all"
        params: Params = {}
        if instrument_id is not None:
            method = "private/cancel_all_by_instrument"
            params = {"instrument_name": instrument_name(instrument_id), "type": "all"}
        try:
            await self._send(method, params, self._pools.cancel_all, urgent=True)
        except (NoAnswer, VenueSaidNo) as failure:
            return cancel_outcome(failure)
        return CancelTaken()

    async def amend(
        self, order: UnifiedOrder, amendment: Amendment, listing: Listing
    ) -> AmendOutcome:
        """Change it in place; `unamendable` must have passed it, and `room` went before."""
        method = "private/edit" if is_iceberg(order) else "private/edit_by_label"
        valid_until_ms = self._valid_until_ms(self._timeouts.valid_for)
        params = amend_params(order, amendment, listing, valid_until_ms)
        try:
            await self._send(method, params, self._pools.orders)
        except (NoAnswer, VenueSaidNo) as failure:
            return amend_outcome(failure)
        return AmendTaken()

    async def _send(
        self, method: str, params: Params, pool: CreditPool, *, urgent: bool = False
    ) -> Any:
        try:
            return await self._rest.ask(method, params, self._answer_s, urgent=urgent)
        except VenueSaidNo as failure:
            if failure.code == TOO_MANY_REQUESTS:
                pool.exhausted()
            raise

    @property
    def _answer_s(self) -> float:
        return self._timeouts.answer.total_seconds()

    def _valid_until_ms(self, valid_for: timedelta) -> int:
        return self._clock.now_ms() + round(valid_for.total_seconds() * 1000)


def _left(order: UnifiedOrder) -> timedelta:
    """How long the order may still be sent."""
    return order.send_deadline - datetime.now(UTC)
