"""Commands to orders that live: amend one, cancel many."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from api.schemas.names import ListedName
from api.schemas.numbers import PositiveDecimal
from api.schemas.orders import OrderResponse
from api.schemas.terms import unfitting
from domain.amendment import AmendWish
from domain.identifiers import CLIENT_ORDER_ID, STRATEGY_ID
from domain.orders import OrderStatus


class AmendSubmission(BaseModel):
    """New terms for a working order. What is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"amend_id": "tighten-1", "price": "100500"}]},
    )

    amend_id: Annotated[
        str,
        Field(
            pattern=CLIENT_ORDER_ID.pattern,
            description="Your own id, new for each amend of the order: the same one again is the "
            "same amend.",
        ),
    ]
    quantity: Annotated[
        PositiveDecimal | None, Field(description="The new total, what has traded included.")
    ] = None
    price: PositiveDecimal | None = None
    trigger_price: PositiveDecimal | None = None
    replace: Annotated[
        StrictBool,
        Field(
            description="Where the venue cannot amend in place: cancel, wait for the end, and send "
            "the rest as a new leg of the same order. It loses its place in the queue."
        ),
    ] = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.quantity is self.price is self.trigger_price is None:
            raise unfitting("nothing_to_amend", "quantity", "send at least one new term")
        return self

    def wish(self, by: str) -> AmendWish:
        return AmendWish(
            self.amend_id, by, self.quantity, self.price, self.trigger_price, self.replace
        )


class AmendOutcome(StrEnum):
    """What became of an amend that was not refused."""

    PENDING = "PENDING"
    TAKEN = "TAKEN"
    REPLACED = "REPLACED"


class AmendResponse(BaseModel):
    """The amend and the order as it stands. TAKEN: the venue has the new terms. REPLACED: a new
    leg with the new terms takes the old one's place."""

    amend_id: str
    outcome: AmendOutcome
    order: OrderResponse


class CancelAllSubmission(BaseModel):
    """Which orders to cancel: all that match every scope given."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"strategy_id": "demo"}, {"all": True}]}
    )

    strategy_id: Annotated[str | None, Field(pattern=STRATEGY_ID.pattern)] = None
    venue: ListedName | None = None
    instrument_id: ListedName | None = None
    everything: Annotated[
        StrictBool, Field(alias="all", description="Without any scope. Operators only.")
    ] = False

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        scoped = any((self.strategy_id, self.venue, self.instrument_id))
        if scoped == self.everything:
            message = "send strategy_id, venue or instrument_id, or all=true and none of them"
            raise unfitting("scope_or_all", "all", message)
        return self


class CanceledOrder(BaseModel):
    """One order that was asked to end; terminal where it ended unsent or had just ended."""

    order_id: str
    strategy_id: str
    instrument_id: str
    status: OrderStatus


class CancelAllResponse(BaseModel):
    """What was asked to end: on record, and on its way to the venues. Look at the orders for their
    ends; an order that was being placed at this very moment is not among them."""

    orders: list[CanceledOrder]
    order_lists: Annotated[list[str], Field(description="Lists that send no more legs.")]
