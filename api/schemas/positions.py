"""Positions on the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, Field

from api.schemas.numbers import DecimalText
from domain.positions import Position


class PositionResponse(BaseModel):
    """The net position of one account in one instrument: the fold of all its fills."""

    account_id: str
    instrument_id: str
    quantity: Annotated[DecimalText, Field(description="Signed: short is negative.")]
    avg_px: Annotated[DecimalText | None, Field(description="Entry price of what is open.")]
    realized: Annotated[
        DecimalText, Field(description="Profit taken, in settlement currency, after its fees.")
    ]
    fees: Annotated[dict[str, DecimalText], Field(description="Fees paid, by currency.")]
    fill_count: int

    @classmethod
    def of(cls, position: Position) -> Self:
        return cls(
            account_id=position.account_id,
            instrument_id=position.instrument_id,
            quantity=position.quantity,
            avg_px=position.avg_px,
            realized=position.realized,
            fees=dict(position.fees),
            fill_count=position.fill_count,
        )


class PositionList(BaseModel):
    positions: list[PositionResponse]
