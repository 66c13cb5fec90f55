"""A symbol's filters: what exchangeInfo declares and what orders are checked against."""

from decimal import Decimal
from typing import Any

from venues.simulators.binance.errors import ApiError, filter_failure
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Side

SPOT_DECIMALS = 8
LEAST_TRAILING_DELTA, MOST_TRAILING_DELTA = 10, 2000
MOST_AMENDS = 10


def check_spot(
    instrument: Instrument,
    side: Side,
    price: Decimal | None,
    quantity: Decimal,
    reference: Decimal,
) -> None:
    """Check a spot order, ``price`` None for a market order; raises ApiError.

    ``reference`` stands for the average price that the real venue computes over five minutes.
    """
    for name, value in (("quantity", quantity), ("price", price)):
        if value is not None:
            _check_number(value, name)
    if price is not None:
        if not instrument.min_price <= price <= instrument.max_price or price % instrument.tick:
            raise filter_failure("PRICE_FILTER")
        if not reference * instrument.band_down <= price <= reference * instrument.band_up:
            raise filter_failure("PERCENT_PRICE_BY_SIDE")
    _check_lot(instrument, quantity)
    if (reference if price is None else price) * quantity < instrument.min_notional:
        raise filter_failure("NOTIONAL")
    if price is None and quantity > instrument.max_market_quantity:
        raise filter_failure("MARKET_LOT_SIZE")


def check_amended(instrument: Instrument, quantity: Decimal, price: Decimal) -> None:
    """Check the new quantity of a spot order; raises ApiError."""
    _check_number(quantity, "newQty")
    _check_lot(instrument, quantity)
    if price * quantity < instrument.min_notional:
        raise filter_failure("NOTIONAL")


def _check_number(value: Decimal, name: str) -> None:
    if decimals(value) > SPOT_DECIMALS:
        raise ApiError(-1111, f"Parameter '{name}' has too much precision.")
    if value == 0:
        raise ApiError(-1013, f"Invalid {name}.")


def _check_lot(instrument: Instrument, quantity: Decimal) -> None:
    within = instrument.min_quantity <= quantity <= instrument.max_quantity
    if not within or quantity % instrument.step:
        raise filter_failure("LOT_SIZE")


def check_stop_price(instrument: Instrument, price: Decimal) -> None:
    """Check a spot stop price; raises ApiError."""
    if decimals(price) > SPOT_DECIMALS:
        raise ApiError(-1111, "Parameter 'stopPrice' has too much precision.")
    if not instrument.min_price <= price <= instrument.max_price or price % instrument.tick:
        raise filter_failure("PRICE_FILTER")


def check_trailing_delta(delta: Decimal) -> None:
    """Check a trailing delta in basis points; raises ApiError."""
    if not LEAST_TRAILING_DELTA <= delta <= MOST_TRAILING_DELTA or delta % 1:
        raise filter_failure("TRAILING_DELTA")


def check_futures(
    instrument: Instrument,
    side: Side,
    price: Decimal | None,
    quantity: Decimal,
    mark: Decimal,
    *,
    reduce_only: bool,
) -> None:
    """Check a futures order, ``price`` None for a market order; raises ApiError."""
    _check_futures_quantity(instrument, quantity, market=price is None)
    if price is not None:
        _check_futures_price(instrument, side, price, mark)
    notional = (mark if price is None else price) * quantity
    if notional < instrument.min_notional and not reduce_only:
        text = (
            f"Order's notional must be no smaller than {instrument.min_notional} "
            "(unless you choose reduce only)."
        )
        raise ApiError(-4164, text)


def check_trigger_price(instrument: Instrument, price: Decimal) -> None:
    """Check a futures trigger or activation price; raises ApiError."""
    if price == 0:
        raise ApiError(-4006, "Stop price less than zero.")
    if decimals(price) > instrument.price_decimals:
        raise ApiError(-1111, "Precision is over the maximum defined for this asset.")
    if price > instrument.max_price:
        raise ApiError(-4017, "Stop price greater than max price.")
    if price % instrument.tick:
        raise ApiError(-4014, "Price not increased by tick size.")


def _check_futures_quantity(instrument: Instrument, quantity: Decimal, *, market: bool) -> None:
    if quantity == 0:
        raise ApiError(-4003, "Quantity less than or equal to zero.")
    if decimals(quantity) > instrument.quantity_decimals:
        raise ApiError(-1111, "Precision is over the maximum defined for this asset.")
    if quantity < instrument.min_quantity:
        raise ApiError(-4004, "Quantity less than min quantity.")
    if quantity > (instrument.max_market_quantity if market else instrument.max_quantity):
        raise ApiError(-4005, "Quantity greater than max quantity.")
    if quantity % instrument.step:
        raise ApiError(-4023, "Quantity not increased by step size.")


def _check_futures_price(instrument: Instrument, side: Side, price: Decimal, mark: Decimal) -> None:
    if price == 0:
        raise ApiError(-4001, "Price less than or equal to zero.")
    if decimals(price) > instrument.price_decimals:
        raise ApiError(-1111, "Precision is over the maximum defined for this asset.")
    if price < instrument.min_price:
        raise ApiError(-4013, "Price less than min price.")
    if price > instrument.max_price:
        raise ApiError(-4002, "Price greater than max price.")
    if price % instrument.tick:
        raise ApiError(-4014, "Price not increased by tick size.")
    highest, lowest = mark * instrument.band_up, mark * instrument.band_down
    if side is Side.BUY and price > highest:
        raise ApiError(-4016, f"Limit price can't be higher than {highest:.2f}.")
    if side is Side.SELL and price < lowest:
        raise ApiError(-4024, f"Limit price can't be lower than {lowest:.2f}.")


def decimals(value: Decimal) -> int:
    """Decimal places that carry digits: trailing zeros do not count."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(-exponent, 0)


def spot_filters(instrument: Instrument) -> list[dict[str, Any]]:
    """The ``filters`` of a spot symbol."""
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": f"{instrument.min_price:.8f}",
            "maxPrice": f"{instrument.max_price:.8f}",
            "tickSize": f"{instrument.tick:.8f}",
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": f"{instrument.min_quantity:.8f}",
            "maxQty": f"{instrument.max_quantity:.8f}",
            "stepSize": f"{instrument.step:.8f}",
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": "0.00000000",
            "maxQty": f"{instrument.max_market_quantity:.8f}",
            "stepSize": "0.00000000",
        },
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": str(instrument.band_up),
            "bidMultiplierDown": str(instrument.band_down),
            "askMultiplierUp": str(instrument.band_up),
            "askMultiplierDown": str(instrument.band_down),
            "avgPriceMins": 5,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": f"{instrument.min_notional:.8f}",
            "applyMinToMarket": True,
            "maxNotional": "9000000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 5,
        },
        {"filterType": "ICEBERG_PARTS", "limit": 10},
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": LEAST_TRAILING_DELTA,
            "maxTrailingAboveDelta": MOST_TRAILING_DELTA,
            "minTrailingBelowDelta": LEAST_TRAILING_DELTA,
            "maxTrailingBelowDelta": MOST_TRAILING_DELTA,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": instrument.max_open_orders},
        {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": MOST_AMENDS},
    ]


def futures_filters(instrument: Instrument) -> list[dict[str, Any]]:
    """The ``filters`` of a futures symbol."""
    places = instrument.price_decimals
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": f"{instrument.min_price:.{places}f}",
            "maxPrice": f"{instrument.max_price:.{places}f}",
            "tickSize": f"{instrument.tick:.{places}f}",
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": str(instrument.min_quantity),
            "maxQty": str(instrument.max_quantity),
            "stepSize": str(instrument.step),
        },
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": str(instrument.min_quantity),
            "maxQty": str(instrument.max_market_quantity),
            "stepSize": str(instrument.step),
        },
        {"filterType": "MAX_NUM_ORDERS", "limit": instrument.max_open_orders},
        {"filterType": "MIN_NOTIONAL", "notional": str(instrument.min_notional)},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": f"{instrument.band_up:.4f}",
            "multiplierDown": f"{instrument.band_down:.4f}",
            "multiplierDecimal": "4",
        },
    ]
