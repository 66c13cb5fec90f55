"""Stories that a venue tells out of order, twice or too late, and what we make of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.order_events import (
    CancelRequested,
    EndedUnsent,
    FillBooked,
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    SubmissionStarted,
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRejected,
)
from domain.order_life import apply
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.order_states import ORDERS
from tests.support.orders import NOW, a_fill, an_order


def lived(order: UnifiedOrder, *events: OrderEvent) -> UnifiedOrder:
    """The order after the events; old news leaves it as it is."""
    for event in events:
        order = apply(order, event, NOW) or order
    return order


def sent() -> UnifiedOrder:
    return lived(an_order(), SubmissionStarted())


def filled(quantity: str, price: str = "100", **changes: Any) -> FillBooked:
    return FillBooked(a_fill(quantity=Decimal(quantity), price=Decimal(price), **changes))


def test_a_fill_before_the_acknowledgement_makes_the_order_known() -> None:
    order = lived(sent(), filled("1", venue_order_id="v7"))

    assert (order.status, order.venue_order_id) == (OrderStatus.PARTIALLY_FILLED, "v7")


def test_a_fill_does_not_replace_the_venues_id_that_we_know() -> None:
    order = lived(sent(), VenueAccepted("v1"), filled("1", venue_order_id="v7"))

    assert order.venue_order_id == "v1"


def test_an_acknowledgement_after_a_fill_is_old_news() -> None:
    order = lived(sent(), filled("1"))

    assert apply(order, VenueAccepted("v1"), NOW) is None


def test_an_acknowledgement_after_the_expiry_of_an_ioc_only_adds_the_venues_id() -> None:
    order = lived(sent(), VenueExpired("nothing to trade with"), VenueAccepted("v1"))

    assert (order.status, order.venue_order_id) == (OrderStatus.EXPIRED, "v1")
    assert order.anomaly is None


def test_a_late_fill_after_a_cancel_is_booked_and_the_order_stays_canceled() -> None:
    order = lived(sent(), VenueAccepted("v1"), VenueCanceled("by us"), filled("1"))

    assert (order.status, order.filled_qty) == (OrderStatus.CANCELED, Decimal(1))
    assert order.reason_code == "canceled_at_venue"


def test_a_late_last_fill_after_a_cancel_fills_the_order() -> None:
    order = lived(sent(), VenueAccepted("v1"), VenueCanceled("by us"), filled("4"))

    assert (order.status, order.reason_code, order.reason) == (OrderStatus.FILLED, None, None)


def test_a_fill_resolves_an_unknown_order_and_takes_its_reason_away() -> None:
    order = lived(sent(), OutcomeUnknown("no answer"), filled("1"))

    assert (order.status, order.reason_code) == (OrderStatus.PARTIALLY_FILLED, None)


def test_an_unknown_order_is_not_rejected_by_more_silence() -> None:
    order = lived(sent(), OutcomeUnknown("no answer"))

    assert apply(order, OutcomeUnknown("still no answer"), NOW) is None


def test_an_overfill_is_booked_and_shown_to_a_person() -> None:
    order = lived(sent(), VenueAccepted("v1"), filled("3"), filled("2"))

    assert (order.status, order.filled_qty) == (OrderStatus.FILLED, Decimal(5))
    assert order.anomaly == "overfilled: 5 of 4"
    assert order.leaves_qty == 0


def test_the_average_price_weighs_each_fill_by_its_quantity() -> None:
    order = lived(sent(), filled("1", "100"), filled("3", "104"))

    assert order.avg_px == Decimal(103)


def test_news_of_an_order_that_we_ended_unsent_reopens_it_for_a_person() -> None:
    order = lived(an_order(), EndedUnsent("deadline_passed", "late"), VenueAccepted("v1"))

    assert (order.status, order.reason_code) == (OrderStatus.ACCEPTED, None)
    assert order.anomaly == "the venue has the order although it was EXPIRED here"


def test_a_repeated_acknowledgement_does_not_reopen_an_order_that_the_venue_refused_later() -> None:
    order = lived(sent(), VenueAccepted("v1"), VenueRejected("-2010", "would take"))

    assert apply(order, VenueAccepted("v1"), NOW) is None


def test_an_order_proven_absent_may_be_sent_again_under_its_id() -> None:
    before = sent()
    after = lived(before, OutcomeUnknown("?"), ProvenAbsent("no such order"), SubmissionStarted())

    assert after.status is OrderStatus.SUBMITTING
    assert after.venue_client_id == before.venue_client_id


def test_a_wish_to_cancel_outlives_a_doubtful_submission() -> None:
    wished = lived(sent(), CancelRequested("desk", NOW), OutcomeUnknown("?"), ProvenAbsent("none"))

    assert wished.cancel_requested_at == NOW


def test_the_first_wish_to_cancel_counts() -> None:
    order = lived(sent(), CancelRequested("desk", NOW))

    assert apply(order, CancelRequested("desk", NOW + timedelta(seconds=1)), NOW) is None


def test_an_order_reduced_to_what_has_traded_is_full_although_a_new_leg_was_to_come() -> None:
    larger_leg = replace(ORDERS["REPLACING"], amend_quantity=Decimal(6))

    order = lived(larger_leg, VenueAmended(quantity=Decimal(1)))

    assert (order.status, order.quantity) == (OrderStatus.FILLED, Decimal(1))


def test_an_order_reduced_to_what_has_traded_is_not_full_while_more_may_be_on_its_way() -> None:
    order = lived(ORDERS["AMENDING"], VenueAmended(quantity=Decimal(1)))

    assert (order.status, order.amend_quantity) == (OrderStatus.PARTIALLY_FILLED, Decimal(6))


def test_every_change_is_dated_and_numbered() -> None:
    later = NOW + timedelta(seconds=1)
    order = apply(an_order(version=3), SubmissionStarted(), later)

    assert order is not None
    assert (order.version, order.updated_at, order.submitted_at) == (4, later, later)
