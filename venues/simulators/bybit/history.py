"""Lists of orders and executions: filters, retention and cursors.

Newest first. Closed orders are with ``realtime`` until the venue restarts, then only in the
history, which keeps those without a fill for a day.
Source: https://bybit-exchange.github.io/docs/v5/order/open-order, .../order-list, .../execution
"""

import re
import time
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from venues.simulators.bybit.calls import Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.instruments import PRODUCTS, Category, products_in
from venues.simulators.bybit.limits import query
from venues.simulators.bybit.order_rows import execution_row, order_row, status_word
from venues.simulators.bybit.trading import find_order, matches, of_kind
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.faults import Faults
from venues.simulators.orders import Fill, Order

MOST_CLOSED = 500
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS


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
            return self._page([o for o in named if o.is_open or self._is_remembered(o)], call, 50)
        if category is Category.LINEAR and not any(
            name in params for name in ("symbol", "baseCoin", "settleCoin")
        ):
            raise parameter("symbol, baseCoin or settleCoin is required")
        mine = self._orders(call, category)
        if params.integer("openOnly"):
            closed = [order for order in mine if not order.is_open and self._is_remembered(order)]
            return self._page(closed[:MOST_CLOSED], call, 50)
        return self._page([order for order in mine if order.is_open], call, 50)

    def closed(self, call: Call) -> Reply:
        """Closed orders of a span of at most seven days."""
        category = call.params.category()
        start_ms, end_ms = _span(call)
        named = self._named(call, category)
        candidates = self._orders(call, category) if named is None else named
        wanted = call.params.optional("orderStatus")
        return self._page(
            [
                order
                for order in candidates
                if not order.is_open
                and start_ms <= order.created_ns // 1_000_000 <= end_ms
                and self._is_kept(order, call.now_ns)
                and wanted in (None, status_word(order))
            ],
            call,
            50,
        )

    def executions(self, call: Call) -> Reply:
        """Fills of a span of at most seven days."""
        category = call.params.category()
        start_ms, end_ms = _span(call)
        named = self._named(call, category)
        rows = [
            (fill.time_ns // 1_000_000, fill, row)
            for fill, row in self._executions(call, category, named)
            if start_ms <= fill.time_ns // 1_000_000 <= end_ms
        ]
        rows.sort(key=lambda entry: (entry[0], entry[1].trade_id, entry[1].order_id), reverse=True)
        after = _cursor(call)
        if after is not None:
            rows = [r for r in rows if (r[1].trade_id, r[1].order_id) < after]
        limit = call.params.limit(50, 100)
        page = rows[:limit]
        cursor = ""
        if len(rows) > limit:
            last = page[-1][1]
            cursor = f"{last.trade_id}%3A{last.order_id}"
        listed = [_listed(row) for _, _, row in page]
        return Reply({"category": category.value, "nextPageCursor": cursor, "list": listed})

    def _executions(
        self, call: Call, category: Category, named: list[Order] | None
    ) -> Iterator[tuple[Fill, dict[str, Any]]]:
        store = self._exchange.state.orders
        if named is not None:
            orders: Iterable[Order] = named
        else:
            orders = (
                order
                for product in products_in(category)
                for order in store.history(call.account, product.name)
                if matches(order, category, call.params)
            )
        for order in orders:
            leaves = order.quantity
            for fill in store.fills_of(order):
                leaves -= fill.quantity
                yield fill, self.execution(order, fill, leaves)

    def _named(self, call: Call, category: Category) -> list[Order] | None:
        """The order that ``orderId`` or ``orderLinkId`` names, None when neither is given."""
        number, name = call.params.optional("orderId"), call.params.optional("orderLinkId")
        if number is None and name is None:
            return None
        order = find_order(self._exchange, call.account, number, name)
        if order is None or PRODUCTS[order.symbol].category is not category:
            return []
        return [order]

    def _orders(self, call: Call, category: Category) -> list[Order]:
        store, kind = self._exchange.state.orders, call.params.optional("orderFilter") or ""
        orders = [
            order
            for product in products_in(category)
            for order in store.history(call.account, product.name)
            if matches(order, category, call.params) and of_kind(order, kind)
        ]
        return sorted(orders, key=lambda order: order.order_id, reverse=True)

    def _is_remembered(self, order: Order) -> bool:
        """A restart forgets what was closed before it, and so does an armed fault."""
        forgotten_ns = self._faults.forgotten_before_ns(self._venue, time.time_ns())
        return order.updated_ns >= max(self._started_ns, forgotten_ns)

    def _is_kept(self, order: Order, now_ns: int) -> bool:
        """The history keeps orders without a fill for a day."""
        if order.updated_ns < self._faults.forgotten_before_ns(self._venue, time.time_ns()):
            return False
        return bool(order.executed) or (now_ns - order.updated_ns) // 1_000_000 <= DAY_MS

    def _page(self, orders: list[Order], call: Call, most: int) -> Reply:
        after = _cursor(call)
        if after is not None:
            orders = [order for order in orders if order.order_id < after[0]]
        limit = call.params.limit(20, most)
        page = orders[:limit]
        cursor = ""
        if len(orders) > limit:
            created_ms = page[-1].created_ns // 1_000_000
            cursor = f"{page[-1].order_id}%3A{created_ms}"
        listed = [_listed(self.row(order)) for order in page]
        category = call.params.category().value
        return Reply({"category": category, "nextPageCursor": cursor, "list": listed})


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list, which says its category once for all."""
    return {name: value for name, value in row.items() if name != "category"}


def _span(call: Call) -> tuple[int, int]:
    start, end = call.params.integer("startTime"), call.params.integer("endTime")
    if start is None:
        end = call.now_ms if end is None else end
        return end - WEEK_MS, end
    if end is None:
        return start, start + WEEK_MS
    if end - start > WEEK_MS:
        raise ApiError(10001, "The time range between startTime and endTime cannot exceed 7 days.")
    return start, end


def _cursor(call: Call) -> tuple[int, int] | None:
    text = call.params.optional("cursor")
    if text is None:
        return None
    found = re.fullmatch(r"(\d+)(?:%3A|:)(\d+)", text, re.ASCII | re.IGNORECASE)
    if found is None:
        raise parameter("cursor invalid")
    return int(found.group(1)), int(found.group(2))
