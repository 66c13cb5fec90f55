"""What holds for an order whatever its venue says, in whatever sequence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from domain.order_events import (
    AnomalyAcknowledged,
    CancelRequested,
    ContradictedByVenue,
    FillBooked,
    FoundOpen,
    LegReplaced,
    MissingAtVenue,
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRefusedAmend,
    VenueRefusedCancel,
    VenueRejected,
    VenueTriggered,
)
from domain.order_life import apply
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.order_states import ORDERS
from tests.support.orders import NOW, a_fill

QUANTITIES = {"1": Decimal("0.5"), "2": Decimal(1), "3": Decimal("2.5"), "4": Decimal(3)}
FILLS = [FillBooked(a_fill(trade_id=id_, quantity=qty)) for id_, qty in QUANTITIES.items()]

orders = st.sampled_from(list(ORDERS.values()))
idempotent_news: st.SearchStrategy[OrderEvent] = st.sampled_from(
    [
        VenueAccepted("v1"),
        VenueAccepted("v2"),
        VenueRejected("-2010", "no funds"),
        OutcomeUnknown("no answer"),
        ProvenAbsent("no such order"),
        VenueCanceled("canceled"),
        VenueExpired("expired"),
        CancelRequested("desk", NOW),
        VenueTriggered(),
        VenueAmended(quantity=Decimal(6)),
        VenueAmended(quantity=Decimal("2.5"), price=Decimal(99)),
        VenueRefusedAmend("a1", "no"),
        LegReplaced(ORDERS["REPLACING"].venue_client_id, NOW),
        MissingAtVenue("no such order"),
        FoundOpen("v1"),
        ContradictedByVenue("two under one label"),
        AnomalyAcknowledged("desk", "looked at"),
    ]
)
news = st.lists(
    idempotent_news | st.sampled_from([*FILLS, VenueRefusedCancel("too late")]), max_size=12
)


@dataclass(frozen=True)
class Step:
    before: UnifiedOrder
    event: OrderEvent
    after: UnifiedOrder


def steps(order: UnifiedOrder, events: Sequence[OrderEvent]) -> Iterator[Step]:
    """The order's life. As in the database, each trade is booked once."""
    booked: set[str] = set()
    for event in events:
        if isinstance(event, FillBooked):
            if event.fill.trade_id in booked:
                continue
            booked.add(event.fill.trade_id)
        after = apply(order, event, NOW) or order
        yield Step(order, event, after)
        order = after


@given(orders, news)
def test_the_filled_quantity_is_the_sum_of_the_fills(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    filled, cost = order.filled_qty, order.cum_quote
    for step in steps(order, events):
        if isinstance(step.event, FillBooked):
            filled += step.event.fill.quantity
            cost += step.event.fill.quantity * step.event.fill.price
        assert (step.after.filled_qty, step.after.cum_quote) == (filled, cost)


@given(orders, news)
def test_a_terminal_order_is_reopened_only_for_a_person_to_see(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        if step.before.status.is_terminal and not step.after.status.is_terminal:
            assert step.after.anomaly is not None


@given(orders, news)
def test_an_order_is_filled_exactly_when_its_quantity_is(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        order = step.after
        if order.status is OrderStatus.FILLED:
            assert order.filled_qty >= order.quantity
        elif order.status.is_working and not order.amend_pending:
            assert order.filled_qty < order.quantity


@given(orders, news)
@example(ORDERS["REPLACING"], [FILLS[2], VenueAmended(quantity=Decimal("2.5"))])
def test_only_a_live_order_can_still_trade(order: UnifiedOrder, events: list[OrderEvent]) -> None:
    for step in steps(order, events):
        if step.after.status.is_terminal:
            assert step.after.leaves_qty == step.after.reserved_qty == 0
        elif step.after.status.is_working:
            assert step.after.reserved_qty > 0  # an amend under way may leave nothing of the old


@given(orders, news)
def test_each_event_adds_one_version_or_changes_nothing(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        assert step.after == step.before or step.after.version == step.before.version + 1


@given(orders, news, idempotent_news)
def test_news_told_twice_in_a_row_changes_nothing_the_second_time(
    order: UnifiedOrder, events: list[OrderEvent], event: OrderEvent
) -> None:
    for step in steps(order, [*events, event]):
        order = step.after

    assert apply(order, event, NOW) is None


@given(orders, news)
def test_only_an_order_that_lives_has_an_amend_under_way(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        assert not (step.after.status.is_terminal and step.after.amend_pending)


@given(orders, news)
def test_a_new_leg_is_for_what_the_earlier_ones_left(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        if step.after.leg > step.before.leg:
            assert step.after.status is OrderStatus.APPROVED
            assert step.after.venue_client_id != step.before.venue_client_id
            assert step.after.at_venue.quantity == step.after.quantity - step.before.filled_qty
            assert step.after.at_venue.filled_qty == 0


@given(orders, news)
def test_an_anomaly_stays_until_a_person_has_seen_it(
    order: UnifiedOrder, events: list[OrderEvent]
) -> None:
    for step in steps(order, events):
        if step.before.anomaly is not None and not isinstance(step.event, AnomalyAcknowledged):
            assert step.after.anomaly is not None
