"""Trades of an account, recent and historical, in pages."""

from itertools import islice
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.memory import Memory
from venues.simulators.deribit.order_queries import kind_of, of_currency
from venues.simulators.deribit.params import Params

DEFAULT_TRADES = 10
NS_PER_MS = 1_000_000


class TradeQueries:
    """What the venue tells of an account's trades."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        self._desk = desk
        self._memory = memory

    def methods(self) -> Methods:
        """By name."""
        by_time = {"needs_times": True}
        return {
            "private/get_user_trades_by_currency": Method(self._by_currency),
            "private/get_user_trades_by_currency_and_time": Method(
                lambda call: self._by_currency(call, **by_time)
            ),
            "private/get_user_trades_by_instrument": Method(self._by_instrument),
            "private/get_user_trades_by_instrument_and_time": Method(
                lambda call: self._by_instrument(call, **by_time)
            ),
            "private/get_user_trades_by_order": Method(self._by_order),
        }

    def _by_currency(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        names = of_currency(call.params, kind_of(call.params))
        return self._page(call, names, needs_times=needs_times)

    def _by_instrument(self, call: Call, *, needs_times: bool = False) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self._page(call, [name], needs_times=needs_times)

    def _page(self, call: Call, names: list[str], *, needs_times: bool) -> dict[str, Any]:
        params = call.params
        for name in ("start_timestamp", "end_timestamp"):
            if needs_times and not params.has(name):
                raise invalid_params(name, "value is required")
        count, historical = params.count_or(DEFAULT_TRADES), params.flag("historical")
        sorting = params.choice("sorting", "default", ("asc", "desc", "default"))
        # Asked from a beginning on, the venue gives the earliest; else the latest.
        starts = any(params.has(name) for name in ("start_timestamp", "start_seq", "start_id"))
        first_ms, last_ms = bounds(params, "start_timestamp", "end_timestamp")
        span = self._memory.span(
            call.now_ns,
            first_ms * NS_PER_MS,
            (last_ms + 1) * NS_PER_MS - 1,
            historical=historical,
            ascending=sorting == "asc" or (sorting == "default" and starts),
        )
        numbered = Numbers(params)
        known = self._memory.fills(call.account, names, span)
        found = list(islice((fill for fill in known if numbered.hold(fill.trade_id)), count + 1))
        trades = [self._desk.trade_view(fill) for fill in found[:count]]
        return {"trades": trades, "has_more": len(found) > count}

    def _by_order(self, call: Call) -> list[dict[str, Any]]:
        order, as_trigger = self._desk.find(call.account, call.params.text("order_id"))
        fills = [] if as_trigger else self._desk.exchange.state.orders.fills_of(order)
        historical = call.params.flag("historical")
        views = [
            self._desk.trade_view(fill)
            for fill in fills
            if self._memory.is_known(fill, call.now_ns, historical=historical)
        ]
        descending = call.params.text_or("sorting", "asc") == "desc"
        return views[::-1] if descending else views


class Numbers:
    """Which trades a request wants, by sequence number and id."""

    def __init__(self, params: Params) -> None:
        self._numbers = bounds(params, "start_seq", "end_seq")
        self._ids = (
            _number(params, "start_id") if params.has("start_id") else 0,
            _number(params, "end_id") if params.has("end_id") else 1 << 63,
        )

    def hold(self, trade_id: int) -> bool:
        """Whether they hold a trade; its id and its sequence number are one here."""
        (first, last), (first_id, last_id) = self._numbers, self._ids
        return max(first, first_id) <= trade_id <= min(last, last_id)


def bounds(params: Params, start: str, end: str) -> tuple[int, int]:
    """The first and the last that a request wants; wide open where it does not say."""
    return params.integer_or(start, 0), params.integer_or(end, 1 << 63)


def _number(params: Params, name: str) -> int:
    digits = params.text(name).rpartition("-")[2]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 20:
        raise invalid_params(name, "must be a trade id")
    return int(digits)
