"""The venue's filters and their true codes."""

from decimal import Decimal

import pytest

from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.filters import check_futures, check_spot
from venues.simulators.binance.instruments import FUTURES, SPOT
from venues.simulators.matching import Side

D = Decimal
MARK = D(100_000)


@pytest.mark.parametrize(
    ("price", "quantity", "message"),
    [
        ("100000.001", "0.01", "Filter failure: PRICE_FILTER"),
        ("0", "0.01", "Invalid price."),
        ("600000", "0.01", "Filter failure: PERCENT_PRICE_BY_SIDE"),
        ("100000", "0.000001", "Filter failure: LOT_SIZE"),
        ("100000", "0.000015", "Filter failure: LOT_SIZE"),
        ("100000", "9001", "Filter failure: LOT_SIZE"),
        ("100000", "0", "Invalid quantity."),
        ("100000", "0.00004", "Filter failure: NOTIONAL"),
        (None, "1001", "Filter failure: MARKET_LOT_SIZE"),
        (None, "0.00004", "Filter failure: NOTIONAL"),
        ("100000", "0.000000001", "Parameter 'quantity' has too much precision."),
    ],
)
def test_spot_filters(price: str | None, quantity: str, message: str) -> None:
    limit = None if price is None else D(price)
    with pytest.raises(ApiError) as refused:
        check_spot(SPOT["BTCUSDT"], Side.BUY, limit, D(quantity), MARK)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("price", "quantity", "code"),
    [
        ("100000.05", "0.01", -4014),
        ("100000.001", "0.01", -1111),
        ("0", "0.01", -4001),
        ("10", "0.01", -4013),
        ("5000000", "0.01", -4002),
        ("105000.1", "0.01", -4016),
        ("100000", "0", -4003),
        ("100000", "0.0001", -1111),
        ("100000", "10001", -4005),
        (None, "2001", -4005),
        ("99000", "0.001", -4164),
    ],
)
def test_futures_filters(price: str | None, quantity: str, code: int) -> None:
    limit = None if price is None else D(price)
    with pytest.raises(ApiError) as refused:
        check_futures(FUTURES["BTCUSDT"], Side.BUY, limit, D(quantity), MARK, reduce_only=False)
    assert refused.value.code == code


def test_a_futures_sell_may_not_be_priced_far_below_the_mark() -> None:
    with pytest.raises(ApiError) as refused:
        check_futures(FUTURES["BTCUSDT"], Side.SELL, D(94_000), D("0.01"), MARK, reduce_only=False)
    assert refused.value.code == -4024


def test_legal_orders_pass_with_trailing_zeros() -> None:
    check_spot(SPOT["BTCUSDT"], Side.BUY, D("90000.00000000"), D("0.01000000"), MARK)
    check_futures(FUTURES["BTCUSDT"], Side.BUY, D("90000.00"), D("0.010"), MARK, reduce_only=False)
    check_futures(FUTURES["BTCUSDT"], Side.SELL, D("99000"), D("0.001"), MARK, reduce_only=True)
