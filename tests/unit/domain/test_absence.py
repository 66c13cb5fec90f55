"""What it proves that a venue does not find an order."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.absence import absence
from domain.order_events import MissingAtVenue, ProvenAbsent
from domain.order_life import apply
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.order_states import ORDERS
from tests.support.orders import NOW

HORIZON = timedelta(seconds=4)
LATER = NOW + HORIZON


def verdict(
    order: UnifiedOrder, asked_at: datetime, records_since: datetime | None = None
) -> ProvenAbsent | MissingAtVenue | None:
    return absence(
        order, "no such order", asked_at=asked_at, horizon=HORIZON, records_since=records_since
    )


@pytest.mark.parametrize("state", ["SUBMITTING", "UNKNOWN", "ACCEPTED"])
def test_before_the_horizon_it_proves_nothing(state: str) -> None:
    assert verdict(ORDERS[state], LATER - timedelta(microseconds=1)) is None


@pytest.mark.parametrize("state", ["SUBMITTING", "UNKNOWN"])
def test_an_order_in_doubt_is_absent_after_it(state: str) -> None:
    assert isinstance(verdict(ORDERS[state], LATER), ProvenAbsent)


def test_a_confirmed_order_is_a_riddle() -> None:
    assert isinstance(verdict(ORDERS["ACCEPTED"], LATER), MissingAtVenue)


def test_records_that_begin_after_the_submission_prove_nothing_and_a_person_is_told() -> None:
    order = ORDERS["UNKNOWN"]
    said = verdict(order, LATER, records_since=NOW + timedelta(seconds=1))

    assert isinstance(said, MissingAtVenue)
    after = apply(order, said, LATER)
    assert after is not None
    assert (after.status, bool(after.anomaly)) == (OrderStatus.UNKNOWN, True)


def test_records_that_reach_back_to_the_submission_are_enough() -> None:
    assert isinstance(verdict(ORDERS["UNKNOWN"], LATER, records_since=NOW), ProvenAbsent)


def test_what_is_proven_of_one_submission_says_nothing_of_the_next() -> None:
    proven = verdict(ORDERS["UNKNOWN"], LATER)
    sent_again = replace(ORDERS["UNKNOWN"], submitted_at=LATER)

    assert proven is not None
    assert apply(sent_again, proven, LATER) is None
