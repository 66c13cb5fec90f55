"""A wish to cancel is recorded, reaches the venue's worker, and is never blocked by a halt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from db.listener import Listener
from db.order_writes import CANCELS_CHANNEL
from domain.errors import OrderFinished, UnknownOrder
from domain.order_events import OutcomeUnknown
from domain.orders import OrderStatus
from tests.support.books import Books, at_once
from tests.support.orders import an_order


@asynccontextmanager
async def nudges(books: Books) -> AsyncIterator[asyncio.Queue[str]]:
    """What the venue's worker hears."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = Listener(books.dsn, CANCELS_CHANNEL, heard.put_nowait)
    await listener.start()
    try:
        yield heard
    finally:
        await listener.stop()


async def test_an_order_not_yet_sent_is_canceled_at_once(books: Books) -> None:
    order = await books.admit()
    async with nudges(books) as heard:
        canceled = await books.oms.request_cancel(order.order_id, by="desk")
        await books.pool.execute(f"NOTIFY {CANCELS_CHANNEL}, 'the end'")

        assert await asyncio.wait_for(heard.get(), 5) == "the end"
    assert (canceled.status, canceled.reason_code) == (OrderStatus.CANCELED, "canceled_unsent")
    assert (await books.event_names(order))[-2:] == ["CancelRequested", "EndedUnsent"]


async def test_the_worker_is_nudged_for_an_order_at_the_venue(books: Books) -> None:
    order = await books.accepted()
    async with nudges(books) as heard:
        wished = await books.oms.request_cancel(order.order_id, by="desk")

        nudge = await asyncio.wait_for(heard.get(), 5)
    assert nudge == f"{order.venue} {order.order_id}"
    assert (wished.status, wished.cancel_requested_at) == (OrderStatus.ACCEPTED, wished.updated_at)


async def test_asking_again_nudges_again_and_adds_nothing_to_the_trail(books: Books) -> None:
    order = await books.accepted()
    async with nudges(books) as heard:
        for _ in range(2):
            await books.oms.request_cancel(order.order_id, by="desk")
            await asyncio.wait_for(heard.get(), 5)

    assert (await books.event_names(order)).count("CancelRequested") == 1


@pytest.mark.parametrize("running", [True, False])
async def test_a_halt_does_not_block_cancels(books: Books, running: bool) -> None:
    order = await books.accepted()
    await books.trading.set(running, by="desk", reason="drill")
    async with nudges(books) as heard:
        await books.oms.request_cancel(order.order_id, by="desk")

        assert await asyncio.wait_for(heard.get(), 5)


async def test_an_order_of_unknown_outcome_can_be_wished_away(books: Books) -> None:
    order = await books.submitted()
    await books.oms.apply(order.order_id, OutcomeUnknown("no answer"))
    wished = await books.oms.request_cancel(order.order_id, by="desk")

    assert wished.status is OrderStatus.UNKNOWN
    assert wished.cancel_requested_at is not None


async def test_of_a_submission_and_a_cancel_at_once_one_wins(books: Books) -> None:
    order = await books.admit()
    token = await books.own()

    async def send() -> bool:
        return (await books.oms.begin_submission(order.order_id, token)).send

    async def cancel() -> bool:
        canceled = await books.oms.request_cancel(order.order_id, by="desk")
        return canceled.status is OrderStatus.CANCELED

    sent, canceled = await at_once(send(), cancel())
    assert sent != canceled
    await books.assert_audits_hold()


async def test_a_finished_order_is_not_canceled(books: Books) -> None:
    order = await books.admit()
    await books.oms.request_cancel(order.order_id, by="desk")

    with pytest.raises(OrderFinished, match="already CANCELED"):
        await books.oms.request_cancel(order.order_id, by="desk")


async def test_an_unknown_order_is_not_canceled(books: Books) -> None:
    with pytest.raises(UnknownOrder):
        await books.oms.request_cancel(an_order().order_id, by="desk")
