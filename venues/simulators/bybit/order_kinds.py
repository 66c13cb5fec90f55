"""Kinds of orders, as `orderFilter` names them.

Source: https://bybit-exchange.github.io/docs/v5/order/create-order, .../cancel-order
"""

from venues.simulators.bybit.instruments import PRODUCTS
from venues.simulators.bybit.params import Params
from venues.simulators.orders import Order

ORDER_FILTER = "orderFilter"
PLAIN, STOP, SPOT_EXIT = "Order", "StopOrder", "tpslOrder"
_OPEN = "OpenOrder"  # contracts: the plain ones


def kind_named(params: Params, *, spot: bool) -> str:
    """Which kind a cancel means: left out, spot means plain orders and contracts every kind."""
    return params.optional(ORDER_FILTER) or (PLAIN if spot else "")


def of_kind(order: Order, kind: str) -> bool:
    """Whether a kind means an order; empty means every kind.

    Once triggered, a conditional order is a plain one. There are none of the other kinds here.
    """
    if not kind:
        return True
    if order.triggered or not order.type.is_conditional:
        return kind in (PLAIN, _OPEN)
    return kind == (SPOT_EXIT if is_spot_exit(order) else STOP)


def is_spot_exit(order: Order) -> bool:
    """Whether it was sent as a take-profit or stop-loss of spot, which is no conditional order."""
    spot = PRODUCTS[order.symbol].category.is_spot
    return spot and order.venue_terms.get(ORDER_FILTER) == SPOT_EXIT
