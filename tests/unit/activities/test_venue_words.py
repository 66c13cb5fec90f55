"""What a venue's record of an order proves of an amend that was sent to it, and of its end."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from activities.venue_words import end_of_amend, ending_of
from domain.order_events import VenueAmended, VenueRefusedAmend
from domain.orders import OrderStatus
from tests.support.order_states import ORDERS
from tests.support.orders import NOW
from venues.port import OrderReport

AMENDING = ORDERS["AMENDING"]  # from 4 to 6, sent at NOW
LONG_AGO, STILL_ON_ITS_WAY = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


def report(
    status: OrderStatus = OrderStatus.ACCEPTED, filled: str = "1", **terms: Any
) -> OrderReport:
    return OrderReport(
        AMENDING.venue_client_id, "v1", AMENDING.instrument_id, status, Decimal(filled), **terms
    )


def test_the_new_terms_prove_that_it_was_taken() -> None:
    said = report(quantity=Decimal("6.0"), price=Decimal(100))

    assert isinstance(end_of_amend(AMENDING, said, STILL_ON_ITS_WAY), VenueAmended)


def test_the_old_terms_prove_nothing_while_it_may_be_on_its_way() -> None:
    assert end_of_amend(AMENDING, report(quantity=Decimal(4)), STILL_ON_ITS_WAY) is None


def test_the_old_terms_past_the_horizon_prove_that_it_was_not_taken() -> None:
    end = end_of_amend(AMENDING, report(quantity=Decimal(4)), LONG_AGO)

    assert isinstance(end, VenueRefusedAmend)


def test_a_venue_that_does_not_say_the_terms_proves_nothing() -> None:
    assert end_of_amend(AMENDING, report(), LONG_AGO) is None


@pytest.mark.parametrize("quantity", [None, Decimal(4)])
def test_an_order_that_has_ended_on_other_terms_is_not_amended_any_more(
    quantity: Decimal | None,
) -> None:
    said = report(OrderStatus.FILLED, quantity=quantity)

    assert isinstance(end_of_amend(AMENDING, said, STILL_ON_ITS_WAY), VenueRefusedAmend)


def test_what_earlier_legs_traded_counts_to_the_total() -> None:
    second_leg = replace(AMENDING, earlier_filled_qty=Decimal(1), leg=2)

    end = end_of_amend(second_leg, report(quantity=Decimal(5)), STILL_ON_ITS_WAY)
    assert isinstance(end, VenueAmended)


@pytest.mark.parametrize("state", ["ACCEPTED", "REPLACING"])
def test_without_an_amend_in_place_there_is_nothing_to_prove(state: str) -> None:
    assert end_of_amend(ORDERS[state], report(quantity=Decimal(6)), LONG_AGO) is None


@pytest.mark.parametrize("quantity", [None, Decimal(2)])
def test_a_reduced_order_that_is_full_was_amended(quantity: Decimal | None) -> None:
    reducing = replace(AMENDING, amend_quantity=Decimal(2))

    end = end_of_amend(reducing, report(OrderStatus.FILLED, "2", quantity=quantity), LONG_AGO)

    assert end == VenueAmended(quantity=Decimal(2))


def test_the_total_of_a_filled_order_is_what_it_filled() -> None:
    assert ending_of(report(OrderStatus.FILLED, "2")) == VenueAmended(quantity=Decimal(2))


@pytest.mark.parametrize("status", [OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED])
def test_an_order_that_works_has_no_end(status: OrderStatus) -> None:
    assert ending_of(report(status)) is None
