"""USDT-M futures REST: orders and trades. The account half is in ``futures_account``, conditional
orders are in ``algo_orders``."""

import json
from typing import Any

from venues.simulators.binance import futures_messages as messages
from venues.simulators.binance.calls import (
    Call,
    Endpoint,
    Routes,
    instrument_of,
    instruments_of,
    named_order,
    signed,
)
from venues.simulators.binance.errors import (
    INVALID_SIDE,
    NO_SUCH_ORDER,
    UNKNOWN_ORDER,
    ApiError,
    missing,
)
from venues.simulators.binance.filters import check_futures, futures_filters
from venues.simulators.binance.futures_terms import is_regular, new_order, refused
from venues.simulators.binance.history import order_page, trade_page
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import Side
from venues.simulators.orders import Order, Refusal

MOST_CANCELED_TOGETHER = 10


class FuturesApi:
    """Orders and trades of the futures REST API."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/fapi/v1/exchangeInfo"): Endpoint(self.exchange_info),
            ("POST", "/fapi/v1/order"): signed(self.place, 0, Action.SUBMIT),
            ("POST", "/fapi/v1/order/test"): signed(self.place_test, 0),
            ("GET", "/fapi/v1/order"): signed(self.query, action=Action.QUERY),
            ("GET", "/fapi/v1/openOrder"): signed(self.query_open, action=Action.QUERY),
            ("PUT", "/fapi/v1/order"): signed(self.amend, 0, Action.AMEND),
            ("DELETE", "/fapi/v1/order"): signed(self.cancel, action=Action.CANCEL),
            ("DELETE", "/fapi/v1/allOpenOrders"): signed(self.cancel_all, action=Action.CANCEL),
            ("DELETE", "/fapi/v1/batchOrders"): signed(self.cancel_batch, action=Action.CANCEL),
            ("GET", "/fapi/v1/openOrders"): signed(self.open_orders, 1, Action.QUERY, 40),
            ("GET", "/fapi/v1/allOrders"): signed(self.all_orders, 5, Action.QUERY),
            ("GET", "/fapi/v1/userTrades"): signed(self.user_trades, 5, Action.QUERY),
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
        self._limiter.use_order(call.account, call.now_ms)
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

    def query(self, call: Call) -> dict[str, Any]:
        """One order."""
        return self._row(self._named(call, NO_SUCH_ORDER))

    def query_open(self, call: Call) -> dict[str, Any]:
        """One order, if it still works."""
        order = self._named(call, NO_SUCH_ORDER)
        if not order.is_open:
            raise ApiError(*NO_SUCH_ORDER)
        return self._row(order)

    def amend(self, call: Call) -> dict[str, Any]:
        """New price and quantity of a working limit order; it counts as a new one."""
        self._limiter.use_order(call.account, call.now_ms)
        order = self._named(call, NO_SUCH_ORDER)
        side = call.params.choice("side", Side, INVALID_SIDE)
        price, quantity = call.params.decimal("price"), call.params.decimal("quantity")
        if side is not order.side:
            raise ApiError(-1117, "Invalid side.")
        self._check(order.symbol, side, price, quantity, reduce_only=order.reduce_only)
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
        order = self._named(call, UNKNOWN_ORDER)
        if self._exchange.cancel(order, call.now_ns) is not None:
            raise ApiError(*UNKNOWN_ORDER)
        return self._row(order)

    def cancel_all(self, call: Call) -> dict[str, Any]:
        """Cancel all orders of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        for order in self._open(call, symbol):
            self._exchange.cancel(order, call.now_ns)
        return {"code": 200, "msg": "The operation of cancel all open order is done."}

    def cancel_batch(self, call: Call) -> list[dict[str, Any]]:
        """Cancel up to ten orders; one answer each, in the order asked."""
        names = ("orderId", _listed(call.params, "orderIdList"))
        if names[1] is None:
            names = ("origClientOrderId", _listed(call.params, "origClientOrderIdList"))
        if not names[1]:
            raise missing("orderIdList")
        if len(names[1]) > MOST_CANCELED_TOGETHER:
            raise ApiError(-4082, "Invalid number of batch place orders.")
        answers: list[dict[str, Any]] = []
        for value in names[1]:
            one = Params({"symbol": call.params.text("symbol"), names[0]: str(value)})
            try:
                answers.append(self.cancel(Call(one, call.account, call.now_ns)))
            except ApiError as error:
                answers.append(error.body)
        return answers

    def open_orders(self, call: Call) -> list[dict[str, Any]]:
        """Working orders of a symbol, or all."""
        return [
            self._row(order)
            for instrument in instruments_of(self._exchange, call.params)
            for order in self._open(call, instrument.symbol)
        ]

    def all_orders(self, call: Call) -> list[dict[str, Any]]:
        """Orders of a symbol, finished ones too."""
        symbol = instrument_of(self._exchange, call.params).symbol
        store = self._exchange.state.orders
        history = [
            order
            for order in store.history(call.account, symbol)
            if is_regular(order) and call.remembers(order)
        ]
        return [self._row(order) for order in order_page(history, call.params, 500)]

    def user_trades(self, call: Call) -> list[dict[str, Any]]:
        """Fills of a symbol."""
        instrument = instrument_of(self._exchange, call.params)
        fills = self._exchange.state.orders.fills(call.account, instrument.symbol)
        page = trade_page(fills, call.params, 500)
        return [messages.trade_row(fill, instrument) for fill in page]

    def _named(self, call: Call, error: tuple[int, str]) -> Order:
        order = named_order(self._exchange, call, error)
        if not is_regular(order):
            raise ApiError(*error)
        return order

    def _open(self, call: Call, symbol: str) -> list[Order]:
        orders = self._exchange.state.orders.open_orders(call.account, symbol)
        return [order for order in orders if is_regular(order)]

    def _row(self, order: Order) -> dict[str, Any]:
        return messages.order_row(order, self._exchange.instruments[order.symbol])

    def _check(
        self, symbol: str, side: Side, price: Any, quantity: Any, *, reduce_only: bool
    ) -> None:
        instrument, mark = self._exchange.instruments[symbol], self._exchange.marks[symbol]
        check_futures(instrument, side, price, quantity, mark, reduce_only=reduce_only)


def _listed(params: Params, name: str) -> list[Any] | None:
    text = params.optional(name)
    if text is None:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        raise missing(name) from None
    if not isinstance(values, list):
        raise missing(name)
    return values
