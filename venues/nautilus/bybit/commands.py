"""Commands to Bybit by REST. They answer with an outcome whatever breaks, and go out once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
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
    Rejected,
    Unknown,
)
from venues.nautilus.budgets import OutOfBudget, Urgency
from venues.nautilus.bybit.order_body import STOP_FILTER
from venues.nautilus.bybit.rejections import amend_outcome, cancel_outcome, submit_outcome
from venues.nautilus.bybit.rest import BybitRest, NoAnswer
from venues.nautilus.bybit.settings import LINEAR_COINS, BybitSettings, Category, Symbol
from venues.port import Amendment

CREATE, AMEND = "/v5/order/create", "/v5/order/amend"

# One request cancels at most so many futures orders, picked at random.
_CANCELED_AT_ONCE = 500
_ROUNDS_MAX = 20
_SPOT_FILTERS = ("Order", STOP_FILTER, "tpslOrder")


class BybitCommands:
    """One account."""

    def __init__(self, rest: BybitRest, settings: BybitSettings) -> None:
        self._rest = rest
        self._settings = settings

    async def admit(self, path: str, order: UnifiedOrder, patience_s: float) -> None:
        """Take the share of the limits of a new order or an amendment. Raises OutOfBudget."""
        cost = self._rest.limits.cost(path, Symbol.of(order.instrument_id).category.value)
        name = order.venue_client_id if path == CREATE else None
        await self._rest.limits.take(cost, Urgency.SUBMIT, patience_s, name)

    async def create(self, body: Mapping[str, Any], stamp_ms: int) -> Accepted | Rejected | Unknown:
        """A new order, which `admit` has let pass and which had to go at `stamp_ms`."""
        try:
            answer = await self._rest.command(CREATE, body, stamp_ms=stamp_ms)
        except NoAnswer as error:
            return Unknown(str(error))
        self._rest.limits.answered(str(body["orderLinkId"]))
        if answer.refusal is not None:
            return submit_outcome(answer.refusal)
        return Accepted(str(answer.result.get("orderId", "")))

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        named = _named(order)
        if named["category"] == Category.SPOT and order.order_type.is_conditional:
            # Without the filter, spot looks among plain orders only.
            outcome = await self._cancelled(named | {"orderFilter": STOP_FILTER})
            if not isinstance(outcome, CancelRefused):
                return outcome
            # It may have triggered: then it is an order like any other.
        return await self._cancelled(named)

    async def _cancelled(self, body: Mapping[str, str]) -> CancelOutcome:
        try:
            answer = await self._rest.cancel("/v5/order/cancel", body)
        except OutOfBudget as error:
            return Unknown(f"not sent: {error}")
        except NoAnswer as error:
            return Unknown(f"no readable reply: {error}")
        return CancelTaken() if answer.refusal is None else cancel_outcome(answer.refusal)

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        """New terms, which `admit` has let pass."""
        terms = {
            "qty": amendment.quantity,
            "price": amendment.price,
            "triggerPrice": amendment.trigger_price,
        }
        new = {name: f"{value.normalize():f}" for name, value in terms.items() if value is not None}
        if not new:
            return AmendRefused("nothing was to be changed.")
        try:
            answer = await self._rest.command(AMEND, _named(order) | new)
        except NoAnswer as error:
            return Unknown(f"no readable reply: {error}")
        return AmendTaken() if answer.refusal is None else amend_outcome(answer.refusal)

    async def cancel_all(self, instrument_id: str | None) -> CancelOutcome:
        """Everything of one instrument, or of the account: a request for each part of it."""
        bodies = list(self._parts(instrument_id))
        outcomes = await asyncio.gather(*(self._cancel_part(body) for body in bodies))
        for kind in (Unknown, CancelRefused):
            for outcome in outcomes:
                if isinstance(outcome, kind):
                    return outcome
        return CancelTaken()

    def _parts(self, instrument_id: str | None) -> list[dict[str, str]]:
        if instrument_id is not None:
            scopes = [Symbol.of(instrument_id).fields]
        else:
            scopes = [
                scope for category in self._settings.categories for scope in self._all(category)
            ]
        return [
            scope | extra
            for scope in scopes
            for extra in (
                [{"orderFilter": name} for name in _SPOT_FILTERS]
                if scope["category"] == Category.SPOT
                else [{}]
            )
        ]

    def _all(self, category: Category) -> list[dict[str, str]]:
        named = {"category": category.value}
        match category:
            case Category.SPOT:
                return [named]
            case Category.LINEAR:
                return [named | {"settleCoin": coin} for coin in LINEAR_COINS]
            case Category.INVERSE:
                used = {s.name for s in self._settings.symbols if s.category is category}
                return [named | {"symbol": name} for name in sorted(used)]

    async def _cancel_part(self, body: dict[str, str]) -> CancelOutcome:
        for _ in range(_ROUNDS_MAX):
            try:
                answer = await self._rest.cancel("/v5/order/cancel-all", body)
            except (NoAnswer, OutOfBudget) as error:
                return Unknown(f"no readable reply to the cancel of {body}: {error}")
            if answer.refusal is not None:
                return cancel_outcome(answer.refusal)
            if answer.result.get("success", "1") != "1":
                return CancelRefused(f"the venue did not cancel {body}")
            if len(answer.result.get("list", ())) < _CANCELED_AT_ONCE:
                return CancelTaken()
        return Unknown(f"more orders than could be cancelled: {body}")


def _named(order: UnifiedOrder) -> dict[str, str]:
    return Symbol.of(order.instrument_id).fields | {"orderLinkId": order.venue_client_id}
