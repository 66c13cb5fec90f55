"""The symbols of the simulated Bybit, with the real venue's steps and minimums.

The venue names a symbol within a category, so ``BTCUSDT`` is two instruments. The exchange knows
them as ``BTCUSDT-SPOT`` and ``BTCUSDT-LINEAR``.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.fees import FeeRates
from venues.simulators.instruments import Instrument, Kind

D = Decimal

# The real venue allows 500 working orders per symbol; paper trading and benches need more.
MAX_OPEN_ORDERS = 10_000

_CONTRACT_FEES = FeeRates(maker=D("0.0002"), taker=D("0.00055"))
FEES = {
    Kind.SPOT: FeeRates(maker=D("0.001"), taker=D("0.001")),
    Kind.LINEAR: _CONTRACT_FEES,
    Kind.INVERSE: _CONTRACT_FEES,
}


class Category(StrEnum):
    """What the venue divides its symbols into."""

    SPOT = "spot"
    LINEAR = "linear"
    INVERSE = "inverse"

    @property
    def is_spot(self) -> bool:
        """Spot trades balances; the others trade positions."""
        return self is Category.SPOT


@dataclass(frozen=True, slots=True)
class Product:
    """An instrument as the venue lists it."""

    category: Category
    symbol: str
    instrument: Instrument

    @property
    def name(self) -> str:
        """The exchange's own name for it."""
        return self.instrument.symbol

    def price(self, value: Decimal) -> str:
        """A price with the decimals of the tick."""
        return f"{value:.{self.instrument.price_decimals}f}"

    def quantity(self, value: Decimal) -> str:
        """A quantity with the decimals of the step."""
        return f"{value:.{self.instrument.quantity_decimals}f}"


def _product(
    category: Category,
    base: str,
    quote: str,
    *,
    tick: str,
    step: str,
    lowest: str,
    highest: str,
    market: str,
    notional: str,
    start: str,
    basis: str,
    level: str,
) -> Product:
    kinds = {
        Category.SPOT: Kind.SPOT,
        Category.LINEAR: Kind.LINEAR,
        Category.INVERSE: Kind.INVERSE,
    }
    symbol = base + quote
    instrument = Instrument(
        symbol=f"{symbol}-{category.upper()}",
        base=base,
        quote=quote,
        tick=D(tick),
        step=D(step),
        min_price=D(tick),
        max_price=D("1999999.80"),
        min_quantity=D(lowest),
        max_quantity=D(highest),
        max_market_quantity=D(market),
        min_notional=D(notional),
        max_open_orders=MAX_OPEN_ORDERS,
        band_up=D("1.05"),
        band_down=D("0.95"),
        price_decimals=_decimals(tick),
        quantity_decimals=_decimals(step),
        start_price=D(start),
        basis=D(basis),
        level_size=D(level),
        kind=kinds[category],
        underlying=base,
    )
    return Product(category, symbol, instrument)


def _decimals(step: str) -> int:
    return len(step.partition(".")[2])


_TABLE = (
    _product(
        Category.SPOT, "BTC", "USDT", tick="0.1", step="0.000001", lowest="0.000011",
        highest="83", market="41.5", notional="5", start="100000", basis="0", level="1",
    ),
    _product(
        Category.SPOT, "ETH", "USDT", tick="0.01", step="0.00001", lowest="0.00029",
        highest="1229", market="614", notional="5", start="3500", basis="0", level="20",
    ),
    _product(
        Category.LINEAR, "BTC", "USDT", tick="0.10", step="0.001", lowest="0.001",
        highest="1190.000", market="500.000", notional="5", start="100000", basis="15", level="2",
    ),
    _product(
        Category.LINEAR, "ETH", "USDT", tick="0.01", step="0.01", lowest="0.01",
        highest="7240.00", market="3620.00", notional="5", start="3500", basis="0.5", level="40",
    ),
    _product(
        Category.INVERSE, "BTC", "USD", tick="0.50", step="1", lowest="1",
        highest="25000000", market="5000000", notional="1", start="100000", basis="10",
        level="200000",
    ),
)  # fmt: skip

PRODUCTS = {product.name: product for product in _TABLE}
INSTRUMENTS = {product.name: product.instrument for product in _TABLE}
_BY_SYMBOL = {(product.category, product.symbol): product for product in _TABLE}


def category_of(text: object) -> Category:
    """The category that a request names; raises ApiError."""
    try:
        return Category(str(text))
    except ValueError:
        raise ApiError(10001, f"Illegal category: {text}") from None


def product_of(category: Category, symbol: str) -> Product:
    """The product that a request names; raises ApiError."""
    product = _BY_SYMBOL.get((category, symbol))
    if product is not None:
        return product
    if category.is_spot:
        raise ApiError(170121, "Invalid symbol.")
    raise parameter(f"symbol invalid {symbol}")


def products_in(category: Category) -> list[Product]:
    """All products of a category."""
    return [product for product in _TABLE if product.category is category]
