"""Positions, over all strategies: risk is the account's."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import Caller
from api.body import JsonRoute
from api.errors import InstrumentNotFound
from api.openapi import problems
from api.schemas.positions import PositionList, PositionResponse
from api.services import Services

router = APIRouter(prefix="/positions", tags=["positions"], route_class=JsonRoute)


@router.get("", summary="List positions", responses=problems(401, 503))
async def list_positions(_: Caller, services: Services) -> PositionList:
    """One a traded instrument and account; a flat one stays, with what it realized."""
    positions = await services.positions.all()
    return PositionList(positions=[PositionResponse.of(position) for position in positions])


@router.get(
    "/{instrument_id}", summary="Positions in one instrument", responses=problems(401, 404, 503)
)
async def get_positions(instrument_id: str, _: Caller, services: Services) -> PositionList:
    """One an account. Empty if the instrument was never traded."""
    if await services.instruments.named(instrument_id) is None:
        raise InstrumentNotFound(instrument_id)
    positions = await services.positions.of(instrument_id)
    return PositionList(positions=[PositionResponse.of(position) for position in positions])
