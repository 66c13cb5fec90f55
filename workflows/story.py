"""What an order's workflow tells operators: search attributes and a line for Temporal UI."""

from __future__ import annotations

from temporalio.common import SearchAttributeKey

from domain.orders import OrderRequest, OrderState

STATUS = SearchAttributeKey.for_keyword("OrderStatus")
VENUE = SearchAttributeKey.for_keyword("Venue")
STUCK = SearchAttributeKey.for_bool("Stuck")


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
