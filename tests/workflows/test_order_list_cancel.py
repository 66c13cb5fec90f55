"""A wish to cancel a list, or one of its orders, is seen through whenever it comes."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio import workflow

from domain.lists.request import ListKind, ListStatus, Role
from domain.orders import OrderStatus
from tests.support.order_house import Order, OrderHouse

PAUSE_S = 0.2


def slowed[**P, T](begin: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The same within a workflow, after a while in which a cancellation can come."""

    async def slowly(*args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(PAUSE_S)
        return await begin(*args, **kwargs)

    return slowly


# The house replays at its end what was lived; a slowness that a mark asks for is set up before the
# house, and so outlasts it.
@pytest.fixture
def slow_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "start_child_workflow", slowed(workflow.start_child_workflow))


@pytest.fixture
def slow_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    handle_of = workflow.get_external_workflow_handle

    class Slow:
        def __init__(self, workflow_id: str) -> None:
            handle: Any = handle_of(workflow_id)
            self.signal = slowed(handle.signal)

    monkeypatch.setattr(workflow, "get_external_workflow_handle", Slow)


@pytest.mark.usefixtures("slow_starts")
async def test_no_cancellation_of_a_list_is_lost(house: OrderHouse) -> None:
    moments = random.Random(7)

    async def live(number: int) -> None:
        placed = await house.place_list(list(ListKind)[number % 2])
        await asyncio.sleep(moments.random() * 3 * PAUSE_S)
        await placed.workflow.cancel()
        await placed.ended()

    await asyncio.gather(*map(live, range(8)))

    for placed in house.lists:
        assert (await placed.record()).status is ListStatus.CANCELED
        for order in await placed.orders():
            assert order.status is OrderStatus.CANCELED
            assert house.venue.status(order.order_id) in (None, OrderStatus.CANCELED)


@pytest.mark.usefixtures("slow_signals")
async def test_no_cancellation_of_a_leg_is_lost(house: OrderHouse) -> None:
    async def live(number: int) -> Order:
        placed = await house.place_list(ListKind.OCO)
        stop = await placed.working(Role.STOP_LOSS)
        await asyncio.sleep(number * PAUSE_S / 2)
        await stop.workflow.cancel()
        await placed.ended()
        return stop

    for stop in await asyncio.gather(*map(live, range(4))):
        assert (await stop.ended()).status is OrderStatus.CANCELED
