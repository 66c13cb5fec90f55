"""Whether a price and a quantity are ones that a symbol takes; raises ApiError with its words."""

from decimal import Decimal

from venues.simulators.bybit.errors import ApiError
from venues.simulators.bybit.instruments import Category, Product
from venues.simulators.matching import Side


def check_terms(
    product: Product,
    side: Side,
    price: Decimal | None,
    quantity: Decimal,
    mark: Decimal,
    *,
    reduce_only: bool,
) -> None:
    """Check an order's terms; ``price`` None for a market order, which is valued at ``mark``."""
    if product.category.is_spot:
        _check_spot(product, price, quantity)
    else:
        _check_contract(product, price, quantity)
    if price is not None:
        _check_band(product, side, price, mark)
    _check_value(product, (mark if price is None else price), quantity, reduce_only=reduce_only)


def check_price(product: Product, price: Decimal) -> None:
    """Check that a price lies on the tick and within the symbol's range."""
    instrument, spot = product.instrument, product.category.is_spot
    if price % instrument.tick:
        raise ApiError(170134, "Order price has too many decimals.") if spot else _invalid("Price")
    if price > instrument.max_price:
        raise ApiError(170132, "Order price too high.") if spot else _out_of_range()
    if price < instrument.min_price:
        raise ApiError(170133, "Order price too low.") if spot else _out_of_range()


def price_limits(product: Product, mark: Decimal) -> tuple[Decimal, Decimal]:
    """The highest price of a buy and the lowest of a sell."""
    return mark * product.instrument.band_up, mark * product.instrument.band_down


def _check_spot(product: Product, price: Decimal | None, quantity: Decimal) -> None:
    instrument = product.instrument
    if quantity % instrument.step:
        raise ApiError(170137, "Order quantity has too many decimals.")
    if quantity < instrument.min_quantity:
        raise ApiError(170136, "Order quantity exceeded lower limit.")
    highest = instrument.max_market_quantity if price is None else instrument.max_quantity
    if quantity > highest:
        raise ApiError(170124, "Order quantity exceeded upper limit.")
    if price is not None:
        check_price(product, price)


def _check_contract(product: Product, price: Decimal | None, quantity: Decimal) -> None:
    instrument = product.instrument
    if quantity % instrument.step:
        raise _invalid("Qty")
    if quantity < instrument.min_quantity:
        raise ApiError(10001, "The number of contracts exceeds minimum limit allowed")
    highest = instrument.max_market_quantity if price is None else instrument.max_quantity
    if quantity > highest:
        raise ApiError(10001, "The number of contracts exceeds maximum limit allowed: too large")
    if price is not None:
        check_price(product, price)


def _check_band(product: Product, side: Side, price: Decimal, mark: Decimal) -> None:
    highest, lowest = price_limits(product, mark)
    too_high, too_low = side is Side.BUY and price > highest, side is Side.SELL and price < lowest
    if not (too_high or too_low):
        return
    if not product.category.is_spot:
        raise _out_of_range()
    if too_high:
        raise ApiError(
            170193, f"Buy order price cannot be higher than {product.price(highest)}USDT."
        )
    raise ApiError(170194, f"Sell order price cannot be lower than {product.price(lowest)}USDT.")


def _check_value(product: Product, price: Decimal, quantity: Decimal, *, reduce_only: bool) -> None:
    least = product.instrument.min_notional
    if product.category.is_spot:
        if price * quantity < least:
            raise ApiError(170140, "Order value exceeded lower limit.")
        return
    too_small = product.instrument.value(price, quantity) < least
    if too_small and not reduce_only and product.category is Category.LINEAR:
        raise ApiError(110094, f"Order does not meet minimum order value {least}USDT")


def _invalid(name: str) -> ApiError:
    return ApiError(10001, f"{name} invalid")


def _out_of_range() -> ApiError:
    return ApiError(110003, "Order price exceeds the allowable range.")
