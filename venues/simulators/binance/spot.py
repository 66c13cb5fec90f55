"""Spot REST: symbols, and orders while they work. What is asked about them is in ``spot_queries``,
order lists are in ``order_lists``."""

import json
from typing import Any

from venues.simulators.binance import spot_messages as messages
from venues.simulators.binance.calls import (
    Call,
    Endpoint,
    Routes,
    instrument_of,
    instruments_of,
    named_order,
    signed,
)
from venues.simulators.binance.errors import INVALID_SYMBOL, UNKNOWN_ORDER, ApiError
from venues.simulators.binance.filters import MOST_AMENDS, check_amended, spot_filters
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.order_list_messages import canceled_list
from venues.simulators.binance.params import Params
from venues.simulators.binance.spot_account_messages import symbol_info
from venues.simulators.binance.spot_terms import (
    CancelRestriction,
    SpotOrderType,
    new_order,
    refused,
    response_type,
)
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.instruments import Instrument
from venues.simulators.orders import Order, Refusal

INVALID_RESTRICTION = (-1145, "Invalid cancelRestrictions")
RESTRICTED = (-2011, "Order was not canceled due to cancel restrictions.")
AMEND_REJECTED = -2038


class SpotApi:
    """Orders of the spot REST API, and the symbols that they are in."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/api/v3/exchangeInfo"): Endpoint(self.exchange_info, weight=20),
            ("POST", "/api/v3/order"): signed(self.place, action=Action.SUBMIT),
            ("POST", "/api/v3/order/test"): signed(self.place_test),
            ("DELETE", "/api/v3/order"): signed(self.cancel, action=Action.CANCEL),
            ("DELETE", "/api/v3/openOrders"): signed(self.cancel_all, action=Action.CANCEL),
            ("PUT", "/api/v3/order/amend/keepPriority"): signed(self.amend, 4, Action.AMEND),
        }

    def exchange_info(self, call: Call) -> dict[str, Any]:
        """Symbols, all or those named by ``symbol`` or ``symbols``."""
        return {
            "timezone": "UTC",
            "serverTime": call.now_ms,
            "rateLimits": self._limiter.described(),
            "exchangeFilters": [],
            "symbols": [
                symbol_info(instrument, spot_filters(instrument))
                for instrument in self._named_instruments(call.params)
            ],
        }

    def place(self, call: Call) -> dict[str, Any]:
        """A new order. Without being asked, much is told of market and limit orders only."""
        self._limiter.use_order(call.account, call.now_ms)
        new = new_order(self._exchange, call)
        is_plain = call.params.text("type") in (SpotOrderType.MARKET, SpotOrderType.LIMIT)
        told = response_type(call.params, "FULL" if is_plain else "ACK")
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        fills = self._exchange.state.orders.fills_of(outcome)
        return messages.placed(outcome, fills, told)

    def place_test(self, call: Call) -> dict[str, Any]:
        """Everything of a new order but the order."""
        new_order(self._exchange, call)
        return {}

    def cancel(self, call: Call) -> dict[str, Any]:
        """Cancel one order, and with it the list that it belongs to."""
        order = named_order(self._exchange, call, UNKNOWN_ORDER)
        restriction = call.params.optional("cancelRestrictions")
        if restriction is not None:
            only = call.params.choice("cancelRestrictions", CancelRestriction, INVALID_RESTRICTION)
            if order.is_open and messages.order_status(order) != only.status:
                raise ApiError(*RESTRICTED)
        if self._exchange.cancel(order, call.now_ns) is not None:
            raise ApiError(*UNKNOWN_ORDER)
        return self._canceled(order)

    def cancel_all(self, call: Call) -> list[dict[str, Any]]:
        """Cancel all orders of a symbol; lists are told as such."""
        symbol = instrument_of(self._exchange, call.params).symbol
        orders = self._exchange.state.orders.open_orders(call.account, symbol)
        if not orders:
            raise ApiError(*UNKNOWN_ORDER)
        for order in orders:
            self._exchange.cancel(order, call.now_ns)
        told = [order for order in orders if order.group is None]
        lists = {order.group.group_id: order for order in orders if order.group is not None}
        return [self._canceled(order) for order in (*told, *lists.values())]

    def amend(self, call: Call) -> dict[str, Any]:
        """A smaller quantity for a working order, which keeps its place; a list's orders alike.

        Source: REST API, Order Amend Keep Priority; Errors, -2038; Filters, MAX_NUM_ORDER_AMENDS.
        """
        order = named_order(self._exchange, call, UNKNOWN_ORDER)
        quantity = call.params.decimal("newQty")
        name = call.params.client_id("newClientOrderId") or self._exchange.generated_client_id()
        price = order.price or self._exchange.marks[order.symbol]
        check_amended(self._exchange.instruments[order.symbol], quantity, price)
        if not order.is_open:
            raise ApiError(AMEND_REJECTED, "Unknown order sent.")
        if quantity > order.quantity:
            raise ApiError(AMEND_REJECTED, "Order amend (quantity increase) is not supported.")
        if quantity == order.quantity or quantity <= order.executed:
            text = "The requested action would change no state; rejecting."
            raise ApiError(AMEND_REJECTED, text)
        if order.amended >= MOST_AMENDS:
            raise ApiError(AMEND_REJECTED, "Filter failure: MAX_NUM_ORDER_AMENDS")
        for each in self._exchange.state.orders.group_of(order):
            renamed = name if each is order else None
            self._exchange.amend(each, each.price, quantity, call.now_ns, client_order_id=renamed)
        return messages.amended(order)

    def _canceled(self, order: Order) -> dict[str, Any]:
        if order.group is None:
            return messages.canceled(order)
        return canceled_list(self._exchange.state.orders.group_of(order))

    def _named_instruments(self, params: Params) -> list[Instrument]:
        listed = params.optional("symbols")
        if listed is None:
            return instruments_of(self._exchange, params)
        try:
            return [self._exchange.instruments[symbol] for symbol in json.loads(listed)]
        except (KeyError, TypeError, ValueError):
            raise ApiError(*INVALID_SYMBOL) from None
