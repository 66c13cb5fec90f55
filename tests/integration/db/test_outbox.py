"""News for workflows survives until it is told, and newer news is never dropped with older."""

import pytest

from db.outbox import Outbox
from domain.order_events import VenueAccepted, VenueCanceled
from domain.orders import UnifiedOrder
from tests.support.books import Books


@pytest.fixture
def outbox(books: Books) -> Outbox:
    return Outbox(books.pool)


async def order_with_news(books: Books, **terms: object) -> UnifiedOrder:
    order = await books.submitted(**terms)
    return await books.oms.apply(order.order_id, VenueAccepted("v1"), tell_workflow=True)


async def test_news_waits_until_it_is_told(books: Books, outbox: Outbox) -> None:
    order = await order_with_news(books)
    assert await outbox.waiting(0, 10) == [order]

    await outbox.told(order.order_id, order.version)

    assert await outbox.waiting(0, 10) == []


async def test_only_the_latest_state_of_an_order_waits(books: Books, outbox: Outbox) -> None:
    order = await order_with_news(books)
    canceled = await books.oms.apply(order.order_id, VenueCanceled("by us"), tell_workflow=True)

    assert await outbox.waiting(0, 10) == [canceled]


async def test_telling_older_news_keeps_the_newer(books: Books, outbox: Outbox) -> None:
    order = await order_with_news(books)
    canceled = await books.oms.apply(order.order_id, VenueCanceled("by us"), tell_workflow=True)

    await outbox.told(order.order_id, order.version)

    assert await outbox.waiting(0, 10) == [canceled]


async def test_old_news_makes_no_news(books: Books, outbox: Outbox) -> None:
    order = await order_with_news(books)
    await outbox.told(order.order_id, order.version)
    await books.oms.apply(order.order_id, VenueAccepted("v1"), tell_workflow=True)

    assert await outbox.waiting(0, 10) == []


async def test_young_news_is_left_to_whoever_made_it(books: Books, outbox: Outbox) -> None:
    await order_with_news(books)

    assert await outbox.waiting(older_than_s=60, limit=10) == []


async def test_the_oldest_news_comes_first_and_no_more_than_asked_for(
    books: Books, outbox: Outbox
) -> None:
    orders = [await order_with_news(books, client_order_id=f"c{n}") for n in range(3)]

    assert await outbox.waiting(0, 2) == orders[:2]


async def test_a_wish_to_cancel_is_news_for_the_workflow_that_sees_it_through(
    books: Books, outbox: Outbox
) -> None:
    order = await books.accepted()
    wished = await books.oms.request_cancel(order.order_id, by="desk")

    assert await outbox.waiting(0, 10) == [wished]


async def test_an_order_that_ends_before_it_was_sent_is_news(books: Books, outbox: Outbox) -> None:
    order = await books.admit()
    canceled = await books.oms.request_cancel(order.order_id, by="desk")

    assert await outbox.waiting(0, 10) == [canceled]
