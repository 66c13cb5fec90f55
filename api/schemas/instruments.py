"""Instruments on the wire."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.numbers import DecimalText
from domain.instruments import Instrument, InstrumentKind
from domain.sides import Side


class InstrumentResponse(BaseModel):
    """One tradable thing at one venue, as its venue last told it.

    Instruments with the same `pair` and the kind SPOT are one thing to route: an order that names
    the pair goes to the best of them.
    """

    instrument_id: str
    venue: str
    symbol: Annotated[str, Field(description="What the venue calls it.")]
    kind: InstrumentKind
    pair: Annotated[str, Field(description="Base/quote, the same name at every venue.")]
    base: str
    quote: str
    settlement: Annotated[str, Field(description="What profit and margin are counted in.")]
    inverse: Annotated[bool, Field(description="Quantities are in quote, profit is in base.")]
    multiplier: Annotated[
        DecimalText, Field(description="Base (of an inverse contract: quote) of one contract.")
    ]
    tick: DecimalText
    lot: DecimalText
    min_qty: DecimalText
    max_qty: DecimalText
    min_notional: Annotated[DecimalText, Field(description="In quote currency.")]
    taker_fee: Annotated[DecimalText, Field(description="As a fraction of the traded value.")]
    buy_fee_currency: str
    sell_fee_currency: str
    expires_at: AwareDatetime | None
    trading_hours: Annotated[
        str | None, Field(description="The venue's own text of sessions; null: always open.")
    ]

    @classmethod
    def of(cls, known: Instrument) -> Self:
        return cls(
            instrument_id=known.instrument_id,
            venue=known.venue,
            symbol=known.symbol,
            kind=known.kind,
            pair=known.pair,
            base=known.base,
            quote=known.quote,
            settlement=known.settlement,
            inverse=known.inverse,
            multiplier=known.multiplier,
            tick=known.tick,
            lot=known.lot,
            min_qty=known.min_qty,
            max_qty=known.max_qty,
            min_notional=known.min_notional,
            taker_fee=known.taker_fee,
            buy_fee_currency=known.fee_currency(Side.BUY),
            sell_fee_currency=known.fee_currency(Side.SELL),
            expires_at=known.expires_at,
            trading_hours=known.trading_hours,
        )


class InstrumentPage(BaseModel):
    instruments: list[InstrumentResponse]
    next_cursor: Annotated[
        str | None, Field(description="Pass it on for the next page; null on the last one.")
    ]
