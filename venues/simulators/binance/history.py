"""Pages of past orders and trades, by the venue's rules.

Without a start, the latest entries are returned; with an id or a start time, the oldest from
there. Either way they are in ascending order.
"""

from bisect import bisect_left
from collections.abc import Sequence

from venues.simulators.binance.params import Params
from venues.simulators.orders import Fill, Order

MOST = 1000
MS = 1_000_000


def order_page(history: Sequence[Order], params: Params, default: int) -> Sequence[Order]:
    """Orders by ``orderId``, ``startTime``, ``endTime`` and ``limit``."""
    limit = params.limit(default, MOST)
    start, end = params.integer("startTime"), params.integer("endTime")
    first = params.integer("orderId")
    if first is not None:
        begin = bisect_left(history, first, key=lambda order: order.order_id)
        return history[begin : begin + limit]
    if start is None and end is None:
        return history[-limit:]
    within = [order for order in history if _within(order.created_ns, start, end)]
    return within[:limit] if start is not None else within[-limit:]


def trade_page(fills: Sequence[Fill], params: Params, default: int) -> Sequence[Fill]:
    """Fills by ``orderId``, ``fromId``, ``startTime``, ``endTime`` and ``limit``."""
    limit = params.limit(default, MOST)
    start, end = params.integer("startTime"), params.integer("endTime")
    first, order_id = params.integer("fromId"), params.integer("orderId")
    if first is not None:
        fills = fills[bisect_left(fills, first, key=lambda fill: fill.trade_id) :]
    if order_id is not None:
        fills = [fill for fill in fills if fill.order_id == order_id]
    if start is not None or end is not None:
        fills = [fill for fill in fills if _within(fill.time_ns, start, end)]
    from_start = first is not None or start is not None
    return fills[:limit] if from_start else fills[-limit:]


def _within(time_ns: int, start_ms: int | None, end_ms: int | None) -> bool:
    time_ms = time_ns // MS
    return (start_ms is None or start_ms <= time_ms) and (end_ms is None or time_ms <= end_ms)
