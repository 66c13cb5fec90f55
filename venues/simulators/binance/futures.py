"""USDT-M futures REST: symbols, and orders while they work. Batches of them are in
``futures_batches``, what is asked about them is in ``futures_queries``, the account half in
``futures_account``, conditional orders in ``algo_orders``."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from venues.simulators.binance import futures_messages as messages
from venues.simulators.binance.calls import (
    Call,
    Endpoint,
    Routes,
    instrument_of,
    named_order,
    signed,
)
from venues.simulators.binance.errors import INVALID_SIDE, NO_SUCH_ORDER, UNKNOWN_ORDER, ApiError
from venues.simulators.binance.filters import check_futures, futures_filters
from venues.simulators.binance.futures_terms import is_regular, new_order, refused
from venues.simulators.binance.history import FUTURES_RETENTION
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import Side
from venues.simulators.orders import Order, Refusal


class FuturesApi:
    """Orders of the futures REST API, and the symbols that they are in."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/fapi/v1/exchangeInfo"): Endpoint(self.exchange_info),
            ("POST", "/fapi/v1/order"): signed(self.place, 0, Action.SUBMIT),
            ("POST", "/fapi/v1/order/test"): signed(self.place_test, 0),
            ("PUT", "/fapi/v1/order"): signed(self.amend, 0, Action.AMEND),
            ("DELETE", "/fapi/v1/order"): signed(self.cancel, action=Action.CANCEL),
            ("DELETE", "/fapi/v1/allOpenOrders"): signed(self.cancel_all, action=Action.CANCEL),
        }

    def exchange_info(self, call: Call) -> dict[str, Any]:
        """All symbols."""
        return {
            "timezone": "UTC",
            "serverTime": call.now_ms,
            "futuresType": "U_MARGINED",
            "rateLimits": self._limiter.described(),
            "exchangeFilters": [],
            "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
            "symbols": [
                messages.symbol_info(instrument, futures_filters(instrument))
                for instrument in self._exchange.instruments.values()
            ],
        }

    def place(self, call: Call) -> dict[str, Any]:
        """A new order."""
        self.count(call)
        return self.place_one(call)

    def place_one(self, call: Call) -> dict[str, Any]:
        """A new order that was counted."""
        outcome = self._exchange.submit(new_order(self._exchange, call), call.now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        instrument = self._exchange.instruments[outcome.symbol]
        response_type = call.params.optional("newOrderRespType") or "ACK"
        return messages.placed(outcome, instrument, response_type)

    def place_test(self, call: Call) -> dict[str, Any]:
        """Everything of a new order but the order."""
        new_order(self._exchange, call)
        return {}

    def amend(self, call: Call) -> dict[str, Any]:
        """New price and quantity of a working limit order; it counts as a new one."""
        self.count(call)
        return self.amend_one(call)

    def amend_one(self, call: Call) -> dict[str, Any]:
        """An amendment that was counted."""
        order = named_regular(self._exchange, call, NO_SUCH_ORDER)
        side = call.params.choice("side", Side, INVALID_SIDE)
        price, quantity = call.params.decimal("price"), call.params.decimal("quantity")
        if side is not order.side:
            raise ApiError(*INVALID_SIDE)
        self._check(order, price, quantity)
        refusal = self._exchange.amend(order, price, quantity, call.now_ns)
        if refusal is Refusal.UNCHANGED:
            raise ApiError(-5027, "No need to modify the order.")
        if refusal is Refusal.NOT_OPEN:
            raise ApiError(*NO_SUCH_ORDER)
        if refusal is not None:
            raise refused(refusal)
        return self._row(order)

    def cancel(self, call: Call) -> dict[str, Any]:
        """Cancel one order."""
        order = named_regular(self._exchange, call, UNKNOWN_ORDER)
        if self._exchange.cancel(order, call.now_ns) is not None:
            raise ApiError(*UNKNOWN_ORDER)
        return self._row(order)

    def cancel_all(self, call: Call) -> dict[str, Any]:
        """Cancel all orders of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        cancel_regular(self._exchange, call.account, symbol, call.now_ns)
        return {"code": 200, "msg": "The operation of cancel all open order is done."}

    def count(self, call: Call, counts: Mapping[str, int] | None = None) -> None:
        """Count a new order or an amendment; raises ApiError."""
        self._limiter.use_order(call.account, call.now_ms, counts)

    def _row(self, order: Order) -> dict[str, Any]:
        return messages.order_row(order, self._exchange.instruments[order.symbol])

    def _check(self, order: Order, price: Decimal, quantity: Decimal) -> None:
        instrument = self._exchange.instruments[order.symbol]
        mark, reduces = self._exchange.marks[order.symbol], order.reduce_only
        check_futures(instrument, order.side, price, quantity, mark, reduce_only=reduces)


def named_regular(exchange: Exchange, call: Call, error: tuple[int, str]) -> Order:
    """The caller's order that a request names, if it is in the matching engine or ever was."""
    order = named_order(exchange, call, error)
    if not is_regular(order) or not FUTURES_RETENTION.finds(order, call.now_ms):
        raise ApiError(*error)
    return order


def open_regular(exchange: Exchange, account: str, symbol: str) -> list[Order]:
    """Orders of an account that work in the matching engine."""
    orders = exchange.state.orders.open_orders(account, symbol)
    return [order for order in orders if is_regular(order)]


def cancel_regular(exchange: Exchange, account: str, symbol: str, now_ns: int) -> None:
    """Cancel them."""
    for order in open_regular(exchange, account, symbol):
        exchange.cancel(order, now_ns)
