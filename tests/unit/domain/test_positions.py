"""Positions by example: adding, reducing, turning round, fees, linear and inverse."""

from decimal import Decimal
from typing import Any

import pytest

from domain.fills import Fill
from domain.instruments import Instrument
from domain.positions import Position, fold
from domain.sides import Side
from tests.support.orders import a_fill, a_perpetual, an_instrument, an_inverse_perpetual

ACCOUNT = "main"


def buy(quantity: str, price: str, **changes: Any) -> Fill:
    return a_fill(side=Side.BUY, quantity=Decimal(quantity), price=Decimal(price), **changes)


def sell(quantity: str, price: str, **changes: Any) -> Fill:
    return a_fill(side=Side.SELL, quantity=Decimal(quantity), price=Decimal(price), **changes)


def after(instrument: Instrument, *fills: Fill) -> Position:
    return fold(instrument, ACCOUNT, fills)


def state(position: Position) -> tuple[Decimal, Decimal | None, Decimal]:
    return position.quantity, position.avg_px, position.realized


def test_without_fills_there_is_nothing() -> None:
    assert after(a_perpetual()) == Position(ACCOUNT, a_perpetual().instrument_id)


def test_adding_averages_the_entry_by_quantity() -> None:
    position = after(a_perpetual(), buy("1", "100"), buy("3", "108"))

    assert state(position) == (Decimal(4), Decimal(106), Decimal(0))


def test_reducing_takes_profit_and_keeps_the_entry() -> None:
    position = after(a_perpetual(), buy("4", "100"), sell("1", "110"))

    assert state(position) == (Decimal(3), Decimal(100), Decimal(10))


def test_reducing_a_short_takes_profit_from_a_falling_price() -> None:
    position = after(a_perpetual(), sell("4", "100"), buy("1", "90"))

    assert state(position) == (Decimal(-3), Decimal(100), Decimal(10))


def test_closing_leaves_no_entry_price() -> None:
    position = after(a_perpetual(), buy("4", "100"), sell("4", "99"))

    assert state(position) == (Decimal(0), None, Decimal(-4))


def test_turning_round_closes_first_and_opens_the_rest_at_the_new_price() -> None:
    position = after(a_perpetual(), buy("4", "100"), sell("6", "110"))

    assert state(position) == (Decimal(-2), Decimal(110), Decimal(40))


def test_a_reopened_position_forgets_the_entry_before() -> None:
    position = after(a_perpetual(), buy("1", "100"), sell("1", "100"), buy("1", "50"))

    assert state(position) == (Decimal(1), Decimal(50), Decimal(0))


def test_the_multiplier_scales_profit_but_not_the_entry() -> None:
    position = after(a_perpetual(multiplier=Decimal(10)), buy("4", "100"), sell("1", "103"))

    assert state(position) == (Decimal(3), Decimal(100), Decimal(30))


def test_an_inverse_entry_is_the_harmonic_mean() -> None:
    position = after(an_inverse_perpetual(), buy("10", "20000"), buy("10", "60000"))

    assert position.quantity == 20
    assert position.avg_px == pytest.approx(Decimal(30_000))


def test_an_inverse_profit_is_in_coin() -> None:
    position = after(an_inverse_perpetual(), buy("10", "20000"), sell("10", "25000"))

    # 10 contracts of 100 USD: 1000 / 20000 - 1000 / 25000 BTC
    assert state(position) == (Decimal(0), None, Decimal("0.01"))


def test_an_inverse_short_profits_from_a_falling_price() -> None:
    position = after(an_inverse_perpetual(), sell("10", "25000"), buy("10", "20000"))

    assert position.realized == Decimal("0.01")


def test_a_fee_in_settlement_currency_lowers_the_realised_profit() -> None:
    position = after(a_perpetual(), buy("1", "100", fee=Decimal("0.04"), fee_currency="USDT"))

    assert position.realized == Decimal("-0.04")
    assert position.fees == (("USDT", Decimal("0.04")),)


def test_a_rebate_raises_the_realised_profit() -> None:
    position = after(a_perpetual(), buy("1", "100", fee=Decimal("-0.01"), fee_currency="USDT"))

    assert position.realized == Decimal("0.01")


@pytest.mark.parametrize(
    ("fill", "quantity"),
    [
        (buy("1", "100", fee=Decimal("0.001"), fee_currency="BTC"), "0.999"),
        (sell("1", "100", fee=Decimal("0.001"), fee_currency="BTC"), "-1.001"),
    ],
)
def test_a_spot_fee_in_base_currency_is_paid_out_of_the_quantity(fill: Fill, quantity: str) -> None:
    position = after(an_instrument(), fill)

    assert (position.quantity, position.realized) == (Decimal(quantity), Decimal(0))
    assert position.fees == (("BTC", Decimal("0.001")),)


def test_a_fee_in_a_third_asset_is_only_summed_up() -> None:
    fee: dict[str, Any] = {"fee": Decimal("0.002"), "fee_currency": "BNB"}
    position = after(an_instrument(), buy("1", "100", **fee), buy("1", "100", **fee))

    assert state(position) == (Decimal(2), Decimal(100), Decimal(0))
    assert position.fees == (("BNB", Decimal("0.004")),)


def test_a_perpetuals_fee_in_its_base_does_not_touch_its_quantity() -> None:
    inverse = an_inverse_perpetual()
    position = after(inverse, buy("10", "20000", fee=Decimal("0.00002"), fee_currency="BTC"))

    assert (position.quantity, position.realized) == (Decimal(10), Decimal("-0.00002"))


def test_every_fill_is_counted() -> None:
    assert after(a_perpetual(), buy("1", "1"), sell("1", "1"), buy("1", "1")).fill_count == 3
