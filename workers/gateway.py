"""The gateway: the API and the order workflows in one process, sharing one Temporal client.

Together they make eager start possible: the workflow's first steps run here at once, without a
round trip through the server's queues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from activities.admission import AdmissionActivities
from activities.nudges import WorkflowNudger
from activities.order_lists import OrderListActivities
from activities.ports import ORDERS_QUEUE
from activities.unfollowed import Unfollowed
from api.orchestrator import ExecutionOrchestrator
from api.order_lists import ListWorkflows
from api.order_workflows import OrderWorkflows
from api.services import ApiServices
from config import Settings
from db.feed import OrderFeed
from db.installation import claim
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.order_lists import OrderLists
from db.outbox import Outbox
from db.pool import Pool, open_pool
from db.schema import ensure_schema
from domain.admission import OrderAdmission
from workers.api_server import ApiServer, api_services
from workers.engines import (
    POSTGRES_AWAY,
    connect_temporal,
    once_up,
    register_search_attributes,
)
from workers.lifecycle import run_process, unless_stopped
from workers.order_admission import order_admission
from workflows.order import OrderWorkflow
from workflows.order_list import OrderListWorkflow

_POOL_SIZE = 12
_CACHED_WORKFLOWS = 10_000
_DRAIN = timedelta(seconds=5)
# A killed gateway's cached orders go to its successor after this time, not after ten seconds.
_STICKY_TIMEOUT = timedelta(seconds=1)


async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    dsn = settings.database.postgres.dsn()
    async with AsyncExitStack() as closing:
        pool, client = await unless_stopped(stop, _engines(settings, closing))
        order_workflows = OrderWorkflows(client)
        nudger = WorkflowNudger(client, Outbox(pool), order_workflows.revive)
        unfollowed = Unfollowed(
            Outbox(pool), OrderLists(pool), order_workflows.running, order_workflows.follow_list
        )
        feed = OrderFeed(dsn, nudger.poke)
        await feed.start()
        closing.push_async_callback(feed.stop)
        async with asyncio.TaskGroup() as tasks:
            worker = order_worker(client, pool, feed, order_admission(settings))
            working = tasks.create_task(worker.run(), name="order workflows")
            sweeping = tasks.create_task(nudger.sweep(), name="outbox")
            looking = tasks.create_task(unfollowed.keep_looking(), name="unfollowed")
            server = ApiServer(
                _services(settings, pool, client, feed), settings.api.host, settings.api.port
            )
            serving = tasks.create_task(server.serve(), name="api")
            await server.listening(serving)
            ready()
            await stop.wait()
            server.should_exit = True
            await serving
            await worker.shutdown()
            await working
            sweeping.cancel()
            looking.cancel()


async def _engines(settings: Settings, closing: AsyncExitStack) -> tuple[Pool, Client]:
    """Both engines as this process needs them, once they are up."""
    dsn = settings.database.postgres.dsn()
    await once_up("PostgreSQL", lambda: ensure_schema(dsn, settings.mode), POSTGRES_AWAY)
    pool = await open_pool(dsn, size=_POOL_SIZE)
    closing.push_async_callback(pool.close)
    await claim(pool, settings.mode)
    client = await connect_temporal(settings.temporal)
    await register_search_attributes(client)
    return pool, client


def _services(settings: Settings, pool: Pool, client: Client, feed: OrderFeed) -> ApiServices:
    oms, workflows = UnifiedOMS(pool), OrderWorkflows(client)
    return api_services(
        settings,
        pool,
        lambda preflight: ExecutionOrchestrator(oms, feed, workflows, preflight),
        readiness={
            "database": lambda: pool.fetchval("SELECT 1"),
            "temporal": client.service_client.check_health,
        },
        list_workflows=ListWorkflows(workflows.start_list, workflows.tell_list_of_cancel),
    )


def order_worker(
    client: Client,
    pool: Pool,
    feed: OrderFeed,
    admission: OrderAdmission,
    runner: WorkflowRunner | None = None,
) -> Worker:
    """Runs the order workflows unsandboxed: the sandbox costs 5 ms an order; the tests use it."""
    oms, instruments = UnifiedOMS(pool), KnownInstruments(MarketData(pool))
    activities = AdmissionActivities(oms, instruments, admission, feed, Outbox(pool))
    lists = OrderListActivities(
        OrderLists(pool),
        oms,
        instruments,
        admission,
        VenueLeases(pool),
        OrderWorkflows(client).runs,
    )
    return Worker(
        client,
        task_queue=ORDERS_QUEUE,
        workflows=[OrderWorkflow, OrderListWorkflow],
        activities=[
            activities.admit_order,
            activities.settle_unsent,
            activities.abort_unsent,
            activities.request_cancel,
            activities.record_decision,
            lists.read_list,
            lists.record_list,
            lists.request_list_cancel,
            lists.resize_leg,
        ],
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
        no_remote_activities=True,
        max_cached_workflows=_CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=_STICKY_TIMEOUT,
        graceful_shutdown_timeout=_DRAIN,
    )


if __name__ == "__main__":
    run_process("gateway", main)
