"""Instruments and what their venue demands of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.orders import OrderRequest, TrailingOffsetType
from domain.sides import Side


class InstrumentKind(StrEnum):
    SPOT = "SPOT"
    PERPETUAL = "PERPETUAL"
    FUTURE = "FUTURE"
    OPTION = "OPTION"
    STOCK = "STOCK"
    FOREX = "FOREX"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One tradable thing at one venue.

    `lot` and `tick` are the steps of quantity and price; `multiplier` is the base quantity (or, for
    inverse contracts, the quote amount) of one contract; `min_notional` is in quote currency.
    `pair` names the asset pair across venues, e.g. BTC/USDT. `expires_at` is None where it does not
    expire. `trading_hours` is the venue's own text of sessions, e.g. IB's liquidHours with its time
    zone; None where it always trades.
    """

    instrument_id: str
    venue: str
    symbol: str
    kind: InstrumentKind
    base: str
    quote: str
    settlement: str
    tick: Decimal
    lot: Decimal
    min_qty: Decimal
    max_qty: Decimal
    min_notional: Decimal
    taker_fee: Decimal
    multiplier: Decimal = Decimal(1)
    inverse: bool = False
    expires_at: datetime | None = None
    trading_hours: str | None = None

    @property
    def pair(self) -> str:
        return f"{self.base}/{self.quote}"

    def base_quantity(self, quantity: Decimal, price: Decimal | None) -> Decimal:
        """The quantity in units of the base asset, as sizes of different venues are compared.

        An inverse contract is worth a fixed amount of quote currency; without a price it counts as
        that amount, which is the larger number.
        """
        units = quantity * self.multiplier
        return units / price if self.inverse and price else units

    def fee_currency(self, side: Side) -> str:
        """What a fill costs its fee in: on a spot market what is received, else what settles."""
        if self.kind is InstrumentKind.SPOT:
            return self.base if side is Side.BUY else self.quote
        return self.settlement

    def notional(self, quantity: Decimal, price: Decimal) -> Decimal:
        """Value in quote currency (linear) or in the contract's quote amount (inverse)."""
        return quantity * self.multiplier * (Decimal(1) if self.inverse else price)


@dataclass(frozen=True, slots=True)
class Nonconformity:
    """Why the venue would refuse these terms. `code` is stable."""

    code: str
    message: str


def nonconformity(
    instrument: Instrument,
    quantity: Decimal,
    price: Decimal | None,
    reference_price: Decimal | None,
) -> Nonconformity | None:
    """Check quantity and price against the instrument's filters; None if they conform.

    `reference_price` values a market order for the minimum notional; without one that check is
    left to the venue.
    """
    name = instrument.instrument_id
    if quantity % instrument.lot:
        return Nonconformity(
            "quantity_off_lot",
            f"quantity {quantity} is not a multiple of the lot {instrument.lot} of {name}.",
        )
    if quantity < instrument.min_qty:
        return Nonconformity(
            "quantity_below_minimum",
            f"quantity {quantity} is below the minimum {instrument.min_qty} of {name}.",
        )
    if quantity > instrument.max_qty:
        return Nonconformity(
            "quantity_above_maximum",
            f"quantity {quantity} is above the maximum {instrument.max_qty} of {name}.",
        )
    if price is not None and price % instrument.tick:
        return Nonconformity(
            "price_off_tick",
            f"price {price} is not a multiple of the tick {instrument.tick} of {name}.",
        )
    value_price = price if price is not None else reference_price
    if value_price is not None:
        value = instrument.notional(quantity, value_price)
        if value < instrument.min_notional:
            return Nonconformity(
                "notional_below_minimum",
                f"value {value.normalize():f} {instrument.quote} is below the minimum "
                f"{instrument.min_notional} of {name}; raise the quantity.",
            )
    return None


def order_nonconformity(
    instrument: Instrument, request: OrderRequest, reference_price: Decimal | None
) -> Nonconformity | None:
    """Check all terms of the order against the instrument's filters; None if they conform.

    Trigger prices and offsets in price are on the tick, a display quantity on the lot. A stop that
    trades at market is worth its trigger price.
    """
    if request.price is None and request.trigger_price is not None:
        reference_price = request.trigger_price
    name = instrument.instrument_id
    in_price = request.trailing_offset_type is TrailingOffsetType.PRICE
    for term, value in (
        ("trigger_price", request.trigger_price),
        ("trailing_offset", request.trailing_offset if in_price else None),
    ):
        if value is not None and value % instrument.tick:
            return Nonconformity(
                f"{term}_off_tick",
                f"{term} {value} is not a multiple of the tick {instrument.tick} of {name}.",
            )
    if request.display_qty is not None and request.display_qty % instrument.lot:
        return Nonconformity(
            "display_qty_off_lot",
            f"display_qty {request.display_qty} is not a multiple of the lot {instrument.lot} "
            f"of {name}.",
        )
    return nonconformity(instrument, request.quantity, request.price, reference_price)
