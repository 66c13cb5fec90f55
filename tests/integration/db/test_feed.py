"""Waiting for an order without polling, over every loss of the connection."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from db.feed import OrderFeed, Watch
from db.listener import Listener
from domain.order_events import VenueAccepted
from domain.orders import OrderStatus
from tests.support.books import Books

LONG_S = 10.0


@pytest.fixture
async def feed(books: Books) -> AsyncIterator[OrderFeed]:
    order_feed = OrderFeed(books.dsn)
    await order_feed.start()
    yield order_feed
    await order_feed.stop()


def is_acknowledged(status: OrderStatus) -> bool:
    return status is OrderStatus.ACCEPTED


async def seconds_waited(watch: Watch, timeout_s: float = LONG_S) -> float:
    clock = asyncio.get_running_loop()
    began = clock.time()
    await watch.wait(is_acknowledged, timeout_s)
    return clock.time() - began


_LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


async def listeners(books: Books) -> int:
    count: int = await books.pool.fetchval(f"SELECT count(*) {_LISTENING}")
    return count


async def nobody_listens(books: Books) -> None:
    async with asyncio.timeout(LONG_S):
        while await listeners(books):
            await asyncio.sleep(0.01)


async def cut_listeners(books: Books) -> None:
    """End every session that listens."""
    await books.pool.execute(f"SELECT pg_terminate_backend(pid) {_LISTENING}")


async def test_a_waiter_hears_of_the_state_that_it_waits_for(books: Books, feed: OrderFeed) -> None:
    order = await books.submitted()
    with feed.watch(order.order_id) as watch:
        waiting = asyncio.create_task(seconds_waited(watch))
        await books.oms.apply(order.order_id, VenueAccepted("v1"))

        assert await waiting < LONG_S


async def test_news_from_before_the_wait_is_not_lost(books: Books, feed: OrderFeed) -> None:
    order = await books.submitted()
    with feed.watch(order.order_id) as watch:
        await books.oms.apply(order.order_id, VenueAccepted("v1"))
        await asyncio.sleep(0.1)

        assert await seconds_waited(watch) < LONG_S


async def test_other_states_and_other_orders_do_not_end_the_wait(
    books: Books, feed: OrderFeed
) -> None:
    order = await books.admit()
    with feed.watch(order.order_id) as watch:
        waiting = asyncio.create_task(seconds_waited(watch, timeout_s=0.5))
        await books.accepted(client_order_id="another")
        await books.submitted()

        assert await waiting > 0.45


async def test_all_waiters_of_an_order_hear_of_it(books: Books, feed: OrderFeed) -> None:
    order = await books.submitted()
    with feed.watch(order.order_id) as one, feed.watch(order.order_id) as other:
        waits = [asyncio.create_task(seconds_waited(watch)) for watch in (one, other)]
        await books.oms.apply(order.order_id, VenueAccepted("v1"))

        assert max(await asyncio.gather(*waits)) < LONG_S


async def test_a_lost_connection_sends_the_waiters_to_the_row(
    books: Books, feed: OrderFeed
) -> None:
    order = await books.submitted()
    with feed.watch(order.order_id) as watch:
        await cut_listeners(books)

        assert await seconds_waited(watch) < LONG_S


async def test_after_a_lost_connection_news_is_heard_again(books: Books, feed: OrderFeed) -> None:
    order = await books.submitted()
    with feed.watch(order.order_id) as watch:
        await cut_listeners(books)
        await watch.wait(is_acknowledged, LONG_S)
    with feed.watch(order.order_id) as watch:
        waiting = asyncio.create_task(seconds_waited(watch))
        await books.oms.apply(order.order_id, VenueAccepted("v1"))

        assert await waiting < LONG_S


async def test_a_listener_says_when_it_is_connected_again(books: Books) -> None:
    connected: asyncio.Queue[None] = asyncio.Queue()
    listener = Listener(books.dsn, "test", lambda _: None, lambda: connected.put_nowait(None))
    await listener.start()
    await connected.get()
    await cut_listeners(books)

    await asyncio.wait_for(connected.get(), LONG_S)
    await listener.stop()


async def test_a_stopped_listener_leaves_no_session_behind(books: Books) -> None:
    listener = Listener(books.dsn, "test", lambda _: None)
    await listener.start()
    assert await listeners(books) == 1
    await listener.stop()

    await nobody_listens(books)


async def test_a_listener_stopped_right_after_its_start_leaves_no_session_behind(
    books: Books,
) -> None:
    listener = Listener(books.dsn, "test", lambda _: None)
    await listener.start()
    await listener.stop()  # nothing else ran in between

    await nobody_listens(books)


async def test_starting_without_a_database_fails_at_once(books: Books) -> None:
    with pytest.raises(OSError, match="onnect"):
        await Listener("postgresql://odum@127.0.0.1:1/odum", "test", lambda _: None).start()
