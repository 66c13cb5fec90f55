"""The system as a whole: its state, and the switch that stops new venue commands."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from fastapi import APIRouter, Request

from api.auth import Caller, Operator
from api.body import JsonRoute
from api.openapi import problems
from api.schemas.trading import (
    OrderCountsResponse,
    RateLimitResponse,
    StatusResponse,
    SwitchReason,
    TradingResponse,
    VenueResponse,
)
from api.services import Services
from db.leases import VenueStatus
from domain.venue_health import VenueHealth

router = APIRouter(tags=["trading"], route_class=JsonRoute)


@router.get("/status", summary="State of the system", responses=problems(401, 503))
async def get_status(request: Request, _: Caller, services: Services) -> StatusResponse:
    """Trading switch, venue connections and counts of orders."""
    # By account: one that a venue was traded on before keeps its row.
    accounts = {account.account_id: account for account in await services.leases.all()}
    now = datetime.now(UTC)
    return StatusResponse(
        mode=services.mode,
        version=services.version,
        uptime_s=round(time.monotonic() - request.app.state.started, 3),
        trading=TradingResponse.model_validate(await services.trading.state()),
        venues=[
            _venue(venue, account_id, accounts.get(account_id), now)
            for venue, account_id in services.venues.items()
        ],
        orders=OrderCountsResponse.model_validate(await services.oms.counts()),
    )


@router.post("/start", summary="Start trading", responses=problems(401, 403, 422, 503))
async def start_trading(
    caller: Operator, services: Services, why: SwitchReason | None = None
) -> TradingResponse:
    """New orders are taken again. Operators only."""
    return await _set(services, running=True, by=caller.name, why=why)


@router.post("/stop", summary="Stop trading", responses=problems(401, 403, 422, 503))
async def stop_trading(
    caller: Operator, services: Services, why: SwitchReason | None = None
) -> TradingResponse:
    """No new venue command is sent from now on, across restarts, until `start`; cancels still are.

    Working orders stay at their venues: cancel them if they shall go. Operators only.
    """
    return await _set(services, running=False, by=caller.name, why=why)


async def _set(
    services: Services, *, running: bool, by: str, why: SwitchReason | None
) -> TradingResponse:
    state = await services.trading.set(running, by, why.reason if why else "")
    return TradingResponse.model_validate(state)


def _venue(
    venue: str, account_id: str, account: VenueStatus | None, now: datetime
) -> VenueResponse:
    owned = account is not None and account.expires_at > now
    # What a former owner said of its connection says nothing of now.
    health = account.health if account is not None and owned else None
    known = health or VenueHealth(connected=False, last_message_at=None)
    return VenueResponse(
        venue=venue,
        account_id=account_id,
        connected=known.connected,
        holder=account.holder if account is not None and owned else None,
        last_message_age_ms=_age_ms(known.last_message_at, now),
        clock_offset_ms=known.clock_offset_ms,
        rate_limits=[RateLimitResponse.model_validate(budget) for budget in known.budgets],
        commands=known.commands,
        errors=known.errors,
        error_rate=round(known.errors / known.commands, 4) if known.commands else None,
        problems=list(known.problems),
    )


def _age_ms(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(0, round((now - moment).total_seconds() * 1000))
