"""Commands to the venue: each at most once, cancels before orders, within a bounded time."""

from __future__ import annotations

from datetime import UTC, datetime
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
from venues.deribit.credit_pools import Credit, CreditPools
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
from venues.deribit.names import currency_of, instrument_name
from venues.deribit.rest import Lane, RestClient
from venues.deribit.settings import Timeouts
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
        self._room: dict[str, Credit] = {}

    async def room(self, order: UnifiedOrder) -> None:
        """Take the credit of the order's next command. Raises NoRoom if there is none in time."""
        credit = await self._pools.orders.take(self._answer_s)
        if credit is None:
            raise NoRoom(_NO_CREDIT)
        # Some are never used: the order is canceled meanwhile, or its time is up.
        self._room = {name: each for name, each in self._room.items() if each.is_on_its_way}
        self._room[order.venue_client_id] = credit

    async def submit(self, order: UnifiedOrder, listing: Listing) -> SubmitOutcome:
        """Place it at once, to be begun with in time or not at all. `room` went before.

        In time is before its send deadline, and so soon after it was recorded as sent that its
        absence, once proven, is final.
        """
        now = datetime.now(UTC)
        if now >= order.send_deadline:
            return denied("its send deadline has passed; nothing was sent.")
        until = min(self._in_time(order.submitted_at, now), order.send_deadline)
        if now >= until:
            return Unknown("it was recorded as sent too long ago, so it was not sent.")
        params = order_params(order, listing, self._clock.at_ms(until))
        credit = self._room.pop(order.venue_client_id, None)
        try:
            result = await self._send(method_of(order.side), params, Lane.ORDERS, credit)
        except (NoAnswer, VenueSaidNo) as failure:
            return submit_outcome(failure)
        told = result["order"]
        if told["order_state"] == "rejected":
            return Rejected("rejected", str(told.get("reject_reason") or "rejected by the venue"))
        return Accepted(str(told["order_id"]))

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        """By our label: it names the order before and after its trigger, and never another's."""
        credit = await self._pools.orders.take(self._answer_s, urgent=True)
        if credit is None:
            return Unknown(_NO_CREDIT)
        currency = currency_of(instrument_name(order.instrument_id))
        params: Params = {"label": order.venue_client_id, "currency": currency}
        try:
            canceled = await self._send("private/cancel_by_label", params, Lane.CANCELS, credit)
        except (NoAnswer, VenueSaidNo) as failure:
            return cancel_outcome(failure)
        if int(canceled) == 0:
            return CancelRefused(f"the venue has no open order {order.venue_client_id}")
        return CancelTaken()

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        """All of the account, or of one instrument, conditional orders included."""
        credit = await self._pools.cancel_all.take(self._answer_s, urgent=True)
        if credit is None:
            return Unknown(_NO_CREDIT)
        method = "private/cancel_all"
        params: Params = {}
        if instrument_id is not None:
            method = "private/cancel_all_by_instrument"
            params = {"instrument_name": instrument_name(instrument_id), "type": "all"}
        try:
            await self._send(method, params, Lane.CANCELS, credit)
        except (NoAnswer, VenueSaidNo) as failure:
            return cancel_outcome(failure)
        return CancelTaken()

    async def amend(
        self, order: UnifiedOrder, amendment: Amendment, listing: Listing
    ) -> AmendOutcome:
        """Change it in place; `unamendable` must have passed it, and `room` went before."""
        method = "private/edit" if is_iceberg(order) else "private/edit_by_label"
        now = datetime.now(UTC)
        until = self._in_time(order.amend_sent_at, now)
        if now >= until:
            return Unknown("it was recorded as sent too long ago, so it was not sent.")
        params = amend_params(order, amendment, listing, self._clock.at_ms(until))
        credit = self._room.pop(order.venue_client_id, None)
        try:
            await self._send(method, params, Lane.ORDERS, credit)
        except (NoAnswer, VenueSaidNo) as failure:
            return amend_outcome(failure)
        return AmendTaken()

    async def _send(self, method: str, params: Params, lane: Lane, credit: Credit | None) -> Any:
        try:
            result = await self._rest.ask(method, params, self._answer_s, lane)
        except VenueSaidNo as failure:
            if credit is not None:
                credit.answered()
            if failure.code == TOO_MANY_REQUESTS:
                (credit.pool if credit is not None else self._pools.orders).exhausted()
            raise
        if credit is not None:
            credit.answered()
        return result

    def _in_time(self, recorded_at: datetime | None, now: datetime) -> datetime:
        """Until when the venue may begin with what was recorded as sent then: the horizon of "no
        such order" counts from there too. Should the database's clock be ahead, from now."""
        begun = now if recorded_at is None else min(recorded_at, now)
        return begun + self._timeouts.valid_for

    @property
    def _answer_s(self) -> float:
        return self._timeouts.answer.total_seconds()
