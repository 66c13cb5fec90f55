"""Questions about ordinary orders and fills, with the venue's retention."""

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.faults import Faults
from venues.simulators.okx import errors
from venues.simulators.okx.calls import Call, Routes, query
from venues.simulators.okx.errors import ApiError, empty
from venues.simulators.okx.history import (
    ARCHIVE_KEPT_NS,
    FILLS_KEPT_NS,
    ORDERS_KEPT_NS,
    UNFILLED_KEPT_NS,
    page,
)
from venues.simulators.okx.ids import bill_id
from venues.simulators.okx.instruments import INSTRUMENTS
from venues.simulators.okx.order_rows import STATES, fill_row, order_row, order_type
from venues.simulators.okx.params import Params
from venues.simulators.okx.selection import INST_TYPES, symbols_of
from venues.simulators.okx.trading import named_order
from venues.simulators.orders import Fill, Order, Status
from venues.simulators.unified_account import UnifiedAccount


class OrderQueries:
    """One account's orders and fills."""

    def __init__(self, name: str, exchange: Exchange, faults: Faults) -> None:
        self._name = name
        self._exchange = exchange
        self._faults = faults

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("GET", "/api/v5/trade/order"): query(self.order, 60),
            ("GET", "/api/v5/trade/orders-pending"): query(self.pending, 60),
            ("GET", "/api/v5/trade/orders-history"): query(self.history, 40),
            ("GET", "/api/v5/trade/orders-history-archive"): query(self.archive, 20),
            ("GET", "/api/v5/trade/fills"): query(self.fills, 60),
            ("GET", "/api/v5/trade/fills-history"): query(self.fills_history, 10),
        }

    def order(self, call: Call) -> list[dict[str, Any]]:
        """One order, for as long as the venue keeps it."""
        params = call.params
        if params.text("instId") not in INSTRUMENTS:
            raise errors.no_instrument()
        order_id, named = params.integer("ordId"), params.get("clOrdId")
        if order_id is None and not named:
            raise empty("ordId or clOrdId")
        order = named_order(self._exchange, call.account, order_id, named)
        if order is None or not self._is_kept(order, ARCHIVE_KEPT_NS, call.now_ns):
            raise ApiError(*errors.NO_SUCH_ORDER)
        return [self.row(order)]

    def pending(self, call: Call) -> list[dict[str, Any]]:
        """Working orders."""
        symbols = set(symbols_of(call.params))
        working = self._exchange.state.orders.open_orders(call.account)
        chosen = [order for order in working if order.symbol in symbols]
        chosen.sort(key=lambda order: order.order_id, reverse=True)
        return self._rows(call, chosen)

    def history(self, call: Call) -> list[dict[str, Any]]:
        """Finished orders of the last seven days."""
        self._needs_type(call.params)
        return self._finished(call, ORDERS_KEPT_NS)

    def archive(self, call: Call) -> list[dict[str, Any]]:
        """Finished orders of the last three months."""
        self._needs_type(call.params)
        return self._finished(call, ARCHIVE_KEPT_NS)

    def fills(self, call: Call) -> list[dict[str, Any]]:
        """Fills of the last three days."""
        return self._fills(call, FILLS_KEPT_NS)

    def fills_history(self, call: Call) -> list[dict[str, Any]]:
        """Fills of the last three months."""
        self._needs_type(call.params)
        return self._fills(call, ARCHIVE_KEPT_NS)

    def row(self, order: Order) -> dict[str, Any]:
        """An order with its fills so far."""
        fills = self._exchange.state.orders.fills_of(order)
        account = self._exchange.state.accounts[order.account]
        assert isinstance(account, UnifiedAccount)
        return order_row(order, fills, account.leverage_of(order.symbol))

    def _finished(self, call: Call, kept_ns: int) -> list[dict[str, Any]]:
        orders = self._exchange.state.orders.newest(call.account, symbols_of(call.params))
        over = (order for order in orders if not order.is_open)
        return self._rows(call, (o for o in over if self._is_kept(o, kept_ns, call.now_ns)))

    def _rows(self, call: Call, newest_first: Iterable[Order]) -> list[dict[str, Any]]:
        params = call.params
        state = params.choice("state", {**{word: word for word in STATES.values()}, "": ""}, "")
        chosen = (
            order
            for order in newest_first
            if not (order.type.is_conditional and not order.triggered)
            and state in ("", STATES[order.status])
            and params.get("ordType") in ("", order_type(order))
        )
        rows = page(chosen, params, lambda o: o.order_id, lambda o: o.created_ns)
        return [self.row(order) for order in rows]

    def _fills(self, call: Call, kept_ns: int) -> list[dict[str, Any]]:
        params = call.params
        order_id = params.integer("ordId")
        since_ns = call.now_ns - kept_ns
        fills = self._exchange.state.orders.newest_fills(call.account, symbols_of(params))
        kept = takewhile(lambda fill: fill.time_ns >= since_ns, fills)
        chosen = (fill for fill in kept if order_id in (None, fill.order_id))
        rows = page(chosen, params, bill_id, lambda fill: fill.time_ns)
        return [fill_row(self._order_of(fill), fill) for fill in rows]

    def _order_of(self, fill: Fill) -> Order:
        order = self._exchange.state.orders.get(fill.order_id)
        assert order is not None
        return order

    def _is_kept(self, order: Order, kept_ns: int, now_ns: int) -> bool:
        """Whether the venue still has it. What was canceled unfilled is kept for two hours."""
        if order.is_open:
            return True
        if order.updated_ns < self._faults.forgotten_before_ns(self._name, now_ns):
            return False
        unfilled = order.status is not Status.FILLED and not order.executed
        return now_ns - order.updated_ns <= (UNFILLED_KEPT_NS if unfilled else kept_ns)

    def _needs_type(self, params: Params) -> None:
        params.choice("instType", INST_TYPES)
