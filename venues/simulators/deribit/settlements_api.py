"""Deliveries: what became of positions when their instruments expired, and at which prices.

The daily settlements of the venue, which only move profit into the balance, do not happen here.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from venues.simulators.deliveries import Delivery, Expired
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.indices import INDICES
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.deribit.order_queries import of_currency
from venues.simulators.matching import ZERO, Side

DEFAULT_COUNT = 20
TYPES = ("settlement", "delivery", "bankruptcy", "all")


class SettlementsApi:
    """What an account, and anybody, may ask about deliveries."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def methods(self) -> Methods:
        """By name."""
        return {
            "private/get_settlement_history_by_currency": Method(
                lambda call: self._own(call, of_currency(call.params))
            ),
            "private/get_settlement_history_by_instrument": Method(
                lambda call: self._own(call, [self._named(call)])
            ),
            "public/get_last_settlements_by_currency": Method(
                lambda call: self._all(call, of_currency(call.params))
            ),
            "public/get_last_settlements_by_instrument": Method(
                lambda call: self._all(call, [self._named(call)])
            ),
            "public/get_delivery_prices": Method(self._prices),
        }

    def _named(self, call: Call) -> str:
        return self._desk.listing(call.params.text("instrument_name")).name

    def _own(self, call: Call, names: list[str]) -> dict[str, Any]:
        state = self._desk.exchange.state
        rows = [
            _row(delivery, state.expired[delivery.symbol])
            for delivery in reversed(state.deliveries)
            if delivery.account == call.account and delivery.symbol in names
        ]
        return _page(call, rows)

    def _all(self, call: Call, names: list[str]) -> dict[str, Any]:
        """One row an instrument, whoever held it."""
        expired = self._desk.exchange.state.expired
        rows: list[dict[str, Any]] = [
            {
                "type": "delivery",
                "timestamp": end.time_ns // 1_000_000,
                "instrument_name": name,
                "mark_price": end.price,
                "index_price": end.index,
                "position": ZERO,
                "profit_loss": ZERO,
                "session_profit_loss": ZERO,
            }
            for name, end in reversed(expired.items())
            if name in names
        ]
        return _page(call, rows)

    def _prices(self, call: Call) -> dict[str, Any]:
        """The prices at which the instruments of an index were delivered, the latest first."""
        index = call.params.text("index_name")
        if index not in INDICES:
            raise invalid_params("index_name", "index not found")
        expired = self._desk.exchange.state.expired
        days = {
            datetime.fromtimestamp(end.time_ns // 10**9, UTC).date().isoformat(): end.index
            for name, end in expired.items()
            if LISTINGS[name].index == index
        }
        rows = [
            {"date": day, "delivery_price": price}
            for day, price in sorted(days.items(), reverse=True)
        ]
        offset, count = call.params.place("offset"), call.params.count_or(10)
        return {"data": rows[offset : offset + count], "records_total": len(rows)}


def _row(delivery: Delivery, end: Expired) -> dict[str, Any]:
    held = delivery.quantity if delivery.side is Side.SELL else -delivery.quantity
    return {
        "type": "delivery",
        "timestamp": delivery.time_ns // 1_000_000,
        "instrument_name": delivery.symbol,
        "position": held,
        "mark_price": delivery.price,
        "index_price": end.index,
        "profit_loss": delivery.realized_pnl,
        "session_profit_loss": delivery.realized_pnl - delivery.fee,
    }


def _page(call: Call, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    params = call.params
    kind = params.choice("type", "all", TYPES)
    latest_ms = params.integer_or("search_start_timestamp", 1 << 63)
    count, begin = params.count_or(DEFAULT_COUNT), params.place("continuation")
    wanted = [row for row in rows if kind in ("all", row["type"]) and row["timestamp"] <= latest_ms]
    following = str(begin + count) if begin + count < len(wanted) else "none"
    return {"settlements": wanted[begin : begin + count], "continuation": following}
