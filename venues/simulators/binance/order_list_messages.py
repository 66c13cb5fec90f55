"""Spot payloads: order lists."""

from collections.abc import Iterator, Sequence
from typing import Any

from venues.simulators.binance.spot_messages import canceled
from venues.simulators.events import Step
from venues.simulators.orders import Order

CONTINGENCY = "OCO"


def list_row(orders: Sequence[Order]) -> dict[str, Any]:
    """A list as GET /api/v3/orderList tells it."""
    group = orders[0].group
    assert group is not None
    is_done = not any(order.is_open for order in orders)
    return {
        "orderListId": group.group_id,
        "contingencyType": CONTINGENCY,
        "listStatusType": "ALL_DONE" if is_done else "EXEC_STARTED",
        "listOrderStatus": "ALL_DONE" if is_done else "EXECUTING",
        "listClientOrderId": group.name,
        "transactionTime": max(order.updated_ns for order in orders) // 1_000_000,
        "symbol": orders[0].symbol,
        "orders": [
            {
                "symbol": order.symbol,
                "orderId": order.order_id,
                "clientOrderId": order.client_order_id,
            }
            for order in orders
        ],
    }


def canceled_list(orders: Sequence[Order]) -> dict[str, Any]:
    """The answer to the cancel of a list, or of one of its orders."""
    return list_row(orders) | {"orderReports": [canceled(order) for order in orders]}


def list_events(
    step: Step, order: Order, orders: Sequence[Order], now_ms: int
) -> Iterator[dict[str, Any]]:
    """What user streams tell of a list after a step of one of its orders: its begin and its end."""
    begins = step is Step.NEW and order is orders[-1]
    ends = not order.is_open and not any(each.is_open for each in orders)
    if not begins and not ends:
        return
    row = list_row(orders)
    yield {
        "e": "listStatus",
        "E": now_ms,
        "s": order.symbol,
        "g": row["orderListId"],
        "c": CONTINGENCY,
        "l": row["listStatusType"],
        "L": row["listOrderStatus"],
        "r": "NONE",
        "C": row["listClientOrderId"],
        "T": row["transactionTime"],
        "O": [
            {"s": each["symbol"], "i": each["orderId"], "c": each["clientOrderId"]}
            for each in row["orders"]
        ],
    }
