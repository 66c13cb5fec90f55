"""Instruments: one registry over all venues, kept by the venues' workers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Caller
from api.body import JsonRoute
from api.errors import InstrumentNotFound
from api.openapi import problems
from api.paging import CURSOR_LENGTH_MAX, cursor_behind, parse_instrument_cursor
from api.schemas.instruments import InstrumentPage, InstrumentResponse
from api.services import Services
from db.known_instruments import InstrumentFilter
from domain.instruments import InstrumentKind

PAGE_DEFAULT = 100
PAGE_MAX = 1000

_NAME = Query(pattern=r"^[A-Za-z0-9._-]{1,64}$")
_PAIR = Query(pattern=r"^[A-Za-z0-9._-]{1,32}/[A-Za-z0-9._-]{1,32}$", examples=["BTC/USDT"])

router = APIRouter(prefix="/instruments", tags=["instruments"], route_class=JsonRoute)


@router.get("", summary="List instruments", responses=problems(401, 422, 503))
async def list_instruments(
    _: Caller,
    services: Services,
    venue: Annotated[str | None, _NAME] = None,
    kind: InstrumentKind | None = None,
    base: Annotated[str | None, _NAME] = None,
    quote: Annotated[str | None, _NAME] = None,
    pair: Annotated[str | None, _PAIR] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=CURSOR_LENGTH_MAX)] = None,
) -> InstrumentPage:
    """By instrument id. What has expired or is not offered any more is left out."""
    where = InstrumentFilter(
        listed_at=datetime.now(UTC),
        venues=frozenset(services.venues),
        venue=venue,
        kind=kind,
        base=base,
        quote=quote,
        pair=pair,
    )
    after = parse_instrument_cursor(cursor) if cursor else None
    # One more than asked for says whether there is a next page.
    found = await services.instruments.listed(where, limit + 1, after)
    page = found[:limit]
    return InstrumentPage(
        instruments=[InstrumentResponse.of(instrument) for instrument in page],
        next_cursor=cursor_behind(page[-1].instrument_id) if len(found) > limit else None,
    )


@router.get("/{instrument_id}", summary="Look up an instrument", responses=problems(401, 404, 503))
async def get_instrument(instrument_id: str, _: Caller, services: Services) -> InstrumentResponse:
    """Also one that has expired or is not offered any more."""
    known = await services.instruments.named(instrument_id)
    if known is None:
        raise InstrumentNotFound(instrument_id)
    return InstrumentResponse.of(known)
