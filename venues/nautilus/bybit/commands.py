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
from venues.nautilus.budgets import OutOfBudget
from venues.nautilus.bybit.rejections import (
    Refusal,
    amend_outcome,
    cancel_outcome,
    submit_outcome,
)
from venues.nautilus.bybit.rest import BybitRest, NoAnswer
from venues.nautilus.bybit.settings import LINEAR_COINS, BybitSettings, Category, Symbol
from venues.port import Amendment

# One request cancels at most so many futures orders, picked at random.
_CANCELED_AT_ONCE = 500
_ROUNDS_MAX = 20
_SPOT_FILTERS = ("Order", "StopOrder", "tpslOrder")


class BybitCommands:
    """One account."""

    def __init__(self, rest: BybitRest, settings: BybitSettings) -> None:
        self._rest = rest
        self._settings = settings

    async def create(self, body: Mapping[str, Any]) -> Accepted | Rejected | Unknown:
        """A new order, whose share of the limits was taken before."""
        try:
            answer = await self._rest.command("/v5/order/create", body, counted=True)
        except (NoAnswer, OutOfBudget) as error:
            return Unknown(str(error))
        if answer.refusal is not None:
            return submit_outcome(answer.refusal)
        return Accepted(str(answer.result.get("orderId", "")))

    async def cancel(self, order: UnifiedOrder) -> CancelOutcome:
        refusal = await self._refusal("/v5/order/cancel", _named(order))
        if isinstance(refusal, Refusal):
            return cancel_outcome(refusal)
        return CancelTaken() if refusal is None else refusal

    async def amend(self, order: UnifiedOrder, amendment: Amendment) -> AmendOutcome:
        terms = {
            "qty": amendment.quantity,
            "price": amendment.price,
            "triggerPrice": amendment.trigger_price,
        }
        new = {name: f"{value.normalize():f}" for name, value in terms.items() if value is not None}
        if not new:
            return AmendRefused("nothing was to be changed.")
        refusal = await self._refusal("/v5/order/amend", _named(order) | new)
        if isinstance(refusal, Refusal):
            return amend_outcome(refusal)
        return AmendTaken() if refusal is None else refusal

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
                answer = await self._rest.command("/v5/order/cancel-all", body)
            except (NoAnswer, OutOfBudget) as error:
                return Unknown(f"no readable reply to the cancel of {body}: {error}")
            if answer.refusal is not None:
                return cancel_outcome(answer.refusal)
            if answer.result.get("success", "1") != "1":
                return CancelRefused(f"the venue did not cancel {body}")
            if len(answer.result.get("list", ())) < _CANCELED_AT_ONCE:
                return CancelTaken()
        return Unknown(f"more orders than could be cancelled: {body}")

    async def _refusal(self, path: str, body: Mapping[str, Any]) -> Refusal | Unknown | None:
        """The venue's refusal, or why nothing is known; None where it agreed."""
        try:
            answer = await self._rest.command(path, body)
        except OutOfBudget as error:
            return Unknown(f"not sent: {error}")
        except NoAnswer as error:
            return Unknown(f"no readable reply: {error}")
        return answer.refusal


def _named(order: UnifiedOrder) -> dict[str, str]:
    return Symbol.of(order.instrument_id).fields | {"orderLinkId": order.venue_client_id}
