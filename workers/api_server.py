"""The API as a process serves it: its services from the profile, and uvicorn in our loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.commands import OrderCommands
from api.orchestrator import ExecutionOrchestrator
from api.order_lists import ListWorkflows, OrderListDesk
from api.preflight import Preflight
from api.services import ApiServices
from api.trading_gate import TradingGate
from config import Settings
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.market import MarketData
from db.oms import UnifiedOMS
from db.order_lists import OrderLists
from db.pool import Pool
from db.positions import PositionTracker
from db.refusals import RefusalLog
from db.trading_switch import TradingSwitch
from workers.api_keys import api_keys
from workers.home import odum_home
from workers.order_admission import order_admission

VERSION = "0.1.0"

_DRAIN_S = 5


def api_services(
    settings: Settings,
    pool: Pool,
    orchestrator: Callable[[Preflight], ExecutionOrchestrator],
    readiness: Mapping[str, Callable[[], Awaitable[object]]],
    list_workflows: ListWorkflows,
) -> ApiServices:
    """The services of the profile; `orchestrator` makes the one that places orders."""
    trading = TradingGate(TradingSwitch(pool))
    instruments = KnownInstruments(MarketData(pool))
    preflight = Preflight(instruments, trading, settings.trading.venues)
    oms = UnifiedOMS(pool)
    return ApiServices(
        orchestrator=orchestrator(preflight),
        commands=OrderCommands(oms, instruments, order_admission(settings)),
        lists=OrderListDesk(OrderLists(pool), preflight, list_workflows),
        oms=oms,
        positions=PositionTracker(pool),
        instruments=instruments,
        trading=trading,
        leases=VenueLeases(pool),
        refusals=RefusalLog(pool),
        keys=api_keys(settings, odum_home()),
        strategies=frozenset(settings.trading.strategies),
        venues={name: settings.venues[name].account_id for name in settings.trading.venues},
        readiness=readiness,
        mode=settings.mode,
        version=VERSION,
    )


class ApiServer(uvicorn.Server):
    """uvicorn without its signal handlers: this process has its own."""

    def __init__(self, services: ApiServices, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(services),
                host=host,
                port=port,
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=_DRAIN_S,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def listening(self, serving: asyncio.Task[None]) -> None:
        """Return once requests are taken, or once the server has ended."""
        while not self.started and not serving.done():
            await asyncio.sleep(0.01)
