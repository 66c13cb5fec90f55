"""A position's profit is what cash says, whatever was traded in whatever order."""

from decimal import Decimal
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from domain.fills import Fill
from domain.positions import Position, after_fill, fold
from domain.sides import Side
from tests.support.orders import a_fill, a_perpetual, an_instrument, an_inverse_perpetual

MARK = Decimal(123)
ROUNDING = Decimal("1e-15")  # averages are divisions, kept to 28 digits

PERPETUAL = a_perpetual(multiplier=Decimal("0.1"))
INVERSE = an_inverse_perpetual()
SPOT = an_instrument()


def fills_with_fees_in(currency: str) -> st.SearchStrategy[list[Fill]]:
    one = st.builds(
        lambda side, lots, cents, fee: a_fill(
            side=side,
            quantity=Decimal(lots) / 10,
            price=Decimal(cents) / 100,
            fee=Decimal(fee) / 10_000,
            fee_currency=currency,
        ),
        st.sampled_from(Side),
        st.integers(1, 100),
        st.integers(5_000, 20_000),
        st.integers(-10, 100),
    )
    return st.lists(one, max_size=15)


def close_to(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < ROUNDING


def cash(fills: list[Fill]) -> Decimal:
    """What the account received, per unit of multiplier."""
    return sum((-fill.side.sign * fill.quantity * fill.price for fill in fills), Decimal(0))


def entry(position: Position) -> Decimal:
    return position.avg_px or MARK


@given(fills_with_fees_in("USDT"))
def test_linear_profit_equals_the_cash_flow_plus_what_is_held(fills: list[Fill]) -> None:
    position = fold(PERPETUAL, "main", fills)
    fees = sum((fill.fee for fill in fills), Decimal(0))
    multiplier = PERPETUAL.multiplier
    unrealized = position.quantity * multiplier * (MARK - entry(position))

    expected = cash(fills) * multiplier + position.quantity * multiplier * MARK - fees
    assert close_to(position.realized + unrealized, expected)


@given(fills_with_fees_in("BTC"))
def test_inverse_profit_equals_the_flow_of_coin_plus_what_is_held(fills: list[Fill]) -> None:
    position = fold(INVERSE, "main", fills)
    fees = sum((fill.fee for fill in fills), Decimal(0))
    face = INVERSE.multiplier
    coin = sum((fill.side.sign * fill.quantity * face / fill.price for fill in fills), Decimal(0))
    unrealized = position.quantity * face * (1 / entry(position) - 1 / MARK)

    expected = coin - position.quantity * face / MARK - fees
    assert close_to(position.realized + unrealized, expected)


@given(fills_with_fees_in("BTC"))
def test_spot_fees_in_base_are_the_only_gap_between_profit_and_cash(fills: list[Fill]) -> None:
    """Coins paid as fees are in `fees`, not in `realized`; each is worth the price of its fill."""
    position = fold(SPOT, "main", fills)
    unrealized = position.quantity * (MARK - entry(position))
    fees_at_fill_price = sum((fill.fee * fill.price for fill in fills), Decimal(0))

    profit = position.realized + unrealized - fees_at_fill_price
    assert close_to(profit, cash(fills) + position.quantity * MARK)


@given(fills_with_fees_in("BNB"))
def test_the_quantity_is_the_signed_sum_and_an_entry_price_exists_while_open(
    fills: list[Fill],
) -> None:
    position = fold(PERPETUAL, "main", fills)

    assert position.quantity == sum((f.side.sign * f.quantity for f in fills), Decimal(0))
    assert (position.avg_px is None) == (position.quantity == 0)


@given(fills_with_fees_in("USDT"), st.integers(0, 15))
def test_a_fold_can_be_continued_where_it_stopped(fills: list[Fill], stop: int) -> None:
    first = fold(PERPETUAL, "main", fills[:stop])
    continued = reduce(lambda p, fill: after_fill(p, PERPETUAL, fill), fills[stop:], first)

    assert continued == fold(PERPETUAL, "main", fills)
