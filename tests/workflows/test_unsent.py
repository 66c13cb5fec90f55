"""A stale order is not sent, and it is provable that it was not."""

from domain.orders import OrderStatus
from tests.support.books import PERPETUAL
from tests.support.order_house import OrderHouse


async def test_an_order_that_nobody_sends_by_its_deadline_ends_expired(house: OrderHouse) -> None:
    order = house.order(instrument_id=PERPETUAL.instrument_id, send_within_ms=300)

    await order.start()  # at a venue without a worker
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.EXPIRED, "deadline_passed")
    assert (await order.row()).submitted_at is None
    assert "SubmissionStarted" not in await order.events()


async def test_an_order_that_meets_a_halt_on_its_way_ends_unsent(house: OrderHouse) -> None:
    await house.venue_worker.stop()
    order = house.order()
    await order.start()
    await order.until(OrderStatus.APPROVED)

    await house.books.trading.set(False, by="ann", reason="fire drill")
    await house.start_venue_worker()
    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.CANCELED, "trading_stopped")
    assert order.sent == 0


async def test_a_working_order_is_canceled_even_when_trading_is_stopped(house: OrderHouse) -> None:
    order = await house.place()
    await house.books.trading.set(False, by="ann", reason="fire drill")

    await order.workflow.signal("cancel")

    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_an_order_waits_for_the_venues_worker_within_its_deadline(house: OrderHouse) -> None:
    await house.venue_worker.stop()
    order = house.order()
    await order.start()
    await order.until(OrderStatus.APPROVED)

    await house.start_venue_worker()
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 1
