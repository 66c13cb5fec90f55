"""The orders that nothing happens to but trading."""

from decimal import Decimal

from domain.orders import OrderStatus, OrderType
from tests.support.books import SPOT
from tests.support.order_house import OrderHouse, eventually
from tests.support.scripted_venue import Submit


async def test_an_accepted_order_is_followed_to_its_last_fill(house: OrderHouse) -> None:
    order = await house.place()

    house.venue.fill(order.id, "1", "99")
    house.venue.fill(order.id, "3", "100")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(4))
    assert ended.avg_px == Decimal("99.75")
    assert order.sent == 1
    assert await order.events() == [
        "OrderReceived",
        "OrderRouted",
        "RiskApproved",
        "SubmissionStarted",
        "VenueAccepted",
        "FillBooked",
        "FillBooked",
    ]
    await house.books.assert_audits_hold()


async def test_a_refusal_of_the_venue_ends_the_order_in_the_venues_words(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.REJECT]

    await order.start()
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.REJECTED, "-2010")
    assert ended.reason == "Account has insufficient balance"
    assert order.sent == 1


async def test_an_order_that_risk_denies_never_reaches_the_venue(house: OrderHouse) -> None:
    order = house.order(quantity=Decimal(1_001))

    await order.start()
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.DENIED, "max_order_notional")
    assert order.sent == 0


async def test_an_order_for_an_unknown_instrument_is_denied(house: OrderHouse) -> None:
    order = house.order(instrument_id="LUNAUSDT.BINANCE_SPOT")

    await order.start()
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.DENIED, "routing")


async def test_the_same_order_started_twice_is_sent_once(house: OrderHouse) -> None:
    order = house.order()

    began = [await order.start(), await order.start()]
    await order.until(OrderStatus.ACCEPTED)

    assert began == [True, False]
    assert order.sent == 1


async def test_an_order_that_has_ended_cannot_be_started_again(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.REJECT]
    await order.start()
    await order.ended()

    assert await order.start() is False
    assert order.sent == 1


async def test_a_market_order_that_fills_at_once_needs_no_nudge(house: OrderHouse) -> None:
    order = house.order(order_type=OrderType.MARKET, price=None)
    order.course.fills_at_once = True

    await order.start()
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert order.sent == 1


async def test_a_fill_told_before_the_acknowledgement_and_twice_counts_once(
    house: OrderHouse,
) -> None:
    order = await house.place()

    second = house.venue.fill(order.id, "1", "101", told=False)
    first = house.venue.fill(order.id, "2", "100", told=False)
    house.venue.tell(first, second, first, house.venue.accepted_news(order.id), second)
    house.venue.fill(order.id, "1", "99")
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.FILLED, Decimal(4))
    assert len(await house.books.oms.fills(order.id)) == 3
    (position,) = await house.books.positions.of(SPOT.instrument_id)
    assert position.quantity == Decimal(4)
    assert await house.books.positions.refolded(position) == position


async def test_an_order_that_the_venue_expires_ends_expired(house: OrderHouse) -> None:
    order = await house.place()

    house.venue.fill(order.id, "1")
    house.venue.expire(order.id)
    ended = await order.ended()

    assert (ended.status, ended.filled_qty) == (OrderStatus.EXPIRED, Decimal(1))


async def test_a_fill_after_the_end_is_booked(house: OrderHouse) -> None:
    order = await house.place()
    await order.workflow.signal("cancel")
    assert (await order.ended()).status is OrderStatus.CANCELED

    house.venue.fill(order.id, "1")
    late = await eventually(lambda: house.books.oms.fills(order.id), "the late fill")

    row = await order.row()
    assert [fill.quantity for fill in late] == [Decimal(1)]
    assert (row.status, row.filled_qty) == (OrderStatus.CANCELED, Decimal(1))


async def test_a_lost_nudge_is_made_good_by_the_outbox(house: OrderHouse) -> None:
    order = await house.place()

    # What is left when the process dies between booking the fill and telling the workflow.
    news = house.venue.fill(order.id, "4", told=False)
    await house.books.oms.book_fill(news.fill, SPOT)
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    await eventually(lambda: _outbox_is_empty(house), "the outbox is told")


async def test_fills_that_fell_into_a_gap_of_the_stream_are_pulled(house: OrderHouse) -> None:
    order, other = await house.place(), await house.place()

    house.venue.fill(order.id, "4", told=False)
    house.venue.fill(other.id, "1", told=False)
    house.venue.restore_stream()
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert (await other.until(OrderStatus.PARTIALLY_FILLED)).filled_qty == Decimal(1)


async def _outbox_is_empty(house: OrderHouse) -> bool:
    return await house.books.count("outbox") == 0
