"""Spot REST: order lists. OCO is simulated, lists in which an order triggers others are refused."""

from typing import Any, NoReturn

from venues.simulators.binance import order_list_messages as messages
from venues.simulators.binance.calls import Call, Routes, instrument_of, signed
from venues.simulators.binance.errors import UNKNOWN_ORDER, ApiError
from venues.simulators.binance.history import BAD_COMBINATION, MOST, SPOT_RETENTION
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.order_list_terms import new_oco, new_old_oco
from venues.simulators.binance.spot_messages import placed
from venues.simulators.binance.spot_terms import refused, response_type
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import NewOrder, Order, Refusal

NO_SUCH_LIST = (-2013, "Order list does not exist.")
DUPLICATE = (-2010, "Duplicate order sent.")
COUNTS = {"SECOND": 2, "DAY": 2}


class OrderListApi:
    """The endpoints of order lists."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("POST", "/api/v3/orderList/oco"): signed(self.place, action=Action.SUBMIT),
            ("POST", "/api/v3/order/oco"): signed(self.place_old, action=Action.SUBMIT),
            ("POST", "/api/v3/orderList/oto"): signed(self.refuse, action=Action.SUBMIT),
            ("POST", "/api/v3/orderList/otoco"): signed(self.refuse, action=Action.SUBMIT),
            ("DELETE", "/api/v3/orderList"): signed(self.cancel, action=Action.CANCEL),
            ("GET", "/api/v3/orderList"): signed(self.query, 4, Action.QUERY),
            ("GET", "/api/v3/allOrderList"): signed(self.all_lists, 20, Action.QUERY),
            ("GET", "/api/v3/openOrderList"): signed(self.open_lists, 6, Action.QUERY),
        }

    def place(self, call: Call) -> dict[str, Any]:
        """A new pair of which one cancels the other."""
        self._limiter.use_order(call.account, call.now_ms, COUNTS)
        return self._place(call, new_oco(self._exchange, call))

    def place_old(self, call: Call) -> dict[str, Any]:
        """The same, by the parameters of old."""
        self._limiter.use_order(call.account, call.now_ms, COUNTS)
        return self._place(call, new_old_oco(self._exchange, call))

    def refuse(self, call: Call) -> NoReturn:
        """No symbol takes lists in which one order triggers others."""
        instrument_of(self._exchange, call.params)
        raise ApiError(-2010, "OTO orders are not supported for this symbol.")

    def cancel(self, call: Call) -> dict[str, Any]:
        """Cancel a list."""
        orders = self._named(call, "listClientOrderId", UNKNOWN_ORDER)
        if orders[0].symbol != instrument_of(self._exchange, call.params).symbol:
            raise ApiError(*UNKNOWN_ORDER)
        living = [order for order in orders if order.is_open]
        if not living:
            raise ApiError(*UNKNOWN_ORDER)
        self._exchange.cancel(living[0], call.now_ns)
        return messages.canceled_list(orders)

    def query(self, call: Call) -> dict[str, Any]:
        """One list."""
        return messages.list_row(self._named(call, "origClientOrderId", NO_SUCH_LIST))

    def all_lists(self, call: Call) -> list[dict[str, Any]]:
        """Lists, finished ones too, the latest or those from an id or a time on."""
        params, first = call.params, call.params.integer("fromId")
        span = SPOT_RETENTION.span(params, call.now_ms)
        if first is not None and not span.is_open:
            raise ApiError(*BAD_COMBINATION)
        found = [
            orders
            for orders in self._exchange.state.orders.groups(call.account)
            if span.holds(orders[0].created_ns // 1_000_000)
            and (first is None or first <= orders[0].order_id)
        ]
        limit = params.limit(500, MOST)
        from_start = first is not None or "startTime" in params
        page = found[:limit] if from_start else found[-limit:]
        return [messages.list_row(orders) for orders in page]

    def open_lists(self, call: Call) -> list[dict[str, Any]]:
        """Lists that work."""
        return [messages.list_row(orders) for orders in self._working(call.account)]

    def _place(self, call: Call, legs: list[NewOrder]) -> dict[str, Any]:
        name = call.params.client_id("listClientOrderId") or self._exchange.generated_client_id()
        kind = response_type(call.params, "RESULT")
        if name in {
            orders[0].group.name for orders in self._working(call.account) if orders[0].group
        }:
            raise ApiError(*DUPLICATE)
        outcome = self._exchange.submit_group(legs, name, call.now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        fills = self._exchange.state.orders.fills_of
        reports = [placed(order, fills(order), kind) for order in outcome]
        return messages.list_row(outcome) | {"orderReports": reports}

    def _working(self, account: str) -> list[list[Order]]:
        groups = self._exchange.state.orders.groups(account)
        return [orders for orders in groups if any(order.is_open for order in orders)]

    def _named(self, call: Call, name: str, error: tuple[int, str]) -> list[Order]:
        """The caller's list by its id or name; with both, both must be its; raises ApiError."""
        wanted_id, wanted = call.params.integer("orderListId"), call.params.optional(name)
        if wanted_id is None and wanted is None:
            text = f"Param '{name}' or 'orderListId' must be sent, but both were empty/null!"
            raise ApiError(-1102, text)
        for orders in reversed(self._exchange.state.orders.groups(call.account)):
            group = orders[0].group
            assert group is not None
            if wanted_id in (None, group.group_id) and wanted in (None, group.name):
                return orders
        raise ApiError(*error)
