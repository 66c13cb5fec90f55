"""Spot REST: questions about orders, trades and the account."""

from typing import Any

from venues.simulators.binance import spot_account_messages as account_messages
from venues.simulators.binance import spot_messages as messages
from venues.simulators.binance.calls import (
    Call,
    Routes,
    instrument_of,
    instruments_of,
    named_order,
    signed,
)
from venues.simulators.binance.errors import NO_SUCH_ORDER, ORDER_ARCHIVED, ApiError
from venues.simulators.binance.history import (
    SPOT_RETENTION,
    check_spot_trades,
    order_page,
    trade_page,
)
from venues.simulators.binance.limits import RateLimiter
from venues.simulators.binance.weights import SPOT_MY_TRADES, SPOT_OPEN_ORDERS
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import Fill
from venues.simulators.spot_account import SpotAccount


class SpotQueries:
    """What an account may ask."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter) -> None:
        self._exchange = exchange
        self._limiter = limiter

    def routes(self) -> Routes:
        """Endpoints with the real venue's weights."""
        query = Action.QUERY
        return {
            ("GET", "/api/v3/order"): signed(self.order, 4, query),
            ("GET", "/api/v3/openOrders"): signed(self.open_orders, SPOT_OPEN_ORDERS, query),
            ("GET", "/api/v3/allOrders"): signed(self.all_orders, 20, query),
            ("GET", "/api/v3/myTrades"): signed(self.my_trades, SPOT_MY_TRADES, query),
            ("GET", "/api/v3/account"): signed(self.account, 20, query),
            ("GET", "/api/v3/account/commission"): signed(self.commission, 20, query),
            ("GET", "/api/v3/rateLimit/order"): signed(self.order_counts, 40, query),
            ("GET", "/sapi/v1/asset/tradeFee"): signed(self.trade_fee),
        }

    def order(self, call: Call) -> dict[str, Any]:
        """One order."""
        order = named_order(self._exchange, call, NO_SUCH_ORDER)
        if not SPOT_RETENTION.finds(order, call.now_ms):
            raise ApiError(*ORDER_ARCHIVED)
        return messages.order_row(order)

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
        span = SPOT_RETENTION.span(call.params, call.now_ms)
        history = [
            order
            for order in self._exchange.state.orders.history(call.account, symbol)
            if call.remembers(order) and SPOT_RETENTION.finds(order, call.now_ms)
        ]
        return [messages.order_row(order) for order in order_page(history, call.params, span)]

    def my_trades(self, call: Call) -> list[dict[str, Any]]:
        """Fills of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        check_spot_trades(call.params)
        span = SPOT_RETENTION.span(call.params, call.now_ms)
        fills = self._exchange.state.orders.fills(call.account, symbol)
        page = trade_page(fills, call.params, span)
        return [messages.trade_row(fill, self._list_id(fill)) for fill in page]

    def account(self, call: Call) -> dict[str, Any]:
        """Balances and permissions."""
        row = account_messages.account_info(self._account(call), call.now_ms)
        if call.params.boolean("omitZeroBalances"):
            row["balances"] = [each for each in row["balances"] if _is_held(each)]
        return row

    def commission(self, call: Call) -> dict[str, Any]:
        """Fee rates of a symbol."""
        symbol = instrument_of(self._exchange, call.params).symbol
        return account_messages.commission(self._account(call), symbol)

    def order_counts(self, call: Call) -> list[dict[str, Any]]:
        """How many new orders the account sent in each interval."""
        return self._limiter.order_counts(call.account, call.now_ms)

    def trade_fee(self, call: Call) -> list[dict[str, str]]:
        """Fee rates by symbol."""
        fees = self._account(call).fees
        return [
            {
                "symbol": instrument.symbol,
                "makerCommission": str(fees.maker),
                "takerCommission": str(fees.taker),
            }
            for instrument in instruments_of(self._exchange, call.params)
        ]

    def _account(self, call: Call) -> SpotAccount:
        account = self._exchange.state.accounts[call.account]
        assert isinstance(account, SpotAccount)
        return account

    def _list_id(self, fill: Fill) -> int:
        order = self._exchange.state.orders.get(fill.order_id)
        assert order is not None
        return messages.list_id(order)


def _is_held(balance: dict[str, str]) -> bool:
    return bool(float(balance["free"]) or float(balance["locked"]))
