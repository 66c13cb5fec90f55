"""The gateway: the API and the order workflows in one process, sharing one Temporal client.

Together they make eager start possible: the workflow's first steps run here at once, without a
round trip through the server's queues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta

import uvicorn
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.admission import AdmissionActivities, InstrumentBook
from activities.nudges import WorkflowNudger
from activities.ports import ORDERS_QUEUE
from api.app import create_app
from api.instruments import KnownInstruments
from api.orchestrator import ExecutionOrchestrator
from api.order_workflows import OrderWorkflows
from api.preflight import Preflight
from api.services import ApiServices
from api.trading_gate import TradingGate
from config import Settings
from db.feed import OrderFeed
from db.leases import VenueLeases
from db.market import MarketData
from db.migrate import migrate
from db.oms import UnifiedOMS
from db.outbox import Outbox
from db.pool import Pool, open_pool
from db.positions import PositionTracker
from db.refusals import RefusalLog
from db.trading_switch import TradingSwitch
from domain.admission import OrderAdmission
from domain.risk import RiskEngine, RiskLimits
from domain.routing import SmartOrderRouter
from workers.api_keys import api_keys
from workers.engines import (
    POSTGRES_AWAY,
    connect_temporal,
    once_up,
    register_search_attributes,
)
from workers.home import odum_home
from workers.lifecycle import run_process
from workflows.order import OrderWorkflow

VERSION = "0.1.0"

_POOL_SIZE = 12
_CACHED_WORKFLOWS = 10_000
_DRAIN = timedelta(seconds=5)
# A killed gateway's cached orders go to its successor after this time, not after ten seconds.
_STICKY_TIMEOUT = timedelta(seconds=1)


async def main(settings: Settings, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    dsn = settings.database.postgres.dsn()
    async with AsyncExitStack() as closing:
        await once_up("PostgreSQL", lambda: migrate(dsn), POSTGRES_AWAY)
        pool = await open_pool(dsn, size=_POOL_SIZE)
        closing.push_async_callback(pool.close)
        client = await connect_temporal(settings.temporal)
        await register_search_attributes(client)
        feed = OrderFeed(dsn)
        await feed.start()
        closing.push_async_callback(feed.stop)
        async with asyncio.TaskGroup() as tasks:
            worker = order_worker(client, pool, order_admission(settings))
            working = tasks.create_task(worker.run(), name="order workflows")
            sweeping = tasks.create_task(
                WorkflowNudger(client, Outbox(pool)).sweep(), name="outbox"
            )
            server = _Server(_uvicorn(settings, _services(settings, pool, client, feed)))
            serving = tasks.create_task(server.serve(), name="api")
            await server.listening(serving)
            ready()
            await stop.wait()
            server.should_exit = True
            await serving
            await worker.shutdown()
            await working
            sweeping.cancel()


def order_admission(settings: Settings) -> OrderAdmission:
    limits = settings.trading.risk_limits
    quote_age_max = timedelta(milliseconds=limits.max_quote_age_ms)
    return OrderAdmission(
        router=SmartOrderRouter(quote_age_max),
        engine=RiskEngine(),
        limits=RiskLimits(
            max_order_size=limits.max_order_size,
            max_order_notional=limits.max_order_notional,
            max_position_size=limits.max_position_size,
            max_exposure=limits.max_exposure,
            max_orders_per_minute=limits.max_orders_per_minute,
            price_collar_bps=limits.price_collar_bps,
            quote_age_max=quote_age_max,
        ),
        accounts={name: venue.account_id for name, venue in settings.venues.items()},
    )


def order_worker(client: Client, pool: Pool, admission: OrderAdmission) -> Worker:
    """Runs the order workflows unsandboxed: the sandbox costs 5 ms an order; the tests use it."""
    activities = AdmissionActivities(UnifiedOMS(pool), InstrumentBook(MarketData(pool)), admission)
    return Worker(
        client,
        task_queue=ORDERS_QUEUE,
        workflows=[OrderWorkflow],
        activities=[
            activities.admit_order,
            activities.settle_unsent,
            activities.abort_unsent,
            activities.request_cancel,
        ],
        workflow_runner=UnsandboxedWorkflowRunner(),
        no_remote_activities=True,
        max_cached_workflows=_CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=_STICKY_TIMEOUT,
        graceful_shutdown_timeout=_DRAIN,
    )


def _services(settings: Settings, pool: Pool, client: Client, feed: OrderFeed) -> ApiServices:
    oms, trading = UnifiedOMS(pool), TradingGate(TradingSwitch(pool))
    instruments = KnownInstruments(MarketData(pool))
    preflight = Preflight(instruments, trading, settings.trading.venues)
    return ApiServices(
        orchestrator=ExecutionOrchestrator(oms, feed, OrderWorkflows(client), preflight),
        oms=oms,
        positions=PositionTracker(pool),
        instruments=instruments,
        trading=trading,
        leases=VenueLeases(pool),
        refusals=RefusalLog(pool),
        keys=api_keys(settings, odum_home()),
        strategies=frozenset(settings.trading.strategies),
        venues=tuple(settings.trading.venues),
        readiness={
            "database": lambda: pool.fetchval("SELECT 1"),
            "temporal": client.service_client.check_health,
        },
        mode=settings.mode,
        version=VERSION,
        send_within_ms=settings.trading.send_deadline_ms,
    )


def _uvicorn(settings: Settings, services: ApiServices) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(services),
        host=settings.api.host,
        port=settings.api.port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=int(_DRAIN.total_seconds()),
    )


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: this process has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def listening(self, serving: asyncio.Task[None]) -> None:
        """Return once requests are taken, or once the server has ended."""
        while not self.started and not serving.done():
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    run_process("gateway", main)
