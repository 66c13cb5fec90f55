"""What a trade costs, and in which asset. Negative amounts are rebates."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import Side

SATOSHI = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fees as fractions of the traded amount."""

    maker: Decimal
    taker: Decimal

    def rate(self, *, is_maker: bool) -> Decimal:
        """The rate of one role."""
        return self.maker if is_maker else self.taker


@dataclass(frozen=True, slots=True)
class Charge:
    """The fee of one trade: a cost in ``asset``."""

    amount: Decimal
    asset: str


class FeePolicy(Protocol):
    """How a venue charges. A front may write its own."""

    def charge(
        self,
        instrument: Instrument,
        side: Side,
        price: Decimal,
        quantity: Decimal,
        *,
        is_maker: bool,
    ) -> Charge:
        """The fee of a trade."""


@dataclass(frozen=True, slots=True)
class RateFees:
    """Fractions of the traded amount, by kind of instrument.

    Spot pays from the asset that it receives if ``spot_from_received``, else from quote; all other
    kinds pay in their settle asset. Amounts are cut to eight decimals.
    """

    rates: Mapping[Kind, FeeRates]
    spot_from_received: bool = True

    def charge(
        self,
        instrument: Instrument,
        side: Side,
        price: Decimal,
        quantity: Decimal,
        *,
        is_maker: bool,
    ) -> Charge:
        """The fee of a trade."""
        rate = self.rates[instrument.kind].rate(is_maker=is_maker)
        amount, asset = instrument.value(price, quantity), instrument.settle
        if instrument.kind is Kind.SPOT and side is Side.BUY and self.spot_from_received:
            amount, asset = quantity, instrument.base
        return Charge((amount * rate).quantize(SATOSHI, ROUND_DOWN), asset)
