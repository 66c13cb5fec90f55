"""The terms that every order has, whoever sends it: alone or as a leg of a list."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictBool
from pydantic_core import PydanticCustomError

from api.schemas.moments import Moment
from api.schemas.numbers import PositiveDecimal
from domain.order_terms import misfit
from domain.orders import (
    OrderRequest,
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
)


class OrderTerms(BaseModel):
    """How an order is priced, what it waits for, and how long it lives."""

    order_type: OrderType
    price: Annotated[
        PositiveDecimal | None,
        Field(description="In quote currency; for LIMIT, STOP_LIMIT and TAKE_PROFIT_LIMIT."),
    ] = None
    trigger_price: Annotated[
        PositiveDecimal | None,
        Field(description="Where a stop or take-profit begins to trade; for these only."),
    ] = None
    trigger_type: Annotated[
        TriggerType | None,
        Field(description="Which price the trigger watches; the venue's own choice without it."),
    ] = None
    trailing_offset: Annotated[
        PositiveDecimal | None,
        Field(description="How far a trailing stop stays behind the market."),
    ] = None
    trailing_offset_type: TrailingOffsetType | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expire_at: Annotated[
        Moment | None, Field(description="When a GTD order ends; for GTD only.")
    ] = None
    post_only: Annotated[
        StrictBool, Field(description="Refuse to take liquidity; LIMIT with GTC or GTD only.")
    ] = False
    reduce_only: Annotated[
        StrictBool, Field(description="Only shrink the position; derivatives only.")
    ] = False
    display_qty: Annotated[
        PositiveDecimal | None,
        Field(description="What others see of a LIMIT order; the whole of it without this."),
    ] = None

    def terms(self) -> dict[str, Any]:
        """As fields of an OrderRequest."""
        return {name: getattr(self, name) for name in OrderTerms.model_fields}


def require_fitting(request: OrderRequest) -> None:
    """Raises what pydantic makes a fault of the field that is to blame."""
    fault = misfit(request)
    if fault is not None:
        raise unfitting(fault.code, fault.field, fault.message)


def unfitting(code: str, field: str, message: str) -> PydanticCustomError:
    """A fault between fields; `field` is the one to blame."""
    return PydanticCustomError(code, message, {"field": field})
