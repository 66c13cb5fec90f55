"""USDT-M futures REST: questions about orders and trades."""

from typing import Any

from venues.simulators.binance import futures_messages as messages
from venues.simulators.binance.calls import Call, Routes, instrument_of, instruments_of, signed
from venues.simulators.binance.errors import NO_SUCH_ORDER, ApiError
from venues.simulators.binance.futures import named_regular, open_regular
from venues.simulators.binance.futures_terms import is_regular
from venues.simulators.binance.history import (
    FUTURES_RETENTION,
    check_futures_trades,
    order_page,
    trade_page,
)
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.weights import FUTURES_OPEN_ORDERS, one_or_all
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import Order


class FuturesQueries:
    """What an account may ask about its orders."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        query = Action.QUERY
        return {
            ("GET", "/fapi/v1/order"): signed(self.order, action=query),
            ("GET", "/fapi/v1/openOrder"): signed(self.open_order, action=query),
            ("GET", "/fapi/v1/openOrders"): signed(self.open_orders, FUTURES_OPEN_ORDERS, query),
            ("GET", "/fapi/v1/allOrders"): signed(self.all_orders, 5, query),
            ("GET", "/fapi/v1/userTrades"): signed(self.user_trades, 5, query),
            ("GET", "/fapi/v1/forceOrders"): signed(self.force_orders, one_or_all(20, 50), query),
            ("GET", "/fapi/v1/rateLimit/order"): signed(self.order_counts, action=query),
        }

    def order(self, call: Call) -> dict[str, Any]:
        """One order."""
        return self._row(named_regular(self._exchange, call, NO_SUCH_ORDER))

    def open_order(self, call: Call) -> dict[str, Any]:
        """One order, if it still works."""
        order = named_regular(self._exchange, call, NO_SUCH_ORDER)
        if not order.is_open:
            raise ApiError(*NO_SUCH_ORDER)
        return self._row(order)

    def open_orders(self, call: Call) -> list[dict[str, Any]]:
        """Working orders of a symbol, or all."""
        return [
            self._row(order)
            for instrument in instruments_of(self._exchange, call.params)
            for order in open_regular(self._exchange, call.account, instrument.symbol)
        ]

    def all_orders(self, call: Call) -> list[dict[str, Any]]:
        """Orders of a symbol, finished ones too."""
        symbol = instrument_of(self._exchange, call.params).symbol
        span = FUTURES_RETENTION.span(call.params, call.now_ms)
        history = [
            order
            for order in self._exchange.state.orders.history(call.account, symbol)
            if is_regular(order)
            and call.remembers(order)
            and FUTURES_RETENTION.finds(order, call.now_ms)
        ]
        return [self._row(order) for order in order_page(history, call.params, span)]

    def user_trades(self, call: Call) -> list[dict[str, Any]]:
        """Fills of a symbol."""
        instrument = instrument_of(self._exchange, call.params)
        check_futures_trades(call.params)
        span = FUTURES_RETENTION.span(call.params, call.now_ms)
        kept = self._exchange.state.orders.fills(call.account, instrument.symbol)
        page = trade_page(FUTURES_RETENTION.fills(kept, call.now_ms), call.params, span)
        return [messages.trade_row(fill, instrument) for fill in page]

    def force_orders(self, call: Call) -> list[dict[str, Any]]:
        """Nobody is liquidated here."""
        instruments_of(self._exchange, call.params)
        return []

    def order_counts(self, call: Call) -> list[dict[str, Any]]:
        """How many new orders the account sent in each interval."""
        return self._limiter.order_counts(call.account, call.now_ms)

    def _row(self, order: Order) -> dict[str, Any]:
        return messages.order_row(order, self._exchange.instruments[order.symbol])
