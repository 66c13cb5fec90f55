"""What the routes of orders have in common: who may see what, and how an answer is written."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.auth import ApiKey
from api.errors import RefusedField
from api.services import ApiServices
from domain.errors import UnknownOrder
from domain.identifiers import is_order_id
from domain.orders import UnifiedOrder


def json_answer(
    model: BaseModel,
    status: int,
    headers: dict[str, str] | None = None,
    background: BackgroundTask | None = None,
) -> Response:
    """The model as it is: nothing is validated a second time on the hot path."""
    return Response(
        model.model_dump_json(), status, headers, "application/json", background=background
    )


def require_strategy(strategy_id: str, caller: ApiKey, services: ApiServices) -> None:
    caller.require_strategy(strategy_id)
    require_configured(strategy_id, services)


def require_configured(strategy_id: str, services: ApiServices) -> None:
    """Raises RefusedField for a strategy that the configuration does not name."""
    if "*" not in services.strategies and strategy_id not in services.strategies:
        raise RefusedField(
            "strategy_id",
            "unknown_strategy",
            f"{strategy_id!r} is not among the strategies of this system's configuration.",
        )


def visible_strategies(strategy_id: str | None, caller: ApiKey) -> frozenset[str] | None:
    """Those that are asked for, or all that the caller may act for; None means every strategy."""
    if strategy_id is None:
        return caller.strategies
    caller.require_strategy(strategy_id)
    return frozenset({strategy_id})


async def visible_order(order_id: str, caller: ApiKey, services: ApiServices) -> UnifiedOrder:
    """The order, if the caller may know that it exists. Raises UnknownOrder."""
    order = await services.oms.order(order_id) if is_order_id(order_id) else None
    if order is None or not caller.may_act_for(order.strategy_id):
        raise UnknownOrder(order_id)
    return order
