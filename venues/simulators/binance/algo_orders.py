"""USDT-M futures REST: algo (conditional) orders until they trigger.

From then on ``futures`` serves the order that came of one.
"""

from typing import Any

from venues.simulators.binance.algo_messages import algo_id, algo_row, order_id_of
from venues.simulators.binance.calls import Call, Routes, instrument_of, instruments_of, signed
from venues.simulators.binance.errors import NO_SUCH_ORDER, UNKNOWN_ORDER, ApiError
from venues.simulators.binance.futures_terms import new_algo_order, refused
from venues.simulators.binance.history import FUTURES_RETENTION, MOST
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.weights import FUTURES_OPEN_ORDERS
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import Order, Refusal, Status

DEFAULT_PAGE = 500


class AlgoApi:
    """The algo order endpoints."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("POST", "/fapi/v1/algoOrder"): signed(self.place, 0, Action.SUBMIT),
            ("GET", "/fapi/v1/algoOrder"): signed(self.query, action=Action.QUERY),
            ("DELETE", "/fapi/v1/algoOrder"): signed(self.cancel, action=Action.CANCEL),
            ("GET", "/fapi/v1/openAlgoOrders"): signed(
                self.open_orders, FUTURES_OPEN_ORDERS, Action.QUERY
            ),
            ("GET", "/fapi/v1/allAlgoOrders"): signed(self.all_orders, 5, Action.QUERY),
            ("DELETE", "/fapi/v1/algoOpenOrders"): signed(self.cancel_all, action=Action.CANCEL),
        }

    def place(self, call: Call) -> dict[str, Any]:
        """A new algo order."""
        self._limiter.use_order(call.account, call.now_ms)
        outcome = self._exchange.submit(new_algo_order(self._exchange, call), call.now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        return self._row(outcome)

    def query(self, call: Call) -> dict[str, Any]:
        """One algo order, triggered or not."""
        return self._row(self._named(call, NO_SUCH_ORDER))

    def cancel(self, call: Call) -> dict[str, Any]:
        """Cancel an algo order that has not triggered."""
        order = self._named(call, UNKNOWN_ORDER)
        if order.status is not Status.UNTRIGGERED:
            raise ApiError(*UNKNOWN_ORDER)
        self._exchange.cancel(order, call.now_ns)
        named = {"algoId": algo_id(order), "clientAlgoId": order.client_order_id}
        return named | {"code": "200", "msg": "success"}

    def open_orders(self, call: Call) -> list[dict[str, Any]]:
        """Algo orders that wait, of a symbol or all."""
        wanted = call.params.integer("algoId")
        return [
            self._row(order)
            for instrument in instruments_of(self._exchange, call.params)
            for order in self._waiting(call, instrument.symbol)
            if wanted in (None, algo_id(order))
        ]

    def all_orders(self, call: Call) -> list[dict[str, Any]]:
        """Algo orders of a symbol, finished ones too, the latest last; ``page`` counts from 1."""
        params, store = call.params, self._exchange.state.orders
        symbol = instrument_of(self._exchange, params).symbol
        first, limit = params.integer("algoId") or 0, params.limit(DEFAULT_PAGE, MOST)
        span = FUTURES_RETENTION.span(params, call.now_ms)
        found = [
            order
            for order in store.history(call.account, symbol)
            if order.type.is_conditional
            and call.remembers(order)
            and FUTURES_RETENTION.finds(order, call.now_ms)
            and (algo_id(order) >= first if first else span.holds(order.created_ns // 1_000_000))
        ]
        page = params.integer("page")
        if page is not None:
            found = found[(page - 1) * limit : page * limit]
        return [self._row(order) for order in (found[:limit] if first else found[-limit:])]

    def cancel_all(self, call: Call) -> dict[str, Any]:
        """Cancel all algo orders of a symbol that wait."""
        symbol = instrument_of(self._exchange, call.params).symbol
        for order in self._waiting(call, symbol):
            self._exchange.cancel(order, call.now_ns)
        return {"code": 200, "msg": "The operation of cancel all open algo order is done."}

    def _waiting(self, call: Call, symbol: str) -> list[Order]:
        orders = self._exchange.state.orders.open_orders(call.account, symbol)
        return [order for order in orders if order.status is Status.UNTRIGGERED]

    def _named(self, call: Call, error: tuple[int, str]) -> Order:
        """The caller's algo order that ``algoId`` or ``clientAlgoId`` names; raises ApiError."""
        algo, client_id = call.params.integer("algoId"), call.params.optional("clientAlgoId")
        if algo is None and client_id is None:
            text = "Param 'clientAlgoId' or 'algoId' must be sent, but both were empty/null!"
            raise ApiError(-1102, text)
        orders = self._exchange.state.orders
        if algo is not None:
            order = orders.get(order_id_of(algo))
        else:
            order = orders.by_client_id(call.account, client_id or "")
        if order is None or order.account != call.account or not order.type.is_conditional:
            raise ApiError(*error)
        if not FUTURES_RETENTION.finds(order, call.now_ms):
            raise ApiError(*error)
        if not call.remembers(order) or client_id not in (None, order.client_order_id):
            raise ApiError(*error)
        return order

    def _row(self, order: Order) -> dict[str, Any]:
        return algo_row(order, self._exchange.instruments[order.symbol])
