"""Everything an order lives in, wired as in production; only the venue itself is scripted.

Real PostgreSQL, real Temporal, the workflows in their sandbox, the outbox, the desk of the venue.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.nudges import WorkflowNudger
from activities.ports import Decision, OperatorDecision
from api.order_workflows import OrderWorkflows
from db.feed import OrderFeed
from db.outbox import Outbox
from domain.admission import OrderAdmission
from domain.identifiers import order_id_for, revived_workflow_id_for, workflow_id_for
from domain.lists.request import ListKind
from domain.orders import OrderRequest, OrderState, OrderStatus, UnifiedOrder
from domain.risk import RiskEngine
from domain.routing import SmartOrderRouter
from tests.support.books import INSTRUMENTS, SPOT, WIDE, Books, account_at, open_books
from tests.support.orders import a_request
from tests.support.placed_list import PlacedList, a_list
from tests.support.scripted_venue import Course, ScriptedVenue
from tests.support.venue_worker import VenueWorker
from workers.gateway import order_worker
from workers.payloads import DATA_CONVERTER
from workers.search_attributes import SEARCH_ATTRIBUTES
from workflows.order import OrderWorkflow
from workflows.order_list import OrderListWorkflow

WITHIN_S = 10.0


@dataclass
class OrderHouse:
    """One venue is served, that of SPOT; the others have no worker."""

    client: Client
    books: Books
    feed: OrderFeed
    venue: ScriptedVenue
    venue_worker: VenueWorker
    order_worker: Worker
    orders: list[Order] = field(default_factory=list)
    lists: list[PlacedList] = field(default_factory=list)

    def order(self, **changes: Any) -> Order:
        """An order that is not placed yet: buy 4 at 100 unless changed."""
        request = a_request(client_order_id=f"test-{secrets.token_hex(6)}", **changes)
        order = Order(self, request)
        self.orders.append(order)
        return order

    def known(self, request: OrderRequest) -> Order:
        """An order that somebody else places, as a list does."""
        return Order(self, request)

    async def place_list(self, kind: ListKind, **changes: Any) -> PlacedList:
        placed = PlacedList(self, a_list(kind, **changes))
        self.lists.append(placed)
        await placed.start()
        return placed

    async def place(self, **changes: Any) -> Order:
        """An order that works at the venue; its workflow waits for news."""
        order = self.order(**changes)
        await order.start()
        await order.until(OrderStatus.ACCEPTED)
        await order.until_listed_as(OrderStatus.ACCEPTED)
        return order

    async def replace_order_worker(self) -> None:
        """End the worker of the order workflows, and all it remembers; start another."""
        await self.order_worker.shutdown()
        self.order_worker = await started_order_worker(self.client, self.books, self.feed)

    async def replace_venue_worker(self) -> None:
        """Kill the venue's worker, whatever it is doing; start another."""
        await self.venue_worker.kill()
        await self.start_venue_worker()

    async def start_venue_worker(self) -> None:
        self.venue_worker = await VenueWorker.started(self.venue, self.books, self.client)


@dataclass
class Order:
    """One order of a test, from outside: its row, its workflow, its course at the venue."""

    house: OrderHouse
    request: OrderRequest
    started: bool = False

    @property
    def id(self) -> str:
        return order_id_for(self.request.strategy_id, self.request.client_order_id)

    @property
    def workflow(self) -> WorkflowHandle[OrderWorkflow, OrderState]:
        workflow_id = workflow_id_for(self.request.strategy_id, self.request.client_order_id)
        return self.house.client.get_workflow_handle_for(OrderWorkflow.run, workflow_id)

    @property
    def revived(self) -> WorkflowHandle[OrderWorkflow, OrderState]:
        """The workflow that follows it since its own has ended or was lost."""
        names = (self.request.strategy_id, self.request.client_order_id)
        return self.house.client.get_workflow_handle_for(
            OrderWorkflow.run, revived_workflow_id_for(*names)
        )

    @property
    def course(self) -> Course:
        return self.house.venue.courses[self.id]

    @property
    def sent(self) -> int:
        """How often it was sent to the venue."""
        return self.house.venue.sent[self.id]

    async def start(self) -> bool:
        """As the API does; whether this call began it."""
        self.started = True
        return await OrderWorkflows(self.house.client).start(self.request)

    async def row(self) -> UnifiedOrder:
        found = await self.house.books.oms.order(self.id)
        assert found is not None, "the order is on record"
        return found

    async def until(self, *statuses: OrderStatus) -> UnifiedOrder:
        """The row once it says one of these."""

        async def reached() -> UnifiedOrder | None:
            row = await self.house.books.oms.order(self.id)
            return row if row is not None and row.status in statuses else None

        return await eventually(reached, f"{self.id} {statuses}")

    async def until_listed_as(self, status: OrderStatus) -> None:
        """Until the lists of Temporal UI say so: that is told where an order rests."""

        async def listed() -> bool:
            return (await self.attributes()).get("OrderStatus") == status

        await eventually(listed, f"{self.id} listed as {status}")

    async def until_told(self) -> None:
        """Until the workflow knows all that the row says."""

        async def told() -> bool:
            state = await self.workflow.query(OrderWorkflow.state)
            return state is not None and state.version == (await self.row()).version

        await eventually(told, f"{self.id} told")

    async def until_heard(self, event: EventType.ValueType) -> None:
        """Until the workflow has taken notice of the first such event in its history."""

        async def heard() -> bool:
            history = await self.history()
            done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
            return event in history and done in history[history.index(event) :]

        await eventually(heard, f"{self.id} heard {EventType.Name(event)}")

    async def ended(self) -> OrderState:
        """The result of the workflow."""
        async with asyncio.timeout(WITHIN_S):
            return await self.workflow.result()

    async def events(self) -> list[str]:
        """The names in its audit trail."""
        return await self.house.books.event_names(await self.row())

    async def stuck(self) -> str:
        """What Temporal UI says once the order is stuck."""

        async def parked() -> str | None:
            return await self.details() if (await self.attributes()).get("Stuck") else None

        return await eventually(parked, f"{self.id} stuck")

    async def until_not_stuck(self) -> None:
        async def going() -> bool:
            return not (await self.attributes())["Stuck"]

        await eventually(going, f"{self.id} not stuck")

    async def attributes(self) -> dict[str, Any]:
        """Its search attributes, ours only."""
        found = (await self.workflow.describe()).typed_search_attributes
        return {pair.key.name: pair.value for pair in found if pair.key.name in SEARCH_ATTRIBUTES}

    async def details(self) -> str:
        metadata = await self.workflow.query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        details: str = metadata.current_details
        return details

    async def resolve(self, decision: Decision, by: str = "ann", reason: str = "") -> str:
        return await self.workflow.execute_update(
            OrderWorkflow.resolve, OperatorDecision(decision, by, reason)
        )

    async def history(self) -> list[EventType.ValueType]:
        return [event.event_type async for event in self.workflow.fetch_history_events()]


@asynccontextmanager
async def table_away(house: OrderHouse, table: str) -> AsyncIterator[None]:
    """Whatever needs the table fails, as it would without the database."""
    await house.books.pool.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        yield
    finally:
        await house.books.pool.execute(f"ALTER TABLE away RENAME TO {table}")


async def eventually[T](attempt: Callable[[], Awaitable[T | None]], what: str) -> T:
    """The first answer that is true; fails if there is none in time."""
    try:
        async with asyncio.timeout(WITHIN_S):
            while not (last := await attempt()):
                await asyncio.sleep(0.02)
            return last
    except TimeoutError:
        raise AssertionError(f"not within {WITHIN_S} s: {what}") from None


def order_admission() -> OrderAdmission:
    accounts = {instrument.venue: account_at(instrument) for instrument in INSTRUMENTS}
    router = SmartOrderRouter(WIDE.quote_age_max)
    return OrderAdmission(router, RiskEngine(), WIDE, accounts, timedelta(seconds=10))


@asynccontextmanager
async def order_house(
    dsn: str, temporal_address: str, venue: ScriptedVenue | None = None
) -> AsyncIterator[OrderHouse]:
    """Over an empty database with the schema. Orders still alive at the end are terminated."""
    client = await Client.connect(temporal_address, data_converter=DATA_CONVERTER)
    venue = venue or ScriptedVenue(SPOT.venue, INSTRUMENTS)
    async with open_books(dsn, size=8) as books:
        nudger = WorkflowNudger(client, Outbox(books.pool), OrderWorkflows(client).revive)
        feed = OrderFeed(dsn, nudger.poke)
        await feed.start()
        sweeping = asyncio.create_task(nudger.sweep())
        house = OrderHouse(
            client,
            books,
            feed,
            venue,
            await VenueWorker.started(venue, books, client),
            await started_order_worker(client, books, feed),
        )
        try:
            yield house
        finally:
            await asyncio.gather(*(_terminate(placed.workflow) for placed in house.lists))
            for placed in house.lists:
                rows = await placed.orders()
                house.orders += [Order(house, row.request, started=True) for row in rows]
            await asyncio.gather(*(_terminate(order.workflow) for order in house.orders))
            venue.hang_up()
            await _replay(house)
            await house.order_worker.shutdown()
            await house.venue_worker.stop()
            await _canceled(sweeping)
            await feed.stop()


async def started_order_worker(client: Client, books: Books, feed: OrderFeed) -> Worker:
    worker = order_worker(client, books.pool, feed, order_admission(), SandboxedWorkflowRunner())
    await worker.__aenter__()
    return worker


async def _canceled(endless: asyncio.Task[None]) -> None:
    """End what must not have ended by itself."""
    endless.cancel()
    with suppress(asyncio.CancelledError):
        await endless


async def _replay(house: OrderHouse) -> None:
    """Every life that a test has played must replay, or a worker could not take it over."""
    replayer = Replayer(workflows=[OrderWorkflow, OrderListWorkflow], data_converter=DATA_CONVERTER)
    for order in house.orders:
        if order.started:
            await replayer.replay_workflow(await order.workflow.fetch_history())
    for placed in house.lists:
        await replayer.replay_workflow(await placed.workflow.fetch_history())


async def _terminate(workflow: WorkflowHandle[Any, Any]) -> None:
    try:
        await workflow.terminate("the test is over")
    except RPCError:
        return  # it has ended, or was never started
