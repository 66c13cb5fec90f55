"""Orders and trades of an account: open, recent and historical.

The venue keeps finished orders for 30 minutes and trades for 24 hours; older ones are found only
with ``historical=true``, which knows them a short while after they happened (OpenAPI 2.1.1).
"""

from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params, order_not_found
from venues.simulators.deribit.instruments import KNOWN_CURRENCIES, LISTINGS
from venues.simulators.deribit.params import Params
from venues.simulators.deribit.trading import KINDS
from venues.simulators.faults import Faults
from venues.simulators.orders import Fill, Order

RECENT_ORDERS_NS = 30 * 60 * 10**9
RECENT_TRADES_NS = 24 * 3600 * 10**9
INDEXED_AFTER_NS = 60 * 10**9
DEFAULT_ORDERS = 20
DEFAULT_TRADES = 10
TYPES = {
    "all": ("",),
    "limit": ("limit",),
    "trigger_all": ("stop", "take", "trailing"),
    "stop_all": ("stop",),
    "take_all": ("take",),
    "trailing_all": ("trailing",),
}


class OrderQueries:
    """What the venue tells of an account's orders and trades."""

    def __init__(self, venue: str, desk: Desk, faults: Faults) -> None:
        self._venue = venue
        self._desk = desk
        self._faults = faults

    def methods(self) -> Methods:
        """By name."""
        by_time = {"needs_times": True}
        return {
            "private/get_order_state": Method(self._state),
            "private/get_order_state_by_label": Method(self._states_by_label),
            "private/get_open_orders": Method(self._open),
            "private/get_open_orders_by_currency": Method(self._open_by_currency),
            "private/get_open_orders_by_instrument": Method(self._open_by_instrument),
            "private/get_open_orders_by_label": Method(self._open_by_label),
            "private/get_order_history_by_currency": Method(self._history_by_currency),
            "private/get_order_history_by_instrument": Method(self._history_by_instrument),
            "private/get_user_trades_by_currency": Method(self._trades_by_currency),
            "private/get_user_trades_by_currency_and_time": Method(
                lambda call: self._trades_by_currency(call, **by_time)
            ),
            "private/get_user_trades_by_instrument": Method(self._trades_by_instrument),
            "private/get_user_trades_by_instrument_and_time": Method(
                lambda call: self._trades_by_instrument(call, **by_time)
            ),
            "private/get_user_trades_by_order": Method(self._trades_by_order),
        }

    def _state(self, call: Call) -> dict[str, Any]:
        wanted = call.params.text("order_id")
        order, _ = self._desk.find(call.account, wanted)
        if not self._is_recent(order, call):
            raise order_not_found()
        return next(view for view in self._desk.views(order) if view["order_id"] == wanted)

    def _states_by_label(self, call: Call) -> list[dict[str, Any]]:
        names = _of_currency(call.params, "any")
        label = call.params.text_or("label", "")
        return [
            view
            for order in self._desk.orders_of(call.account)
            if order.symbol in names
            and order.client_order_id == label
            and self._is_recent(order, call)
            for view in self._desk.views(order)
        ]

    def _open(self, call: Call) -> list[dict[str, Any]]:
        kind = call.params.choice("kind", "any", KINDS)
        return self._open_in(
            call, [n for n, item in LISTINGS.items() if kind in ("any", item.kind)]
        )

    def _open_by_currency(self, call: Call) -> list[dict[str, Any]]:
        return self._open_in(call, _of_currency(call.params, _kind(call.params)))

    def _open_by_instrument(self, call: Call) -> list[dict[str, Any]]:
        return self._open_in(call, [self._desk.listing(call.params.text("instrument_name")).name])

    def _open_by_label(self, call: Call) -> list[dict[str, Any]]:
        label = call.params.text_or("label", "")
        found = self._open_in(call, _of_currency(call.params, "any"))
        return [view for view in found if view["label"] == label]

    def _open_in(self, call: Call, names: list[str]) -> list[dict[str, Any]]:
        known = (*TYPES, "stop_limit", "stop_market", "take_limit", "take_market", "trailing_stop")
        asked = call.params.choice("type", "all", known)
        begins = TYPES.get(asked, (asked,))
        views = [
            self._desk.order_view(order)
            for order in self._desk.exchange.state.orders.open_orders(call.account)
            if order.symbol in names
        ]
        return [view for view in views if view["order_type"].startswith(begins)]

    def _history_by_currency(self, call: Call) -> Any:
        return self._history(call, _of_currency(call.params, _kind(call.params)))

    def _history_by_instrument(self, call: Call) -> Any:
        return self._history(call, [self._desk.listing(call.params.text("instrument_name")).name])

    def _history(self, call: Call, names: list[str]) -> Any:
        params, historical = call.params, call.params.flag("historical")
        count, offset = params.count_or(DEFAULT_ORDERS), params.integer_or("offset", 0)
        continuation = params.text_or("continuation", "")
        if continuation:
            offset = int(continuation) if continuation.isdigit() else 0
        finished = [
            order
            for order in reversed(self._desk.orders_of(call.account))
            if not order.is_open and order.symbol in names
            if order.executed or params.flag("include_unfilled")
            if (_is_indexed(order, call) if historical else self._is_recent(order, call))
        ]
        page = [self._desk.order_view(order) for order in finished[offset : offset + count]]
        if not params.flag("with_continuation"):
            return page
        following = str(offset + count) if offset + count < len(finished) else None
        return {"orders": page, "continuation": following}

    def _trades_by_currency(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        names = _of_currency(call.params, _kind(call.params))
        return self._trades(call, names, needs_times=needs_times)

    def _trades_by_instrument(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self._trades(call, [name], needs_times=needs_times)

    def _trades(self, call: Call, names: list[str], *, needs_times: bool) -> dict[str, Any]:
        params = call.params
        for name in ("start_timestamp", "end_timestamp"):
            if needs_times and not params.has(name):
                raise invalid_params(name, "value required")
        count = params.count_or(DEFAULT_TRADES)
        found = [fill for fill in self._known_fills(call, names) if self._in_range(fill, params)]
        sorting = params.choice("sorting", "default", ("asc", "desc", "default"))
        # Asked from a beginning on, the venue gives the earliest; else the latest.
        starts = any(params.has(name) for name in ("start_timestamp", "start_seq", "start_id"))
        ascending = sorting == "asc" or (sorting == "default" and starts)
        page = (found if ascending else found[::-1])[:count]
        trades = [self._desk.trade_view(fill) for fill in page]
        return {"trades": trades, "has_more": len(found) > count}

    def _trades_by_order(self, call: Call) -> list[dict[str, Any]]:
        order, as_trigger = self._desk.find(call.account, call.params.text("order_id"))
        fills = [] if as_trigger else self._desk.exchange.state.orders.fills_of(order)
        descending = call.params.text_or("sorting", "asc") == "desc"
        views = [self._desk.trade_view(fill) for fill in fills if _is_known(fill, call)]
        return views[::-1] if descending else views

    def _is_recent(self, order: Order, call: Call) -> bool:
        forgotten_ns = self._faults.forgotten_before_ns(self._venue, call.now_ns)
        limit_ns = max(call.now_ns - RECENT_ORDERS_NS, forgotten_ns)
        return order.is_open or order.updated_ns > limit_ns

    def _known_fills(self, call: Call, names: list[str]) -> list[Fill]:
        return [f for f in self._desk.fills_of(call.account, names) if _is_known(f, call)]

    def _in_range(self, fill: Fill, params: Params) -> bool:
        time_ms = fill.time_ns // 1_000_000
        if params.has("start_id") and fill.trade_id < _number(params.text("start_id")):
            return False
        if params.has("end_id") and fill.trade_id > _number(params.text("end_id")):
            return False
        return (
            params.integer_or("start_timestamp", 0)
            <= time_ms
            <= params.integer_or("end_timestamp", time_ms)
        ) and (
            params.integer_or("start_seq", 0)
            <= fill.trade_id
            <= params.integer_or("end_seq", fill.trade_id)
        )


def _is_indexed(order: Order, call: Call) -> bool:
    return call.now_ns - order.updated_ns > INDEXED_AFTER_NS


def _is_known(fill: Fill, call: Call) -> bool:
    age_ns = call.now_ns - fill.time_ns
    if call.params.flag("historical"):
        return age_ns > INDEXED_AFTER_NS
    return age_ns < RECENT_TRADES_NS


def _kind(params: Params) -> str:
    return params.choice("kind", "any", KINDS)


def _of_currency(params: Params, kind: str) -> list[str]:
    currency = params.text("currency")
    if currency not in KNOWN_CURRENCIES:
        raise invalid_params("currency", "invalid currency")
    return [
        name
        for name, listing in LISTINGS.items()
        if listing.instrument.settle == currency and kind in ("any", listing.kind)
    ]


def _number(trade_id: str) -> int:
    digits = trade_id.rpartition("-")[2]
    if not digits.isdigit():
        raise invalid_params("start_id", "must be a trade id")
    return int(digits)
