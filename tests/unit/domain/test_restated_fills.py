"""A trade that the venue states anew: the rows sum up to what it says now, nothing is rewritten."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.fills import Fill, restated, restatement, standing, trade_of
from domain.instruments import Instrument
from domain.positions import fold
from tests.support.orders import a_fill, a_perpetual, an_inverse_perpetual

versions = st.lists(
    st.builds(
        lambda quantity, price, fee: a_fill(
            quantity=Decimal(quantity), price=Decimal(price), fee=Decimal(fee)
        ),
        st.integers(0, 4),
        st.integers(99, 101),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=5,
)


def booked(told: list[Fill]) -> list[Fill]:
    """The rows after the venue has told each of these, one after the other."""
    rows: list[Fill] = []
    for fill in told:
        rows += restated(rows, fill) if rows else [fill] * bool(fill.quantity)
    return rows


@given(versions)
def test_the_rows_sum_up_to_what_was_told_last(told: list[Fill]) -> None:
    rows = booked(told)
    stands = standing(rows)

    assert sum(row.quantity for row in rows) == told[-1].quantity
    if told[-1].quantity:
        assert stands is not None
        assert (stands.quantity, stands.price) == (told[-1].quantity, told[-1].price)
    else:
        assert stands is None


@given(versions)
def test_each_row_has_an_id_of_its_own_and_belongs_to_the_trade(told: list[Fill]) -> None:
    ids = [row.trade_id for row in booked(told)]

    assert len(ids) == len(set(ids))
    assert {trade_of(one) for one in ids} <= {"1"}


@given(versions)
def test_what_was_told_last_told_again_adds_nothing(told: list[Fill]) -> None:
    rows = booked(told)

    assert not rows or not restated(rows, told[-1])


@given(versions, st.sampled_from([a_perpetual(), an_inverse_perpetual()]))
def test_a_position_is_as_large_as_if_only_the_last_had_been_told(
    told: list[Fill], instrument: Instrument
) -> None:
    other = a_fill(trade_id="2", quantity=Decimal(3), price=Decimal(98))
    corrected = fold(instrument, "account", [other, *booked(told)])
    right = fold(instrument, "account", [other, *([told[-1]] if told[-1].quantity else [])])

    assert corrected.quantity == right.quantity


@given(versions)
def test_cash_is_as_if_only_the_last_had_been_told(told: list[Fill]) -> None:
    """Realized, and what closing at 100 would bring: linear, so cash is what was paid and got."""
    instrument = a_perpetual()
    close = a_fill(trade_id="2", quantity=Decimal(-1), price=Decimal(100))

    def cash(rows: list[Fill]) -> Decimal:
        position = fold(instrument, "account", rows)
        end = [*rows, a_fill(trade_id="x", quantity=-position.quantity, price=close.price)]
        return fold(instrument, "account", end if position.quantity else rows).realized

    last = [told[-1]] if told[-1].quantity else []
    kept_fee = standing(booked(told))
    unpaid = (last[0].fee - kept_fee.fee) if last and kept_fee else Decimal(0)
    assert round(cash(booked(told)), 15) == round(cash(last) + unpaid, 15)


def test_a_fee_that_came_late_is_no_riddle() -> None:
    stands, told = a_fill(), a_fill(fee=Decimal("0.5"))
    reversal, anew = restated([stands], told)

    assert (reversal.quantity, anew.fee) == (-stands.quantity, Decimal("0.5"))
    assert restatement(stands, told) is None


def test_a_correction_and_a_bust_say_what_is_different() -> None:
    stands = a_fill(quantity=Decimal(2))

    assert "2 at 100" in (restatement(stands, a_fill(quantity=Decimal(1))) or "")
    assert "busted" in (restatement(stands, a_fill(quantity=Decimal(0))) or "")
