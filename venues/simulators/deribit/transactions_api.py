"""The transaction log: everything that moved the cash of an account, newest first.

Cash moves by trades and deliveries only. The log is told backwards from the balances of now, which
are what all of it came to.
"""

import heapq
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from venues.simulators.cash_log import cash_flow
from venues.simulators.deliveries import Delivery
from venues.simulators.deribit.account_api import USER_NAME
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import CURRENCIES, LISTINGS, names_of
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.messages import USER_ID, contracts
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import ZERO, Side
from venues.simulators.orders import Fill

DEFAULT_COUNT = 100
MOST_ROWS = 250

type Cause = Fill | Delivery


class TransactionsApi:
    """What an account may ask about its cash."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def methods(self) -> Methods:
        """By name."""
        return {
            "private/get_transaction_log": Method(self._log, Action.QUERY, Pool.TRANSACTIONS),
            "private/get_deposits": Method(_nothing),
            "private/get_withdrawals": Method(_nothing),
            "private/get_transfers": Method(_nothing),
        }

    def _log(self, call: Call) -> dict[str, Any]:
        params = call.params
        currency = params.text("currency")
        if currency not in CURRENCIES:
            raise invalid_params("currency", "invalid currency")
        start, end = params.integer("start_timestamp"), params.integer("end_timestamp")
        before = params.integer_or("continuation", 1 << 62)
        words = set(params.text_or("query", "").split())
        rows = (
            row
            for row in self._rows(call.account, currency)
            if row["id"] < before and start <= row["timestamp"] <= end and words <= _tags(row)
        )
        count = params.count_or(DEFAULT_COUNT, MOST_ROWS)
        found = list(islice(rows, count + 1))
        more = len(found) > count
        return {"logs": found[:count], "continuation": found[count - 1]["id"] if more else None}

    def _rows(self, name: str, currency: str) -> Iterator[dict[str, Any]]:
        account, symbols = self._desk.account(name), names_of(currency)
        balance = account.cash(currency)
        positions = {symbol: account.position(symbol).amount for symbol in symbols}
        for cause in self._causes(name, symbols):
            change = _change(cause)
            held = positions[cause.symbol]
            positions[cause.symbol] -= _signed(cause)
            yield self._row(cause, change, balance, held, positions[cause.symbol])
            balance -= change

    def _causes(self, name: str, symbols: list[str]) -> Iterator[Cause]:
        state = self._desk.exchange.state
        deliveries = (d for d in reversed(state.deliveries) if d.account == name)
        return heapq.merge(
            *(reversed(state.orders.fills(name, symbol)) for symbol in symbols),
            (delivery for delivery in deliveries if delivery.symbol in symbols),
            key=lambda cause: (cause.time_ns, _number(cause)),
            reverse=True,
        )

    def _row(
        self, cause: Cause, change: Decimal, balance: Decimal, after: Decimal, before: Decimal
    ) -> dict[str, Any]:
        listing = LISTINGS[cause.symbol]
        way = "close" if before * _signed(cause) < 0 else "open"
        side = "buy" if cause.side is Side.BUY else "sell"
        row: dict[str, Any] = {
            "id": _number(cause),
            "user_seq": _number(cause),
            "user_id": USER_ID,
            "username": USER_NAME,
            "type": "trade" if isinstance(cause, Fill) else "delivery",
            "timestamp": cause.time_ns // 1_000_000,
            "currency": listing.instrument.settle,
            "instrument_name": cause.symbol,
            "side": f"{way} {side}",
            "amount": cause.quantity,
            "contracts": contracts(listing, cause.quantity),
            "price": cause.price,
            "price_currency": listing.instrument.quote,
            "commission": cause.fee,
            "change": change,
            "cashflow": change + cause.fee,
            "balance": balance,
            "equity": None,
            "position": after,
            "profit_as_cashflow": True,
            "interest_pl": ZERO,
            "info": {},
            "trade_id": None,
            "order_id": None,
        }
        if isinstance(cause, Delivery):
            end = self._desk.exchange.state.expired[cause.symbol]
            return row | {"settlement_price": end.price, "index_price": end.index}
        role = "maker" if cause.is_maker else "taker"
        return row | {
            "trade_id": listing.trade_id(cause.trade_id),
            "order_id": listing.order_id(cause.order_id),
            "user_role": role,
            "fee_role": role,
        }


def _number(cause: Cause) -> int:
    """Trades and deliveries are numbered together."""
    return cause.trade_id if isinstance(cause, Fill) else cause.delivery_id


def _signed(cause: Cause) -> Decimal:
    return cause.quantity if cause.side is Side.BUY else -cause.quantity


def _change(cause: Cause) -> Decimal:
    """How the balance changed: a premium, or a profit, less the fee."""
    instrument = LISTINGS[cause.symbol].instrument
    return cash_flow(instrument, cause)[instrument.settle] - cause.fee


def _tags(row: dict[str, Any]) -> set[str]:
    """The words by which a row can be asked for."""
    kind = LISTINGS[row["instrument_name"]].kind
    return {row["type"], kind, row.get("user_role", ""), *row["side"].split()}


def _nothing(call: Call) -> dict[str, Any]:
    """Nothing ever comes into an account or leaves it but by trading."""
    currency = call.params.text("currency")
    if currency not in CURRENCIES:
        raise invalid_params("currency", "invalid currency")
    call.params.count_or(10)
    return {"data": [], "count": 0}
