"""Commands to orders that live: amend one, cancel many."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.auth import Caller, OperatorOnly, Role
from api.body import JsonRoute
from api.openapi import problems
from api.routes.answers import json_answer, visible_order, visible_strategies
from api.schemas.commands import (
    AmendOutcome,
    AmendResponse,
    AmendSubmission,
    CancelAllResponse,
    CancelAllSubmission,
    CanceledOrder,
)
from api.schemas.orders import OrderResponse
from api.scopes import require_known_names
from api.services import Services
from db.order_queries import OrderScope

WAIT_MS_DEFAULT = 2000
WAIT_MS_MAX = 10_000

router = APIRouter(prefix="/orders", tags=["orders"], route_class=JsonRoute)


@router.post(
    "/cancel-all",
    summary="Cancel many orders",
    status_code=202,
    response_model=None,
    responses={
        202: {"model": CancelAllResponse, "description": "On record and on their way."},
        **problems(400, 401, 403, 413, 415, 422, 503),
    },
)
async def cancel_all(
    submission: CancelAllSubmission, caller: Caller, services: Services
) -> Response:
    """Every live order that matches all scopes given, and no other. Always taken, also while
    trading is stopped. A strategy's key cancels the orders of its own strategies only.

    422 `unknown_strategy`, `unknown_venue`, `unknown_instrument`: nothing was there to cancel, and
    the name is not one of this system's.
    """
    if submission.everything and caller.role is not Role.OPERATOR:
        raise OperatorOnly
    scope = OrderScope(
        strategy_ids=visible_strategies(submission.strategy_id, caller),
        venue=submission.venue,
        instrument_id=submission.instrument_id,
    )
    # The lists first: else one might put a new leg in the place of a canceled one.
    lists = await services.lists.cancel_in(scope)
    orders = await services.commands.cancel_all(scope, caller.name)
    if not orders and not lists:
        await require_known_names(submission, services)
    return json_answer(
        CancelAllResponse(
            orders=[CanceledOrder.model_validate(o, from_attributes=True) for o in orders],
            order_lists=[one.list_id for one in lists],
        ),
        202,
        background=BackgroundTask(services.lists.tell_of_cancel, *lists),
    )


@router.post(
    "/{order_id}/amend",
    summary="Amend an order",
    response_model=None,
    responses={
        200: {"model": AmendResponse, "description": "Made; see outcome."},
        202: {"model": AmendResponse, "description": "On record; its end is not known yet."},
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
    },
)
async def amend_order(
    order_id: str,
    submission: AmendSubmission,
    caller: Caller,
    services: Services,
    wait_ms: Annotated[
        int, Query(ge=0, le=WAIT_MS_MAX, description="Wait so long for the venue's answer.")
    ] = WAIT_MS_DEFAULT,
) -> Response:
    """New quantity, price or trigger for a working order. Until the venue has answered, risk counts
    the larger of both quantities. Send the same request again when an answer was lost.

    409 `not_amendable`: the message says whether `replace` helps. 409 `amend_refused`: the order
    stands as it was, or had ended. 422 `risk_denied`: a limit objects.
    """
    await visible_order(order_id, caller, services)
    answer = await services.commands.amend(order_id, submission.wish(caller.name), wait_ms / 1000)
    response = AmendResponse(
        amend_id=submission.amend_id,
        outcome=answer.outcome,
        order=OrderResponse.model_validate(answer.order),
    )
    return json_answer(response, 202 if answer.outcome is AmendOutcome.PENDING else 200)
