"""An amend is recorded with its approval, sent once, and followed until its end is certain."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from activities.ports import Decision
from domain.errors import (
    AmendUnderWay,
    ConflictingAmend,
    InvalidOrder,
    OrderFinished,
    TradingStopped,
)
from domain.orders import OrderStatus
from tests.support.amending import amend, settled
from tests.support.order_house import Order, OrderHouse, eventually
from tests.support.scripted_venue import Amend


async def test_new_terms_hold_at_the_venue_and_here(house: OrderHouse) -> None:
    order = await house.place()

    await amend(order, quantity="6", price="99.5")
    row = await settled(order)

    assert (row.quantity, row.price) == (Decimal(6), Decimal("99.5"))
    assert house.venue.terms(order.id) == (Decimal(6), Decimal("99.5"))
    assert house.venue.amended[order.id] == 1
    events = await order.events()
    asked = events.index("AmendRequested")
    assert events[asked : asked + 4] == [
        "AmendRequested",
        "AmendApproved",
        "AmendStarted",
        "VenueAmended",
    ]
    await house.books.assert_audits_hold()


async def test_the_same_amend_again_is_the_same_amend(house: OrderHouse) -> None:
    order = await house.place()

    await amend(order, quantity="6")
    await settled(order)
    again = await amend(order, quantity="6.0")

    assert again.order.quantity == 6
    assert house.venue.amended[order.id] == 1
    with pytest.raises(ConflictingAmend):
        await amend(order, quantity="7")


async def test_while_an_amend_is_under_way_risk_counts_the_larger_quantity(
    house: OrderHouse,
) -> None:
    order = await house.place()
    order.course.amends = [Amend.LOSE]
    order.course.reachable = False

    await amend(order, quantity="6")
    row = await order.row()

    assert (row.quantity, row.reserved_qty) == (Decimal(4), Decimal(6))
    with pytest.raises(AmendUnderWay):
        await amend(order, "a2", quantity="5")


async def test_a_lost_answer_is_asked_for_and_the_amend_not_sent_again(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]

    await amend(order, price="100.5")
    row = await settled(order)

    assert row.price == Decimal("100.5")
    assert house.venue.amended[order.id] == 1


async def test_an_amend_whose_worker_dies_while_sending_is_not_sent_again(
    house: OrderHouse,
) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_AND_HANG]
    await amend(order, quantity="6")
    await eventually(lambda: _sent(order), "the amend is at the venue")

    await house.replace_venue_worker()
    row = await settled(order)

    assert row.quantity == 6
    assert house.venue.amended[order.id] == 1


async def test_an_amend_that_hangs_does_not_hold_up_a_cancel(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_AND_HANG]
    await amend(order, quantity="6")
    await eventually(lambda: _sent(order), "the amend is at the venue")

    await house.books.oms.request_cancel(order.id, by="desk")

    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_an_amend_that_never_arrived_leaves_the_old_terms(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.LOSE]

    await amend(order, quantity="6")
    row = await settled(order)

    assert (row.quantity, row.status) == (Decimal(4), OrderStatus.ACCEPTED)
    assert "VenueRefusedAmend" in await order.events()
    assert house.venue.amended[order.id] == 1


async def test_a_refused_amend_leaves_the_old_terms(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.REFUSE]

    await amend(order, quantity="6")
    row = await settled(order)

    assert (row.quantity, row.status) == (Decimal(4), OrderStatus.ACCEPTED)


async def test_no_fill_is_lost_during_an_amend(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]

    await amend(order, quantity="6")
    await eventually(lambda: _sent(order), "the amend is at the venue")
    house.venue.fill(order.id, "4")  # all of the old quantity, not of the new one
    row = await settled(order)
    assert (row.status, row.filled_qty) == (OrderStatus.PARTIALLY_FILLED, Decimal(4))
    house.venue.fill(order.id, "2")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(6))
    assert (await order.row()).anomaly is None


async def test_an_order_that_fills_before_its_amend_arrives_is_filled(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.LOSE]

    await amend(order, quantity="6")
    house.venue.fill(order.id, "4")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(4))


async def test_a_cancel_gets_through_while_an_amend_is_in_doubt(house: OrderHouse) -> None:
    order = await house.place()
    order.course.amends = [Amend.LOSE]
    order.course.reachable = False
    await amend(order, quantity="6")

    await order.workflow.signal("cancel")
    ended = await order.ended()

    assert ended.status is OrderStatus.CANCELED
    assert not (await order.row()).amend_pending


async def test_an_amend_in_doubt_gets_stuck_and_goes_on_when_the_venue_answers(
    house: OrderHouse,
) -> None:
    order = await house.place()
    order.course.amends = [Amend.OBEY_SILENTLY]
    order.course.reachable = False
    await amend(order, quantity="6")

    assert "**Stuck at: amend**" in await order.stuck()
    order.course.reachable = True
    await order.resolve(Decision.RETRY)

    assert (await settled(order)).quantity == 6


async def test_risk_may_deny_an_amend_and_the_order_stands(house: OrderHouse) -> None:
    order = await house.place()

    answer = await amend(order, quantity="2000")
    again = await amend(order, quantity="2000")

    assert answer.denied is not None
    assert answer.denied.rule == "max_order_notional"
    assert again.denied == answer.denied
    assert (await order.events()).count("AmendDenied") == 1
    assert (await order.row()).quantity == 4


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"quantity": "4"}, InvalidOrder),
        ({"quantity": "1"}, InvalidOrder),
        ({"trigger_price": "90"}, InvalidOrder),
    ],
)
async def test_terms_that_cannot_be_are_refused(
    house: OrderHouse, terms: dict[str, Any], error: type[Exception]
) -> None:
    order = await house.place()
    house.venue.fill(order.id, "1")
    await order.until(OrderStatus.PARTIALLY_FILLED)

    with pytest.raises(error):
        await amend(order, **terms)


async def test_a_finished_order_cannot_be_amended(house: OrderHouse) -> None:
    order = await house.place()
    house.venue.fill(order.id, "4")
    await order.ended()

    with pytest.raises(OrderFinished):
        await amend(order, quantity="6")


async def test_amends_stop_with_trading(house: OrderHouse) -> None:
    order = await house.place()
    await house.books.trading.set(False, by="ann", reason="fire drill")

    with pytest.raises(TradingStopped):
        await amend(order, quantity="6")


async def test_an_amend_that_nobody_sends_in_time_is_dropped_unsent(house: OrderHouse) -> None:
    order = await house.place()
    await house.venue_worker.stop()
    await amend(order, quantity="6")
    await house.books.pool.execute(
        "UPDATE unified_orders SET amend_requested_at = now() - interval '11 s'"
    )

    await house.start_venue_worker()
    row = await settled(order)

    assert row.quantity == 4
    assert "AmendDropped" in await order.events()
    assert house.venue.amended[order.id] == 0


async def test_an_order_that_the_venue_loses_is_shown_to_a_person(house: OrderHouse) -> None:
    order = await house.place()
    await asyncio.sleep(0.5)  # past the venue's horizon
    house.venue.forget(order.id)

    house.venue.restore_stream()

    async def seen() -> bool:
        return (await order.row()).anomaly is not None

    await eventually(seen, "the riddle is on record")
    assert "does not find" in ((await order.row()).anomaly or "")


async def _sent(order: Order) -> bool:
    return order.house.venue.amended[order.id] > 0
