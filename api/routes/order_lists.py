"""Order lists: brackets and OCO pairs over any venue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.auth import ApiKey, Caller
from api.body import JsonRoute, OrderEntryRoute
from api.openapi import problems
from api.routes.answers import json_answer, require_strategy, visible_strategies
from api.schemas.order_lists import (
    LegResponse,
    OrderListDetails,
    OrderListPage,
    OrderListResponse,
    OrderListSubmission,
)
from api.schemas.orders import OrderResponse
from api.services import ApiServices, Services
from db.order_lists import ListRecord
from domain.errors import UnknownOrderList
from domain.identifiers import STRATEGY_ID
from domain.orders import UnifiedOrder

PAGE_DEFAULT = 50
PAGE_MAX = 500

entry = APIRouter(prefix="/order-lists", tags=["order lists"], route_class=OrderEntryRoute)
router = APIRouter(prefix="/order-lists", tags=["order lists"], route_class=JsonRoute)


@entry.post(
    "",
    summary="Place a bracket or an OCO pair",
    status_code=201,
    response_model=None,
    responses={
        201: {"model": OrderListResponse, "description": "Taken: it survives any process."},
        200: {"model": OrderListResponse, "description": "Placed before; this is that list."},
        **problems(400, 401, 403, 409, 413, 415, 422, 503),
    },
)
async def place_list(
    submission: OrderListSubmission, caller: Caller, services: Services
) -> Response:
    """The orders follow by themselves: in an OCO both at once, in a BRACKET the exits as soon and
    as far as the entry trades. When one exit trades the other is reduced by as much, or canceled.

    No venue has a part in this, so it works the same on all; what both exits trade at the very same
    moment at the venue is seen, counted and reported in `notes`.
    """
    require_strategy(submission.strategy_id, caller, services)
    record, created = await services.lists.place(submission.request())
    return json_answer(
        OrderListResponse.model_validate(record),
        201 if created else 200,
        {"Location": f"/api/live/order-lists/{record.list_id}"},
    )


@router.get("", summary="List order lists", responses=problems(401, 403, 422, 503))
async def list_lists(
    caller: Caller,
    services: Services,
    strategy_id: Annotated[str | None, Query(pattern=STRATEGY_ID.pattern)] = None,
    attention: Annotated[bool, Query(description="Only what a person should look at.")] = False,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
) -> OrderListPage:
    """Newest first. A strategy's key sees the lists of its own strategies."""
    found = await services.lists.latest(
        visible_strategies(strategy_id, caller), attention=attention, limit=limit
    )
    return OrderListPage(order_lists=[OrderListResponse.model_validate(one) for one in found])


@router.get("/{list_id}", summary="Look up an order list", responses=problems(401, 404, 503))
async def get_list(list_id: str, caller: Caller, services: Services) -> OrderListDetails:
    """The list with all its orders."""
    record, orders = await _visible(list_id, caller, services)
    return OrderListDetails(
        **OrderListResponse.model_validate(record).model_dump(),
        legs=[
            LegResponse(
                role=record.request.leg_of(order.client_order_id)[0],
                order=OrderResponse.model_validate(order),
            )
            for order in orders
        ],
    )


@router.post(
    "/{list_id}/cancel",
    summary="Cancel an order list",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": OrderListResponse, "description": "On record; its orders follow."},
        **problems(401, 404, 409, 503),
    },
)
async def cancel_list(list_id: str, caller: Caller, services: Services) -> Response:
    """All its orders are canceled and no more are sent. A position that the entry has made stays:
    close it if it shall go. Taken at all times, also while trading is stopped."""
    await _visible(list_id, caller, services)
    record = await services.lists.cancel(list_id)
    return json_answer(
        OrderListResponse.model_validate(record),
        202,
        background=BackgroundTask(services.lists.tell_of_cancel, record),
    )


async def _visible(
    list_id: str, caller: ApiKey, services: ApiServices
) -> tuple[ListRecord, list[UnifiedOrder]]:
    record, orders = await services.lists.read(list_id)
    if not caller.may_act_for(record.strategy_id):
        raise UnknownOrderList(list_id)
    return record, orders
