"""What can be traded on a simulated venue, and within which limits."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradable symbol. Prices are in ``quote``, quantities in ``base``.

    ``band_up`` and ``band_down`` bound a limit price as multiples of the reference price.
    ``level_size`` is the quantity of the market maker's first level, ``start_price`` where the
    synthetic market begins, ``basis`` how far this venue quotes from it.
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
