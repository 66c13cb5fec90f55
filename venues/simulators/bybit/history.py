"""Lists of orders and executions: filters, retention and cursors.

Newest first. Closed orders are with ``realtime`` until the venue restarts, then only in the
history, which keeps those without a fill for a day.
Source: https://bybit-exchange.github.io/docs/v5/order/open-order, .../order-list, .../execution
"""

import time
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice, takewhile
from typing import Any

from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import parameter
from venues.simulators.bybit.instruments import PRODUCTS, Category, products_in
from venues.simulators.bybit.limits import query
from venues.simulators.bybit.order_kinds import ORDER_FILTER, of_kind
from venues.simulators.bybit.order_rows import execution_row, order_row, status_word
from venues.simulators.bybit.paging import DAY_MS, page_of, span_of
from venues.simulators.bybit.trading import find_order, matches, matches_product
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.faults import Faults
from venues.simulators.orders import Fill, Order

MOST_CLOSED = 500


class History:
    """What became of orders. ``started_ns`` is when the venue came up."""

    def __init__(self, exchange: Exchange, started_ns: int, faults: Faults, venue: str) -> None:
        self._exchange = exchange
        self._started_ns = started_ns
        self._faults = faults
        self._venue = venue

    def routes(self) -> Routes:
        """The three lists."""
        lists = {
            "/v5/order/realtime": self.realtime,
            "/v5/order/history": self.closed,
            "/v5/execution/list": self.executions,
        }
        return {
            ("GET", path): Endpoint(handler, query(path), Action.QUERY)
            for path, handler in lists.items()
        }

    def row(self, order: Order, status: str | None = None) -> dict[str, Any]:
        """An order with what it has paid."""
        fees: dict[str, Decimal] = {}
        for fill in self._exchange.state.orders.fills_of(order):
            fees[fill.fee_asset] = fees.get(fill.fee_asset, Decimal(0)) + fill.fee
        return order_row(order, fees, status)

    def execution(self, order: Order, fill: Fill, leaves: Decimal) -> dict[str, Any]:
        """An execution."""
        return execution_row(order, fill, self._exchange.marks[fill.symbol], leaves)

    def realtime(self, call: Call) -> Reply:
        """Working orders, or the latest closed ones; one order whatever it is, if it is named."""
        category, params = call.params.category(), call.params
        named = self._named(call, category)
        if named is not None:
            return self._orders(call, (o for o in named if o.is_open or self._is_remembered(o)))
        if category is Category.LINEAR and not any(
            name in params for name in ("symbol", "baseCoin", "settleCoin")
        ):
            raise parameter("symbol, baseCoin or settleCoin is required")
        if params.integer("openOnly"):
            closed = (o for o in self._newest(call) if not o.is_open and self._is_remembered(o))
            return self._orders(call, islice(closed, MOST_CLOSED))
        kind = params.optional(ORDER_FILTER) or ""
        working = [
            order
            for order in self._exchange.state.orders.open_orders(call.account)
            if matches(order, category, params) and of_kind(order, kind)
        ]
        working.sort(key=lambda order: order.order_id, reverse=True)
        return self._orders(call, working)

    def closed(self, call: Call) -> Reply:
        """Closed orders of a span of at most seven days."""
        category = call.params.category()
        start_ms, end_ms = span_of(call)
        named = self._named(call, category)
        orders = takewhile(
            lambda order: order.created_ns // 1_000_000 >= start_ms,
            self._newest(call) if named is None else named,
        )
        wanted = call.params.optional("orderStatus")
        chosen = (
            order
            for order in orders
            if not order.is_open
            and order.created_ns // 1_000_000 <= end_ms
            and self._is_kept(order, call.now_ns)
            and wanted in (None, status_word(order))
        )
        return self._orders(call, chosen)

    def executions(self, call: Call) -> Reply:
        """Fills of a span of at most seven days."""
        category = call.params.category()
        start_ms, end_ms = span_of(call)
        named, store = self._named(call, category), self._exchange.state.orders
        if named is None:
            fills = store.newest_fills(call.account, self._names(call))
        else:
            fills = (fill for order in named for fill in reversed(store.fills_of(order)))
        recent = takewhile(lambda fill: fill.time_ns // 1_000_000 >= start_ms, fills)
        chosen = (fill for fill in recent if fill.time_ns // 1_000_000 <= end_ms)
        page = page_of(call, chosen, lambda fill: (fill.trade_id, fill.order_id), 50, 100)
        listed = [_listed(self._past_execution(fill)) for fill in page.entries]
        return Reply({"category": category.value, "nextPageCursor": page.cursor, "list": listed})

    def _past_execution(self, fill: Fill) -> dict[str, Any]:
        store = self._exchange.state.orders
        order = store.get(fill.order_id)
        assert order is not None, "a fill outlives its order"
        earlier = (f for f in store.fills_of(order) if f.trade_id <= fill.trade_id)
        leaves = order.quantity - sum((f.quantity for f in earlier), Decimal(0))
        return self.execution(order, fill, leaves)

    def _named(self, call: Call, category: Category) -> list[Order] | None:
        """The order that ``orderId`` or ``orderLinkId`` names, None when neither is given."""
        number, name = call.params.optional("orderId"), call.params.optional("orderLinkId")
        if number is None and name is None:
            return None
        order = find_order(self._exchange, call.account, number, name)
        if order is None or PRODUCTS[order.symbol].category is not category:
            return []
        return [order]

    def _names(self, call: Call) -> list[str]:
        """The exchange's names of the products that a request means."""
        category = call.params.category()
        return [p.name for p in products_in(category) if matches_product(p, call.params)]

    def _newest(self, call: Call) -> Iterator[Order]:
        kind = call.params.optional(ORDER_FILTER) or ""
        orders = self._exchange.state.orders.newest(call.account, self._names(call))
        return (order for order in orders if of_kind(order, kind))

    def _is_remembered(self, order: Order) -> bool:
        """A restart forgets what was closed before it, and so does an armed fault."""
        forgotten_ns = self._faults.forgotten_before_ns(self._venue, time.time_ns())
        return order.updated_ns >= max(self._started_ns, forgotten_ns)

    def _is_kept(self, order: Order, now_ns: int) -> bool:
        """The history keeps orders without a fill for a day."""
        if order.updated_ns < self._faults.forgotten_before_ns(self._venue, time.time_ns()):
            return False
        return bool(order.executed) or (now_ns - order.updated_ns) // 1_000_000 <= DAY_MS

    def _orders(self, call: Call, newest_first: Iterable[Order]) -> Reply:
        page = page_of(call, newest_first, lambda order: (order.order_id, 0), 20, 50)
        listed = [_listed(self.row(order)) for order in page.entries]
        category = call.params.category().value
        return Reply({"category": category, "nextPageCursor": page.cursor, "list": listed})


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list, which says its category once for all."""
    return {name: value for name, value in row.items() if name != "category"}
