"""Everything that the API works with, wired by the process that serves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.auth import ApiKeys
from api.commands import OrderCommands
from api.orchestrator import ExecutionOrchestrator
from api.order_lists import OrderListDesk
from api.trading_gate import TradingGate
from db.known_instruments import KnownInstruments
from db.leases import VenueLeases
from db.oms import UnifiedOMS
from db.positions import PositionTracker
from db.refusals import RefusalLog


@dataclass(frozen=True, slots=True)
class ApiServices:
    """The collaborators of the routes.

    `strategies` are the configured ones (`*` allows any name), `venues` the traded ones, each with
    its account; `readiness` names the checks of /readyz (each returns if fine and raises if not).
    """

    orchestrator: ExecutionOrchestrator
    commands: OrderCommands
    lists: OrderListDesk
    oms: UnifiedOMS
    positions: PositionTracker
    instruments: KnownInstruments
    trading: TradingGate
    leases: VenueLeases
    refusals: RefusalLog
    keys: ApiKeys
    strategies: frozenset[str]
    venues: Mapping[str, str]
    readiness: Mapping[str, Callable[[], Awaitable[object]]]
    mode: str
    version: str


async def _services(request: Request) -> ApiServices:
    services: ApiServices = request.app.state.services
    return services


Services = Annotated[ApiServices, Depends(_services)]
