"""Lists of orders: pages that neither skip nor repeat, and the orders that need a person."""

import pytest

from db.order_queries import OrderCounts, OrderFilter
from domain.order_events import OutcomeUnknown, VenueAccepted, VenueCanceled
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.books import PERPETUAL, SPOT, Books
from tests.support.orders import a_fill

ALL = OrderFilter()


async def pages(books: Books, size: int) -> list[list[str]]:
    """The ids on each page, until an empty one."""
    found: list[list[str]] = []
    after = None
    while page := await books.oms.orders(ALL, size, after):
        found.append([order.order_id for order in page])
        after = (page[-1].created_at, page[-1].order_id)
    return found


async def ids(books: Books, where: OrderFilter) -> set[str]:
    return {order.client_order_id for order in await books.oms.orders(where, 100)}


async def grow_old(books: Books, order: UnifiedOrder) -> None:
    """All of it happened a minute earlier."""
    await books.pool.execute(
        "UPDATE unified_orders SET updated_at = updated_at - interval '1 min', "
        "cancel_requested_at = cancel_requested_at - interval '1 min', "
        "send_deadline = send_deadline - interval '1 min' WHERE order_id = $1",
        order.order_id,
    )


async def test_the_newest_order_comes_first(books: Books) -> None:
    orders = [await books.admit(client_order_id=f"c{n}") for n in range(3)]

    assert await books.oms.orders(ALL, 10) == orders[::-1]


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_pages_of_orders_made_at_the_same_moment_neither_skip_nor_repeat(
    books: Books, size: int
) -> None:
    orders = [await books.admit(client_order_id=f"c{n}") for n in range(7)]
    await books.pool.execute("UPDATE unified_orders SET created_at = '2026-01-01'")

    listed = [order_id for page in await pages(books, size) for order_id in page]
    assert listed == sorted((order.order_id for order in orders), reverse=True)


async def test_new_orders_do_not_shift_the_next_page(books: Books) -> None:
    orders = [await books.admit(client_order_id=f"c{n}") for n in range(4)]
    first = await books.oms.orders(ALL, 2)
    await books.admit(client_order_id="late")

    rest = await books.oms.orders(ALL, 10, (first[-1].created_at, first[-1].order_id))
    assert rest == orders[1::-1]


async def test_every_filter_narrows_the_list(books: Books) -> None:
    await books.admit(client_order_id="demo-spot")
    await books.admit(client_order_id="bench-spot", strategy_id="bench")
    await books.admit(client_order_id="demo-perp", instrument_id=PERPETUAL.instrument_id)
    await books.accepted(client_order_id="demo-live")

    assert await ids(books, OrderFilter(frozenset({"bench"}))) == {"bench-spot"}
    assert await ids(books, OrderFilter(frozenset())) == set()
    assert await ids(books, OrderFilter(status=OrderStatus.ACCEPTED)) == {"demo-live"}
    assert await ids(books, OrderFilter(instrument_id=PERPETUAL.instrument_id)) == {"demo-perp"}
    assert await ids(books, OrderFilter(venue=PERPETUAL.venue)) == {"demo-perp"}
    both = OrderFilter(frozenset({"demo"}), status=OrderStatus.APPROVED, venue=SPOT.venue)
    assert await ids(books, both) == {"demo-spot"}


async def test_an_order_in_doubt_for_too_long_needs_a_person(books: Books) -> None:
    old = await books.submitted(client_order_id="old")
    await books.oms.apply(old.order_id, OutcomeUnknown("no answer"))
    await grow_old(books, old)
    await books.submitted(client_order_id="young")
    await grow_old(books, await books.accepted(client_order_id="working"))

    assert await ids(books, OrderFilter(attention=True)) == {"old"}


async def test_a_cancel_that_is_not_done_for_too_long_needs_a_person(books: Books) -> None:
    for name in ("old", "young"):
        order = await books.accepted(client_order_id=name)
        await books.oms.request_cancel(order.order_id, by="desk")
        if name == "old":
            await grow_old(books, order)

    assert await ids(books, OrderFilter(attention=True)) == {"old"}


async def test_an_approved_order_neither_sent_nor_ended_needs_a_person(books: Books) -> None:
    await grow_old(books, await books.admit(client_order_id="old"))
    await books.admit(client_order_id="young")

    assert await ids(books, OrderFilter(attention=True)) == {"old"}


async def test_a_contradicted_order_needs_a_person(books: Books) -> None:
    order = await books.admit(client_order_id="reopened")
    await books.oms.request_cancel(order.order_id, by="desk")
    await books.oms.apply(order.order_id, VenueAccepted("v1"))

    assert await ids(books, OrderFilter(attention=True)) == {"reopened"}


async def test_counts_say_what_is_live_in_doubt_and_for_a_person(books: Books) -> None:
    await books.admit(client_order_id="approved")
    await books.accepted(client_order_id="working")
    done = await books.accepted(client_order_id="done")
    await books.oms.apply(done.order_id, VenueCanceled("by us"))
    await grow_old(books, await books.submitted(client_order_id="in-doubt"))
    over = await books.accepted(client_order_id="overfilled")
    await books.oms.book_fill(a_fill(over, quantity=over.quantity + 1), SPOT)

    assert await books.oms.counts() == OrderCounts(live=3, in_doubt=1, attention=2)


async def test_live_orders_are_those_of_the_account_that_have_not_ended(books: Books) -> None:
    working = await books.accepted(client_order_id="working")
    unsent = await books.admit(client_order_id="unsent")
    done = await books.accepted(client_order_id="done")
    await books.oms.apply(done.order_id, VenueCanceled("by us"))
    await books.admit(client_order_id="elsewhere", instrument_id=PERPETUAL.instrument_id)

    assert await books.oms.live_orders(working.account_id) == [working, unsent]


async def test_an_order_is_found_by_either_id(books: Books) -> None:
    order = await books.admit(client_order_id="mine")

    assert await books.oms.order(order.order_id) == order
    assert await books.oms.order_by_client_id("demo", "mine") == order
    assert await books.oms.order_by_client_id("bench", "mine") is None
