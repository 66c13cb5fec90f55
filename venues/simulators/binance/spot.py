"""Spot REST: orders, trades and the account."""

import dataclasses
import json
from collections.abc import Callable
from enum import StrEnum
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
    INVALID_SYMBOL,
    NO_SUCH_ORDER,
    UNKNOWN_ORDER,
    ApiError,
)
from venues.simulators.binance.filters import spot_filters
from venues.simulators.binance.history import order_page, trade_page
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.params import Params
from venues.simulators.binance.spot_terms import new_order, refused
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.instruments import Instrument
from venues.simulators.orders import Refusal
from venues.simulators.spot_account import SpotAccount

INVALID_REPLACE_MODE = (-1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")


class CancelReplaceMode(StrEnum):
    """Whether a replacement is placed if its cancel fails."""

    STOP_ON_FAILURE = "STOP_ON_FAILURE"
    ALLOW_FAILURE = "ALLOW_FAILURE"


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
            ("POST", "/api/v3/order/cancelReplace"): signed(self.replace, action=Action.AMEND),
            ("GET", "/api/v3/openOrders"): signed(self.open_orders, 6, Action.QUERY, 80),
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
        new = new_order(self._exchange, call)
        response_type = call.params.optional("newOrderRespType") or "FULL"
        if response_type not in ("ACK", "RESULT", "FULL"):
            raise ApiError(-1136, "Invalid newOrderRespType.")
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome)
        fills = self._exchange.state.orders.fills_of(outcome)
        return messages.placed(outcome, fills, response_type)

    def place_test(self, call: Call) -> dict[str, Any]:
        """Everything of a new order but the order."""
        new_order(self._exchange, call)
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

    def replace(self, call: Call) -> dict[str, Any]:
        """Cancel one order, then place another; by ``cancelReplaceMode`` also if that failed."""
        mode = call.params.choice("cancelReplaceMode", CancelReplaceMode, INVALID_REPLACE_MODE)
        named = {
            "symbol": call.params.text("symbol"),
            "orderId": call.params.optional("cancelOrderId") or "",
            "origClientOrderId": call.params.optional("cancelOrigClientOrderId") or "",
        }
        canceled = _attempted(self.cancel, dataclasses.replace(call, params=Params(named)))
        placed: _Outcome = None
        if not isinstance(canceled, ApiError) or mode is CancelReplaceMode.ALLOW_FAILURE:
            placed = _attempted(self.place, call)
        data = {
            "cancelResult": _result(canceled),
            "newOrderResult": _result(placed),
            "cancelResponse": _response(canceled),
            "newOrderResponse": _response(placed),
        }
        worked = [isinstance(outcome, dict) for outcome in (canceled, placed)]
        if all(worked):
            return data
        if any(worked):
            raise ApiError(-2021, "Order cancel-replace partially failed.", 409, data)
        raise ApiError(-2022, "Order cancel-replace failed.", 400, data)

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


type _Outcome = dict[str, Any] | ApiError | None
"""What became of one half of a replacement; None: it was not tried."""


def _attempted(handler: Callable[[Call], dict[str, Any]], call: Call) -> _Outcome:
    try:
        return handler(call)
    except ApiError as error:
        return error


def _result(outcome: _Outcome) -> str:
    if outcome is None:
        return "NOT_ATTEMPTED"
    return "FAILURE" if isinstance(outcome, ApiError) else "SUCCESS"


def _response(outcome: _Outcome) -> dict[str, Any] | None:
    return outcome.body if isinstance(outcome, ApiError) else outcome
