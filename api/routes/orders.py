"""Orders: place, look up, list, cancel, resolve."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.background import BackgroundTask
from starlette.responses import Response

from activities.ports import OperatorDecision
from api.auth import Caller, Operator
from api.body import JsonRoute, OrderEntryRoute
from api.errors import NothingToAcknowledge
from api.openapi import problems
from api.paging import CURSOR_LENGTH_MAX, cursor_after, parse_cursor
from api.routes.answers import (
    json_answer,
    require_strategy,
    visible_order,
    visible_strategies,
)
from api.schemas.orders import (
    Acknowledgement,
    EventResponse,
    FillResponse,
    OrderDetails,
    OrderPage,
    OrderReceived,
    OrderResponse,
    OrderSubmission,
    Resolution,
)
from api.services import Services
from db.order_queries import OrderFilter
from domain.identifiers import STRATEGY_ID
from domain.order_events import AnomalyAcknowledged
from domain.orders import OrderStatus

WAIT_MS_DEFAULT = 2000
WAIT_MS_MAX = 10_000
PAGE_DEFAULT = 50
PAGE_MAX = 500

_FILTER_PATTERN = r"^[A-Za-z0-9/._-]{1,64}$"

entry = APIRouter(prefix="/orders", tags=["orders"], route_class=OrderEntryRoute)
router = APIRouter(prefix="/orders", tags=["orders"], route_class=JsonRoute)


@entry.post(
    "",
    summary="Place an order",
    status_code=201,
    response_model=None,
    responses={
        201: {"model": OrderResponse, "description": "Placed; the venue has answered."},
        202: {
            "model": OrderResponse | OrderReceived,
            "description": "Taken and safe, but not acknowledged within wait_ms. Ask again.",
        },
        200: {"model": OrderResponse, "description": "Placed before; this is that order."},
        **problems(400, 401, 403, 409, 413, 415, 422, 503),
    },
)
async def place_order(
    submission: OrderSubmission,
    caller: Caller,
    services: Services,
    wait_ms: Annotated[
        int, Query(ge=0, le=WAIT_MS_MAX, description="Wait so long for the venue's answer.")
    ] = WAIT_MS_DEFAULT,
) -> Response:
    """Any 2xx means that the order survives the loss of any process of ours.

    If no answer arrives, send the same request again: it gives the same order, never a second one.
    """
    require_strategy(submission.strategy_id, caller, services)
    request = submission.request()
    placed = await services.orchestrator.place(request, wait_ms / 1000)
    location = {"Location": f"/api/live/orders/{placed.order_id}"}
    if placed.order is None:
        return json_answer(OrderReceived(order_id=placed.order_id), 202, location)
    status = 200 if not placed.created else 201 if placed.is_acknowledged else 202
    return json_answer(OrderResponse.model_validate(placed.order), status, location)


@router.get("", summary="List orders", responses=problems(401, 403, 422, 503))
async def list_orders(
    caller: Caller,
    services: Services,
    strategy_id: Annotated[str | None, Query(pattern=STRATEGY_ID.pattern)] = None,
    status: OrderStatus | None = None,
    instrument_id: Annotated[str | None, Query(pattern=_FILTER_PATTERN)] = None,
    venue: Annotated[str | None, Query(pattern=_FILTER_PATTERN)] = None,
    attention: Annotated[bool, Query(description="Only what a person should look at.")] = False,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
    cursor: Annotated[str | None, Query(max_length=CURSOR_LENGTH_MAX)] = None,
) -> OrderPage:
    """Newest first. A strategy's key sees the orders of its own strategies."""
    where = OrderFilter(
        strategy_ids=visible_strategies(strategy_id, caller),
        status=status,
        instrument_id=instrument_id,
        venue=venue,
        attention=attention,
    )
    after = parse_cursor(cursor) if cursor else None
    # One more than asked for says whether there is a next page.
    found = await services.oms.orders(where, limit + 1, after)
    page = found[:limit]
    return OrderPage(
        orders=[OrderResponse.model_validate(order) for order in page],
        next_cursor=cursor_after(page[-1]) if len(found) > limit else None,
    )


@router.get("/{order_id}", summary="Look up an order", responses=problems(401, 404, 503))
async def get_order(order_id: str, caller: Caller, services: Services) -> OrderDetails:
    """The order with its fills and its audit trail."""
    order = await visible_order(order_id, caller, services)
    fills = await services.oms.fills(order_id)
    events = await services.oms.events(order_id)
    return OrderDetails(
        **OrderResponse.model_validate(order).model_dump(),
        fills=[FillResponse.model_validate(fill) for fill in fills],
        events=[EventResponse.model_validate(event) for event in events],
    )


@router.post(
    "/{order_id}/cancel",
    summary="Cancel an order",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": OrderResponse, "description": "On record and on its way to the venue."},
        200: {"model": OrderResponse, "description": "Canceled; it had not been sent."},
        **problems(401, 404, 409, 503),
    },
)
async def cancel_order(order_id: str, caller: Caller, services: Services) -> Response:
    """Cancels are taken at all times, also while trading is stopped. Asking twice is harmless."""
    if caller.strategies is not None:
        await visible_order(order_id, caller, services)
    order = await services.orchestrator.cancel(order_id, caller.name)
    return json_answer(
        OrderResponse.model_validate(order),
        200 if order.status.is_terminal else 202,
        background=BackgroundTask(services.orchestrator.tell_of_cancel, order, caller.name),
    )


@router.post(
    "/{order_id}/resolve",
    summary="Decide a stuck order",
    response_model=None,
    responses={
        200: {"model": OrderResponse, "description": "The decision was taken."},
        202: {"model": OrderReceived, "description": "Taken; the order is not on record yet."},
        **problems(401, 403, 404, 409, 422, 503),
    },
)
async def resolve_order(
    order_id: str, resolution: Resolution, caller: Operator, services: Services
) -> Response:
    """`retry` the step, `skip` it and go on, or `abort` the order. Operators only.

    An order that is not on record yet has no strategy that we could read: only an operator of all
    strategies decides it.
    """
    if caller.strategies is not None:
        await visible_order(order_id, caller, services)
    decision = OperatorDecision(resolution.decision, caller.name, resolution.reason)
    order = await services.orchestrator.resolve(order_id, decision)
    if order is None:
        return json_answer(OrderReceived(order_id=order_id), 202)
    return json_answer(OrderResponse.model_validate(order), 200)


@router.post(
    "/{order_id}/acknowledge",
    summary="Settle an order's anomaly",
    response_model=None,
    responses={
        200: {"model": OrderResponse, "description": "It needs a person no more."},
        **problems(401, 403, 404, 409, 422, 503),
    },
)
async def acknowledge_order(
    order_id: str, acknowledgement: Acknowledgement, caller: Operator, services: Services
) -> Response:
    """You have looked at what the venue contradicted (`anomaly`) and done what was to do: the order
    leaves the attention list, and its audit trail says by whose word. Operators only."""
    order = await visible_order(order_id, caller, services)
    settled = AnomalyAcknowledged(caller.name, acknowledgement.reason)
    after = await services.oms.apply(order_id, settled)
    if after.version == order.version:
        raise NothingToAcknowledge(order_id)
    return json_answer(OrderResponse.model_validate(after), 200)
