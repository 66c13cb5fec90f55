"""A venue that is away when its worker starts: nothing is lost, nothing is sent late, and what
happened meanwhile is known before anything new is sent."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import pytest

from domain.fills import Fill
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import CancelOutcome, Rejected, Unknown
from tests.support.books import INSTRUMENTS, SPOT
from tests.support.order_house import Order, OrderHouse, eventually, order_house
from tests.support.scripted_venue import ScriptedVenue
from tests.support.venue_worker import VenueWorker
from venues.port import NotFound, OrderReport, VenueHealth, VenueUnreachable
from workers.stack.embedded_temporal import EmbeddedTemporal


class ReturningVenue(ScriptedVenue):
    """Away as long as `there` is not set, and then as adapters are before they have connected."""

    def __init__(self) -> None:
        super().__init__(SPOT.venue, INSTRUMENTS)
        self.there = asyncio.Event()
        self.there.set()

    async def up(self) -> None:
        await self.there.wait()

    async def connect(self) -> None:
        self._reach()

    async def ready_to_submit(self, order: UnifiedOrder) -> Rejected | None:
        self._reach()
        return await super().ready_to_submit(order)

    async def cancel_order(self, order: UnifiedOrder) -> CancelOutcome:
        if not self.there.is_set():
            return Unknown("not connected; the cancel was not sent")
        return await super().cancel_order(order)

    async def find_by_client_id(self, order: UnifiedOrder) -> OrderReport | NotFound:
        self._reach()
        return await super().find_by_client_id(order)

    async def open_orders(self) -> Sequence[OrderReport]:
        self._reach()
        return await super().open_orders()

    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        self._reach()
        return await super().fills_since(since)

    def health(self) -> VenueHealth:
        return VenueHealth(connected=self.there.is_set(), last_message_at=None)

    def _reach(self) -> None:
        if not self.there.is_set():
            raise VenueUnreachable("connection refused by the venue")


@pytest.fixture
def venue() -> ReturningVenue:
    return ReturningVenue()


@pytest.fixture
async def house(
    database: str, temporal_server: EmbeddedTemporal, venue: ReturningVenue
) -> AsyncIterator[OrderHouse]:
    async with order_house(database, temporal_server.address, venue) as opened:
        yield opened


@pytest.fixture
async def working(house: OrderHouse) -> Order:
    return await house.place()


@pytest.fixture
async def worker(house: OrderHouse, venue: ReturningVenue, working: Order) -> VenueWorker:
    """Started anew while the venue is away, where an order works."""
    await house.venue_worker.stop()
    venue.there.clear()
    begun = await VenueWorker.begun(venue, house.books, house.client, venues_up=venue.up())
    house.venue_worker = begun
    return begun


async def test_an_order_waits_for_its_venue_and_for_what_happened_there(
    house: OrderHouse, venue: ReturningVenue, working: Order, worker: VenueWorker
) -> None:
    venue.fill(working.id, "1", told=False)
    waiting = house.order()
    await waiting.start()
    await waiting.until(OrderStatus.APPROVED)
    assert (waiting.sent, worker.ready.is_set()) == (0, False)

    venue.there.set()
    await waiting.until(OrderStatus.ACCEPTED)

    assert (await working.row()).filled_qty == 1
    assert waiting.sent == 1
    await worker.ready.wait()


async def test_an_order_whose_venue_does_not_come_in_time_ends_unsent(
    house: OrderHouse, worker: VenueWorker
) -> None:
    order = house.order(send_within_ms=300)
    await order.start()

    ended = await order.ended()

    assert (ended.status, ended.reason_code) == (OrderStatus.EXPIRED, "deadline_passed")
    assert "SubmissionStarted" not in await order.events()
    assert not worker.ready.is_set()


async def test_a_cancel_is_told_to_a_person_and_done_once_the_venue_is_there(
    venue: ReturningVenue, working: Order, worker: VenueWorker
) -> None:
    await working.workflow.signal("cancel")
    assert "connection refused by the venue" in await working.stuck()
    assert (await working.row()).status is OrderStatus.ACCEPTED

    venue.there.set()

    assert (await working.ended()).status is OrderStatus.CANCELED
    assert venue.canceled[working.id] == 1


async def test_its_worker_stops_while_the_venue_is_still_away(
    house: OrderHouse, venue: ReturningVenue, worker: VenueWorker
) -> None:
    async def served() -> bool:
        return (await house.books.leases.all())[0].health is not None

    await eventually(served, "the lease says how the venue is")
    await worker.stop()

    assert not worker.ready.is_set()
    venue.there.set()
    await house.start_venue_worker()
