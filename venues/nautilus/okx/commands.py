"""Commands, straight to the venue. They answer, also when everything breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from domain.orders import UnifiedOrder
from domain.outcomes import (
    Accepted,
    AmendOutcome,
    AmendRefused,
    AmendTaken,
    CancelOutcome,
    CancelRefused,
    CancelTaken,
    SubmitOutcome,
    Unknown,
)
from venues.nautilus.budgets import OutOfBudget, Urgency
from venues.nautilus.okx import requests
from venues.nautilus.okx.budgets import command_costs
from venues.nautilus.okx.queries import OkxQueries
from venues.nautilus.okx.rejections import (
    Refusal,
    amend_outcome,
    cancel_outcome,
    submit_outcome,
)
from venues.nautilus.okx.rest import NoReply, OkxRest, Row
from venues.nautilus.okx.settings import symbol_of
from venues.port import Amendment, OrderReport, VenueUnreachable

_CANCELED_MOST = 20  # by one request; algo orders at most 10
_ALGOS_MOST = 10


class OkxCommands:
    """One account."""

    def __init__(self, rest: OkxRest, queries: OkxQueries) -> None:
        self._rest = rest
        self._queries = queries
        self._known = {symbol_of(text) for text in rest.settings.instrument_ids}
        self._patience_s = rest.settings.timeouts.answer.total_seconds()

    async def admit(self, order: UnifiedOrder, patience_s: float) -> None:
        """Take a new order's share of the limits. Raises OutOfBudget."""
        path = requests.PLACE_ALGO if order.order_type.is_conditional else requests.PLACE
        costs = self._costs(path, symbol_of(order.instrument_id))
        await self._rest.limits.take(costs, Urgency.SUBMIT, patience_s, order.venue_client_id)

    async def admit_amend(self, order: UnifiedOrder, patience_s: float) -> None:
        """Take an amendment's share: a conditional order may have turned into an ordinary one, and
        then it takes two requests. Raises OutOfBudget."""
        symbol = symbol_of(order.instrument_id)
        costs = self._costs(requests.AMEND, symbol)
        if order.order_type.is_conditional:
            costs |= self._costs(requests.AMEND_ALGO, symbol)
        await self._rest.limits.take(costs, Urgency.SUBMIT, patience_s)

    async def submit(self, path: str, body: dict[str, Any], expiry_ms: int) -> SubmitOutcome:
        """Send a new order, which `admit` has let pass, once."""
        name = str(body.get("algoClOrdId") or body.get("clOrdId"))
        try:
            entry = await self._one(path, body, expiry_ms)
        except Refusal as refusal:
            self._rest.limits.answered(name)
            return submit_outcome(refusal)
        except NoReply as error:
            return Unknown(f"no readable reply to the order: {error}")
        self._rest.limits.answered(name)
        number = str(entry.get("ordId") or entry.get("algoId") or "")
        return Accepted(number) if number else Unknown("the venue gave the order no number")

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        """As an algo order while it waits, as what it turned into after that."""
        request = requests.cancel(order)
        try:
            await self._take(request.path, request.body["instId"])
            if request.path == requests.CANCEL_ALGO:
                return await self._cancel_algo(order, request)
            await self._one(request.path, request.body)
        except Refusal as refusal:
            return cancel_outcome(refusal)
        except (NoReply, OutOfBudget, VenueUnreachable) as error:
            return Unknown(f"the cancel may not have been taken: {error}")
        return CancelTaken()

    async def amend(self, order: UnifiedOrder, change: Amendment) -> AmendOutcome:
        """New terms for a working order, which `admit_amend` has let pass. However many requests it
        takes, none is taken by the venue later than one that goes now."""
        request = requests.amendment(order, change)
        expiry_ms = self._rest.expiry_ms()
        try:
            try:
                await self._one(request.path, request.body, expiry_ms)
            except Refusal as refusal:
                child = await self._child(order) if refusal.is_definite else None
                if child is None or change.trigger_price is not None:
                    raise
                if self._rest.clock.timestamp_ms() >= expiry_ms:
                    return AmendRefused("it took too long to find what the order has turned into.")
                await self._one(requests.AMEND, child | requests.new_terms(change), expiry_ms)
        except Refusal as refusal:
            return amend_outcome(refusal)
        except (NoReply, VenueUnreachable) as error:
            return Unknown(f"the amendment may not have been taken: {error}")
        return AmendTaken()

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        """Every working order of the account, or of one instrument. The venue has no request for
        that, so those that it lists are canceled by number."""
        try:
            orders = [order.report for order in await self._queries.working_orders()]
        except VenueUnreachable as error:
            return Unknown(f"nothing was canceled: {error}")
        wanted = [order for order in orders if instrument_id in (None, order.instrument_id)]
        plain = [order for order in wanted if not self._queries.is_algo(order)]
        algos = [order for order in wanted if self._queries.is_algo(order)]
        batches = [
            *_batches(requests.CANCEL_MANY, "ordId", plain, _CANCELED_MOST),
            *_batches(requests.CANCEL_ALGO, "algoId", algos, _ALGOS_MOST),
        ]
        outcome: CancelOutcome = CancelTaken()
        for path, bodies in batches:
            problem = await self._cancel_batch(path, bodies)
            if problem is not None and not isinstance(outcome, Unknown):
                outcome = problem
        return outcome

    async def _cancel_algo(self, order: UnifiedOrder, request: requests.Request) -> CancelOutcome:
        try:
            await self._one(request.path, [request.body])
        except Refusal as refusal:
            child = await self._child(order) if refusal.is_definite else None
            if child is None:
                return cancel_outcome(refusal)
            await self._take(requests.CANCEL, request.body["instId"])
            await self._one(requests.CANCEL, child)
        return CancelTaken()

    async def _child(self, order: UnifiedOrder) -> dict[str, str] | None:
        """How to name what an algo order has turned into; None if it has not."""
        if not order.order_type.is_conditional:
            return None
        order_id = await self._queries.child_id(order.venue_client_id)
        if order_id is None:
            return None
        return {"instId": symbol_of(order.instrument_id), "ordId": order_id}

    async def _cancel_batch(
        self, path: str, bodies: list[dict[str, str]]
    ) -> CancelRefused | Unknown | None:
        """What went wrong with any of them; that an order is gone already is not wrong."""
        try:
            for symbol in {body["instId"] for body in bodies}:
                amount = sum(body["instId"] == symbol for body in bodies)
                await self._take(path, symbol, amount)
            entries = await self._rest.command(path, bodies)
        except Refusal as refusal:
            return cancel_outcome(refusal)
        except (NoReply, OutOfBudget) as error:
            return Unknown(f"some orders may not have been canceled: {error}")
        problems = [_refusal(entry) for entry in entries]
        left = [problem for problem in problems if problem is not None and not problem.is_gone]
        if len(entries) < len(bodies):
            return Unknown("the venue did not say what became of every cancel")
        return cancel_outcome(left[0]) if left else None

    async def _one(self, path: str, body: Any, expiry_ms: int | None = None) -> Row:
        """Send a command for one order; its entry. Raises Refusal, NoReply."""
        try:
            entries = await self._rest.command(path, body, expiry_ms)
            if len(entries) != 1:
                raise NoReply(f"the venue answered with {len(entries)} entries")
            refusal = _refusal(entries[0])
            if refusal is not None:
                raise refusal
        except Refusal as refusal:
            if refusal.is_too_often:
                symbol = (body[0] if isinstance(body, list) else body)["instId"]
                self._rest.limits.exhausted(self._costs(path, symbol))
            raise
        return entries[0]

    def _costs(self, path: str, symbol: str, amount: int = 1) -> dict[str, int]:
        return command_costs(path, symbol, self._known, amount)

    async def _take(self, path: str, symbol: str, amount: int = 1) -> None:
        """A cancel's share. Raises OutOfBudget."""
        costs = self._costs(path, symbol, amount)
        await self._rest.limits.take(costs, Urgency.CANCEL, self._patience_s)


def _refusal(entry: Row) -> Refusal | None:
    code = str(entry.get("sCode", ""))
    if code == "0":
        return None
    return Refusal(200, code, str(entry.get("sMsg", "")))


def _batches(
    path: str, name: str, orders: Sequence[OrderReport], most: int
) -> Iterable[tuple[str, list[dict[str, str]]]]:
    bodies = [
        {"instId": symbol_of(order.instrument_id), name: order.venue_order_id} for order in orders
    ]
    for start in range(0, len(bodies), most):
        yield path, bodies[start : start + most]
