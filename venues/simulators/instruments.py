"""What can be traded on a simulated venue, and within which limits."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a trade in an instrument exchanges."""

    SPOT = "SPOT"  # base against quote, at once
    LINEAR = "LINEAR"  # a contract on ``multiplier`` of base; profit in the settle asset
    INVERSE = "INVERSE"  # a contract worth ``multiplier`` of quote; profit in base
    OPTION = "OPTION"  # a premium in the settle asset against a position
    STOCK = "STOCK"  # cash in the settle asset against a position
    FOREX = "FOREX"  # base against quote on margin: either balance may become negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradable symbol. Quantities are the venue's order units: contracts where it trades them.

    ``band_up`` and ``band_down`` bound a limit price as multiples of the reference price.
    ``level_size`` is the quantity of the market maker's first level, ``start_price`` where the
    synthetic market begins, ``basis`` how far this venue quotes from it. ``underlying`` is what it
    follows: all instruments of one underlying follow one price (by default its base; an option has
    a price of its own). ``settle`` empty means the quote asset, or the base asset of an inverse
    contract.
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_price: Decimal
    max_price: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    max_market_quantity: Decimal
    min_notional: Decimal
    max_open_orders: int
    band_up: Decimal
    band_down: Decimal
    price_decimals: int
    quantity_decimals: int
    start_price: Decimal
    basis: Decimal
    level_size: Decimal
    kind: Kind = Kind.SPOT
    multiplier: Decimal = Decimal(1)
    settle: str = ""
    expires_ns: int | None = None
    underlying: str = ""

    def __post_init__(self) -> None:
        """The settle asset and the underlying that follow from the rest."""
        if not self.settle:
            settle = self.base if self.kind is Kind.INVERSE else self.quote
            object.__setattr__(self, "settle", settle)
        if not self.underlying:
            own = self.kind is Kind.OPTION
            object.__setattr__(self, "underlying", self.symbol if own else self.base)

    def value(self, price: Decimal, quantity: Decimal) -> Decimal:
        """What a quantity is worth at a price: in the settle asset, in quote for SPOT and FOREX."""
        if self.kind is Kind.INVERSE:
            return quantity * self.multiplier / price
        return price * quantity * self.multiplier
