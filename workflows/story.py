"""What an order's workflow tells operators: search attributes and a line for Temporal UI."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from domain.identifiers import order_id_for
from domain.lists.request import OrderListRequest
from domain.orders import OrderRequest, OrderState

STATUS = SearchAttributeKey.for_keyword("OrderStatus")
VENUE = SearchAttributeKey.for_keyword("Venue")
STUCK = SearchAttributeKey.for_bool("Stuck")
ORDER_ID = SearchAttributeKey.for_keyword("OrderId")
CLIENT_ORDER_ID = SearchAttributeKey.for_keyword("ClientOrderId")
STRATEGY_ID = SearchAttributeKey.for_keyword("StrategyId")
INSTRUMENT = SearchAttributeKey.for_keyword("Instrument")

# How long a killed worker can hold up the order that it was working on.
TASK_TIMEOUT = timedelta(seconds=2)


def story(request: OrderRequest, order: OrderState | None) -> str:
    """Markdown: what is wanted, and how far it has come."""
    price = f" at {request.price}" if request.price is not None else ""
    instrument = order.instrument_id if order else request.instrument_id or request.pair
    wanted = (
        f"{request.side} {request.quantity} {instrument} {request.order_type}{price} "
        f"for {request.strategy_id}"
    )
    if order is None:
        return f"{wanted}: not recorded yet"
    average = f" at {order.avg_px}" if order.avg_px is not None else ""
    reason = f"\n\n{order.reason_code}: {order.reason}" if order.reason_code else ""
    return (
        f"{wanted}: **{order.status}**, filled {order.filled_qty} of {order.quantity}"
        f"{average}{reason}"
    )


def waiting_story(request: OrderRequest, order: OrderState) -> str:
    return (
        f"{story(request, order)}\n\n"
        f"Waiting for fills of the {order.status} order at {order.venue}."
    )


def search_attributes(request: OrderRequest) -> TypedSearchAttributes:
    order_id = order_id_for(request.strategy_id, request.client_order_id)
    attributes: list[SearchAttributePair[Any]] = [
        SearchAttributePair(ORDER_ID, order_id),
        SearchAttributePair(CLIENT_ORDER_ID, request.client_order_id),
        SearchAttributePair(STRATEGY_ID, request.strategy_id),
        SearchAttributePair(INSTRUMENT, request.instrument_id or request.pair or ""),
        SearchAttributePair(STATUS, "RECEIVED"),
        SearchAttributePair(STUCK, False),
    ]
    if request.instrument_id is not None:
        attributes.append(SearchAttributePair(VENUE, request.instrument_id.rpartition(".")[2]))
    return TypedSearchAttributes(attributes)


def summary(request: OrderRequest) -> str:
    """The order in one line, for the list of workflows in Temporal UI."""
    what = request.instrument_id or request.pair
    line = f"{request.side} {request.quantity:f} {what} {request.order_type}"
    if request.price is not None:
        line += f" at {request.price:f} {request.time_in_force}"
    return f"{line} for {request.strategy_id}"


def list_summary(request: OrderListRequest) -> str:
    return (
        f"{request.kind} {request.side} {request.quantity:f} {request.instrument_id} "
        f"for {request.strategy_id}"
    )
