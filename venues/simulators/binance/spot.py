"""Spot REST: orders, trades and the account."""

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
from venues.simulators.binance.errors import (
    INVALID_ORDER_TYPE,
    INVALID_SIDE,
    INVALID_SYMBOL,
    INVALID_TIME_IN_FORCE,
    NO_SUCH_ORDER,
    UNKNOWN_ORDER,
    ApiError,
    filter_failure,
    not_required,
)
from venues.simulators.binance.filters import check_spot, spot_filters
from venues.simulators.binance.history import order_page, trade_page
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.instruments import Instrument
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType, Refusal
from venues.simulators.spot_account import SpotAccount

POST_ONLY = "LIMIT_MAKER"


class SpotApi:
    """The private half of the spot REST API, and what describes it."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        return {
            ("GET", "/api/v3/exchangeInfo"): Endpoint(self.exchange_info, weight=20),
            ("POST", "/api/v3/order"): signed(self.place, action=Action.SUBMIT),
            ("POST", "/api/v3/order/test"): signed(self.place_test),
            ("GET", "/api/v3/order"): signed(self.query, weight=4, action=Action.QUERY),
            ("DELETE", "/api/v3/order"): signed(self.cancel, action=Action.CANCEL),
            ("GET", "/api/v3/openOrders"): signed(self.open_orders, 6, Action.QUERY),
            ("DELETE", "/api/v3/openOrders"): signed(self.cancel_all, action=Action.CANCEL),
            ("GET", "/api/v3/allOrders"): signed(self.all_orders, 20, Action.QUERY),
            ("GET", "/api/v3/myTrades"): signed(self.my_trades, 20, Action.QUERY),
            ("GET", "/api/v3/account"): signed(self.account, 20, Action.QUERY),
            ("GET", "/sapi/v1/asset/tradeFee"): signed(self.trade_fee),
        }

    def exchange_info(self, call: Call) -> dict[str, Any]:
        """Symbols, all or those named by ``symbol`` or ``symbols``."""
        return {
            "timezone": "UTC",
            "serverTime": call.now_ms,
            "rateLimits": self._limiter.described(),
            "exchangeFilters": [],
            "symbols": [
                messages.symbol_info(instrument, spot_filters(instrument))
                for instrument in self._named_instruments(call.params)
            ],
        }

    def place(self, call: Call) -> dict[str, Any]:
        """A new order."""
        self._limiter.use_order(call.account, call.now_ms)
        new = self._new_order(call)
        response_type = call.params.optional("newOrderRespType") or "FULL"
        if response_type not in ("ACK", "RESULT", "FULL"):
            raise ApiError(-1136, "Invalid newOrderRespType.")
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise _refused(outcome)
        fills = self._exchange.state.orders.fills_of(outcome)
        return messages.placed(outcome, fills, response_type)

    def place_test(self, call: Call) -> dict[str, Any]:
        """Everything of a new order but the order."""
        self._new_order(call)
        return {}

    def query(self, call: Call) -> dict[str, Any]:
        """One order."""
        return messages.order_row(named_order(self._exchange, call, NO_SUCH_ORDER))

    def cancel(self, call: Call) -> dict[str, Any]:
        """Cancel one order."""
        order = named_order(self._exchange, call, UNKNOWN_ORDER)
        if self._exchange.cancel(order, call.now_ns) is not None:
            raise ApiError(*UNKNOWN_ORDER)
        return messages.canceled(order)

    def cancel_all(self, call: Call) -> list[dict[str, Any]]:
        """Cancel all orders of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        orders = self._exchange.state.orders.open_orders(call.account, symbol)
        if not orders:
            raise ApiError(*UNKNOWN_ORDER)
        for order in orders:
            self._exchange.cancel(order, call.now_ns)
        return [messages.canceled(order) for order in orders]

    def open_orders(self, call: Call) -> list[dict[str, Any]]:
        """Working orders of a symbol, or all."""
        symbols = [instrument.symbol for instrument in instruments_of(self._exchange, call.params)]
        store = self._exchange.state.orders
        return [
            messages.order_row(order)
            for symbol in symbols
            for order in store.open_orders(call.account, symbol)
        ]

    def all_orders(self, call: Call) -> list[dict[str, Any]]:
        """Orders of a symbol, finished ones too."""
        symbol = instrument_of(self._exchange, call.params).symbol
        store = self._exchange.state.orders
        history = [o for o in store.history(call.account, symbol) if call.remembers(o)]
        return [messages.order_row(order) for order in order_page(history, call.params, 500)]

    def my_trades(self, call: Call) -> list[dict[str, Any]]:
        """Fills of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        fills = self._exchange.state.orders.fills(call.account, symbol)
        return [messages.trade_row(fill) for fill in trade_page(fills, call.params, 500)]

    def account(self, call: Call) -> dict[str, Any]:
        """Balances and permissions."""
        return messages.account_info(self.account_of(call.account), call.now_ms)

    def trade_fee(self, call: Call) -> list[dict[str, str]]:
        """Fee rates by symbol."""
        fees = self.account_of(call.account).fees
        return [
            {
                "symbol": instrument.symbol,
                "makerCommission": str(fees.maker),
                "takerCommission": str(fees.taker),
            }
            for instrument in instruments_of(self._exchange, call.params)
        ]

    def account_of(self, name: str) -> SpotAccount:
        """The account behind an API key."""
        account = self._exchange.state.accounts[name]
        assert isinstance(account, SpotAccount)
        return account

    def _named_instruments(self, params: Params) -> list[Instrument]:
        listed = params.optional("symbols")
        if listed is None:
            return instruments_of(self._exchange, params)
        try:
            return [self._exchange.instruments[symbol] for symbol in json.loads(listed)]
        except (KeyError, TypeError, ValueError):
            raise ApiError(*INVALID_SYMBOL) from None

    def _new_order(self, call: Call) -> NewOrder:
        params = call.params
        instrument = instrument_of(self._exchange, params)
        side = params.choice("side", Side, INVALID_SIDE)
        order_type = params.text("type")
        if order_type not in (OrderType.LIMIT, OrderType.MARKET, POST_ONLY):
            raise ApiError(*INVALID_ORDER_TYPE)
        client_id = params.client_id("newClientOrderId")
        price, time_in_force, quote_quantity = None, TimeInForce.GTC, None
        if order_type == OrderType.LIMIT:
            time_in_force = params.choice("timeInForce", TimeInForce, INVALID_TIME_IN_FORCE)
        elif "timeInForce" in params:
            raise not_required("timeInForce")
        if order_type == OrderType.MARKET:
            if "price" in params:
                raise not_required("price")
            if "quoteOrderQty" in params:
                quote_quantity = params.decimal("quoteOrderQty")
        else:
            price = params.decimal("price")
        if quote_quantity is None:
            quantity = params.decimal("quantity")
        else:
            quantity = self._exchange.affordable(instrument.symbol, side, quote_quantity)
        reference = self._exchange.marks[instrument.symbol]
        check_spot(instrument, side, price, quantity, reference)
        return NewOrder(
            account=call.account,
            client_order_id=client_id or self._exchange.generated_client_id(),
            symbol=instrument.symbol,
            side=side,
            type=OrderType.MARKET if price is None else OrderType.LIMIT,
            price=price,
            quantity=quantity,
            time_in_force=time_in_force,
            post_only=order_type == POST_ONLY,
            quote_quantity=quote_quantity,
        )


def _refused(refusal: Refusal) -> ApiError:
    match refusal:
        case Refusal.WOULD_TAKE:
            return ApiError(-2010, "Order would immediately match and take.")
        case Refusal.DUPLICATE_CLIENT_ORDER_ID:
            return ApiError(-2010, "Duplicate order sent.")
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return filter_failure("MAX_NUM_ORDERS")
        case _:
            return ApiError(-2010, "Account has insufficient balance for requested action.")
