"""An order outlives the processes that work on it, and its own history."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from temporalio.service import RPCError

from activities.ports import Decision
from db.migrate import migrate
from domain.lists.request import ListKind, ListStatus, Role
from domain.orders import OrderStatus
from tests.support.engines import free_port, running, throw_away_folder
from tests.support.order_house import (
    Order,
    OrderHouse,
    eventually,
    order_house,
    started_order_worker,
    table_away,
)
from tests.support.scripted_venue import Cancel, Submit
from workers.stack.embedded_postgres import EmbeddedPostgres
from workers.stack.embedded_temporal import EmbeddedTemporal
from workers.stack.plan import postgres_process, temporal_process

LONG_HISTORY = 30


class ShortBreathed(EmbeddedTemporal):
    """A server to which a history is long after a few events."""

    @property
    def argv(self) -> tuple[str, ...]:
        long = f"limit.historyCount.suggestContinueAsNew={LONG_HISTORY}"
        return (*super().argv, "--dynamic-config-value", long)


@pytest.fixture(scope="module")
def short_breathed() -> Iterator[str]:
    with throw_away_folder() as home:
        server = ShortBreathed(home / "temporal", free_port(), free_port())
        with running(temporal_process(server, home)):
            yield server.address


@pytest.fixture
async def brief_house(database: str, short_breathed: str) -> AsyncIterator[OrderHouse]:
    async with order_house(database, short_breathed) as opened:
        yield opened


async def fill_until_continued(order: Order) -> None:
    """Small fills, until Temporal has a new run of the order."""
    first = (await order.workflow.describe()).run_id
    while (await order.workflow.describe()).run_id == first:
        order.house.venue.fill(order.id, "0.05")
        await order.until_told()


async def test_another_worker_takes_a_working_order_over(house: OrderHouse) -> None:
    order = await house.place()
    house.venue.fill(order.id, "1")
    await order.until_listed_as(OrderStatus.PARTIALLY_FILLED)

    await house.replace_order_worker()
    house.venue.fill(order.id, "3")
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert order.sent == 1


async def test_another_worker_takes_a_stuck_order_over(house: OrderHouse) -> None:
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()

    await house.replace_order_worker()
    assert "**Stuck at: cancel**" in await order.stuck()
    order.course.cancels = [Cancel.OBEY]
    await order.resolve(Decision.RETRY)

    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_another_worker_takes_an_order_in_doubt_over(house: OrderHouse) -> None:
    order = house.order()
    order.course.submits = [Submit.ACCEPT_SILENTLY]
    order.course.reachable = False
    await order.start()
    await order.until(OrderStatus.UNKNOWN)

    await house.replace_order_worker()
    order.course.reachable = True
    await order.until(OrderStatus.ACCEPTED)

    assert order.sent == 1


async def test_a_long_life_goes_on_in_a_new_run(brief_house: OrderHouse) -> None:
    house = brief_house
    order = await house.place()
    await fill_until_continued(order)
    house.venue.fill(order.id, str(4 - (await order.row()).filled_qty))
    ended = await order.ended()

    assert ended.status is OrderStatus.FILLED
    assert order.sent == 1
    assert (await order.attributes())["OrderStatus"] == "FILLED"


async def test_a_new_run_remembers_what_an_operator_decided(brief_house: OrderHouse) -> None:
    house = brief_house
    order = await house.place()
    order.course.cancels = [Cancel.REFUSE]
    await order.workflow.signal("cancel")
    await order.stuck()
    await order.resolve(Decision.SKIP)
    await order.until_not_stuck()
    tried = house.venue.canceled[order.id]

    await fill_until_continued(order)
    house.venue.fill(order.id, "0.1")
    await order.until_told()

    assert house.venue.canceled[order.id] == tried
    order.course.cancels = [Cancel.OBEY]
    await order.workflow.signal("cancel")
    assert (await order.ended()).status is OrderStatus.CANCELED


async def test_a_cancel_that_comes_as_a_list_goes_on_in_a_new_run_is_not_lost(
    brief_house: OrderHouse,
) -> None:
    house = brief_house
    placed = await house.place_list(ListKind.BRACKET)
    await placed.working(Role.ENTRY)
    first = (await placed.workflow.describe()).run_id

    await house.order_worker.shutdown()  # so that it hears all of this at once
    for _ in range(LONG_HISTORY):
        await placed.workflow.signal("leg_changed")
    await placed.workflow.signal("cancel")
    house.order_worker = await started_order_worker(house.client, house.books, house.feed)

    assert (await placed.ended()).status is ListStatus.CANCELED
    assert (await placed.workflow.describe()).run_id != first


async def test_a_new_run_of_a_list_sees_that_an_order_was_aborted_unrecorded(
    brief_house: OrderHouse,
) -> None:
    house = brief_house
    async with table_away(house, "order_events"):
        placed = await house.place_list(ListKind.BRACKET)
        entry = placed.order(Role.ENTRY)
        await eventually(lambda: _exists(entry), "the entry is started")
        await entry.stuck()
        first = (await placed.workflow.describe()).run_id
        while (await placed.workflow.describe()).run_id == first:
            await placed.workflow.signal("leg_changed")

        await entry.resolve(Decision.ABORT)
        await placed.workflow.signal("leg_changed")
        record = await placed.ended()

    assert (record.status, record.attention) == (ListStatus.FAILED, True)
    assert "ended before it was recorded" in await placed.notes()


async def _exists(order: Order) -> bool:
    try:
        await order.workflow.describe()
    except RPCError:
        return False
    return True


async def test_an_order_that_comes_while_the_database_is_down_is_stuck_until_retry(
    temporal_server: EmbeddedTemporal,
) -> None:
    with throw_away_folder() as home, ExitStack() as up:
        server = EmbeddedPostgres(home / "postgres", free_port(), "odum", "odum", "odum")
        up.enter_context(running(postgres_process(server, home)))
        await migrate(server.dsn)
        async with order_house(server.dsn, temporal_server.address) as house:
            working, late = await house.place(), house.order(send_within_ms=60_000)

            up.close()  # the server ends its sessions and then itself
            await late.start()
            details = await late.stuck()
            news = house.venue.fill(working.id, "4")
            up.enter_context(running(postgres_process(server, home)))
            await late.resolve(Decision.RETRY)
            await late.until(OrderStatus.ACCEPTED)
            ended = await working.ended()

            assert "**Stuck at: admission**" in details
            assert ended.status is OrderStatus.FILLED
            assert [fill.trade_id for fill in await house.books.oms.fills(working.id)] == [
                news.fill.trade_id
            ]
            assert (working.sent, late.sent) == (1, 1)
