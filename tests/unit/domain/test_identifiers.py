"""Ids are pure functions of their inputs, legal at every venue, and never shared."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.identifiers import (
    CLIENT_ORDER_ID,
    STRATEGY_ID,
    is_order_id,
    order_id_for,
    order_id_of_venue_client_id,
    venue_client_id,
    workflow_id_for,
)

VENUE_LENGTH_MAX = 32  # OKX, the strictest

owners = st.tuples(
    st.from_regex(STRATEGY_ID, fullmatch=True), st.from_regex(CLIENT_ORDER_ID, fullmatch=True)
)
# Few letters, so that the two ids of different owners often add up to the same text.
confusable = st.tuples(
    st.from_regex(r"[ab][ab_-]{0,4}", fullmatch=True),
    st.from_regex(r"[ab][ab._:-]{0,4}", fullmatch=True),
)


def test_an_order_keeps_its_id_over_releases() -> None:
    """A changed derivation would send the orders of the day before again, under new ids."""
    assert order_id_for("demo", "order-1") == "ovjsh5u5if6tufmtfwyo45xn"


@given(owners)
def test_every_id_that_a_venue_sees_is_short_and_alphanumeric(owner: tuple[str, str]) -> None:
    client_id = venue_client_id(order_id_for(*owner), 99)

    assert re.fullmatch(r"[a-z0-9]+", client_id)
    assert len(client_id) <= VENUE_LENGTH_MAX


def test_many_orders_have_many_ids() -> None:
    ids = {order_id_for(f"s{n % 7}", f"order-{n}") for n in range(50_000)}

    assert len(ids) == 50_000


@settings(max_examples=500)
@given(confusable, confusable)
def test_different_orders_have_different_order_ids(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (order_id_for(*one) == order_id_for(*other)) == (one == other)


@settings(max_examples=500)
@given(confusable, confusable)
def test_different_orders_have_different_workflows(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (workflow_id_for(*one) == workflow_id_for(*other)) == (one == other)


def test_hyphens_do_not_make_two_orders_share_a_workflow() -> None:
    assert workflow_id_for("demo-a", "1") != workflow_id_for("demo", "a-1")


def test_a_workflow_can_be_read_by_a_person() -> None:
    assert workflow_id_for("demo", "order-1") == "order-demo-order-1"


@given(owners, st.integers(1, 99))
def test_our_order_is_found_again_in_what_a_venue_says(owner: tuple[str, str], leg: int) -> None:
    order_id = order_id_for(*owner)

    assert order_id_of_venue_client_id(venue_client_id(order_id, leg)) == order_id


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "web_4f0b1c",
        "x-Cb7ytekJ5c3a6d3f0a",
        order_id_for("demo", "order-1"),
        order_id_for("demo", "order-1") + "1",
        order_id_for("demo", "order-1") + "001",
        order_id_for("demo", "order-1").upper() + "01",
    ],
)
def test_an_order_of_somebody_else_is_not_taken_for_ours(foreign: str) -> None:
    assert order_id_of_venue_client_id(foreign) is None


def test_the_legs_of_an_order_have_different_ids() -> None:
    order_id = order_id_for("demo", "order-1")

    assert len({venue_client_id(order_id, leg) for leg in range(1, 100)}) == 99


@pytest.mark.parametrize("leg", [0, -1, 100])
def test_a_leg_that_would_break_the_form_of_the_id_is_refused(leg: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 99"):
        venue_client_id(order_id_for("demo", "order-1"), leg)


@pytest.mark.parametrize("text", ["", "o", "../etc/passwd", "x" * 24, "o" + "A" * 23])
def test_other_text_is_no_order_id(text: str) -> None:
    assert not is_order_id(text)


def test_an_order_id_is_one() -> None:
    assert is_order_id(order_id_for("demo", "order-1"))
