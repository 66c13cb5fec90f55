"""A venue's filters at their boundaries."""

from decimal import Decimal

import pytest

from domain.instruments import nonconformity
from tests.support.orders import an_instrument, an_inverse_perpetual

INSTRUMENT = an_instrument(
    tick=Decimal("0.05"),
    lot=Decimal("0.001"),
    min_qty=Decimal("0.01"),
    max_qty=Decimal(100),
    min_notional=Decimal(5),
)


def fault(quantity: str, price: str | None = "100", reference: str | None = "100") -> str | None:
    found = nonconformity(
        INSTRUMENT,
        Decimal(quantity),
        None if price is None else Decimal(price),
        None if reference is None else Decimal(reference),
    )
    return found.code if found else None


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        ("1", "100", None),
        ("1.001", "100", None),
        ("1.0001", "100", "quantity_off_lot"),
        ("0.010", "1000", None),
        ("0.009", "1000", "quantity_below_minimum"),
        ("0", "100", "quantity_below_minimum"),
        ("-1", "100", "quantity_below_minimum"),
        ("100", "100", None),
        ("100.001", "100", "quantity_above_maximum"),
        ("1", "100.05", None),
        ("1", "100.01", "price_off_tick"),
        ("0.05", "100", None),
        ("0.049", "100", "notional_below_minimum"),
        ("1", "-100", "notional_below_minimum"),
    ],
)
def test_a_filter_at_its_boundary(quantity: str, price: str, expected: str | None) -> None:
    assert fault(quantity, price) == expected


def test_trailing_zeros_do_not_make_a_quantity_fall_off_its_lot() -> None:
    assert fault("1.0010000") is None


def test_a_market_order_is_valued_at_the_reference_price() -> None:
    assert fault("0.05", price=None, reference="100") is None
    assert fault("0.05", price=None, reference="99") == "notional_below_minimum"


def test_a_market_order_without_a_reference_is_left_to_the_venue() -> None:
    assert fault("0.01", price=None, reference=None) is None


def test_an_inverse_contract_is_worth_its_face_at_every_price() -> None:
    inverse = an_inverse_perpetual(multiplier=Decimal(100))

    assert inverse.notional(Decimal(3), Decimal(20_000)) == Decimal(300)


def test_a_message_says_what_is_wrong_with_which_instrument() -> None:
    found = nonconformity(INSTRUMENT, Decimal("0.049"), Decimal(100), None)

    assert found is not None
    assert found.message == (
        "value 4.9 USDT is below the minimum 5 of BTCUSDT.BINANCE_SPOT; raise the quantity."
    )
