"""Orders of an account: open, recent and historical."""

from itertools import islice
from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params, order_not_found
from venues.simulators.deribit.instruments import KINDS, KNOWN_CURRENCIES, names_of
from venues.simulators.deribit.memory import Memory
from venues.simulators.deribit.params import Params

DEFAULT_ORDERS = 20
TYPES = {
    "all": ("",),
    "limit": ("limit",),
    "trigger_all": ("stop", "take", "trailing"),
    "stop_all": ("stop",),
    "take_all": ("take",),
    "trailing_all": ("trailing",),
}


class OrderQueries:
    """What the venue tells of an account's orders."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        self._desk = desk
        self._memory = memory

    def methods(self) -> Methods:
        """By name."""
        return {
            "private/get_order_state": Method(self._state),
            "private/get_order_state_by_label": Method(self._states_by_label),
            "private/get_open_orders": Method(self._open),
            "private/get_open_orders_by_currency": Method(self._open_by_currency),
            "private/get_open_orders_by_instrument": Method(self._open_by_instrument),
            "private/get_open_orders_by_label": Method(self._open_by_label),
            "private/get_order_history_by_currency": Method(self._history_by_currency),
            "private/get_order_history_by_instrument": Method(self._history_by_instrument),
        }

    def _state(self, call: Call) -> dict[str, Any]:
        wanted = call.params.text("order_id")
        order, _ = self._desk.find(call.account, wanted)
        if not self._memory.is_recent(order, call.now_ns):
            raise order_not_found()
        return next(view for view in self._desk.views(order) if view["order_id"] == wanted)

    def _states_by_label(self, call: Call) -> list[dict[str, Any]]:
        names = of_currency(call.params)
        label = call.params.text_or("label", "")
        return [
            view
            for order in self._memory.labelled(call.account, label, call.now_ns)
            if order.symbol in names
            for view in self._desk.views(order)
        ]

    def _open(self, call: Call) -> list[dict[str, Any]]:
        return self._open_in(call, names_of("any", kind_of(call.params)))

    def _open_by_currency(self, call: Call) -> list[dict[str, Any]]:
        return self._open_in(call, of_currency(call.params, kind_of(call.params)))

    def _open_by_instrument(self, call: Call) -> list[dict[str, Any]]:
        return self._open_in(call, [self._desk.listing(call.params.text("instrument_name")).name])

    def _open_by_label(self, call: Call) -> list[dict[str, Any]]:
        label = call.params.text_or("label", "")
        found = self._open_in(call, of_currency(call.params))
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
        return self._history(call, of_currency(call.params, kind_of(call.params)))

    def _history_by_instrument(self, call: Call) -> Any:
        return self._history(call, [self._desk.listing(call.params.text("instrument_name")).name])

    def _history(self, call: Call, names: list[str]) -> Any:
        params = call.params
        count, offset = params.count_or(DEFAULT_ORDERS), params.place("offset")
        if params.has("continuation"):
            offset = params.place("continuation")
        known = self._memory.recently_ended
        if params.flag("historical"):
            known = self._memory.ended_long_ago
        unfilled = params.flag("include_unfilled")
        finished = (
            order
            for order in known(call.account, call.now_ns)
            if order.symbol in names and (order.executed or unfilled)
        )
        found = list(islice(finished, offset, offset + count + 1))
        page = [self._desk.order_view(order) for order in found[:count]]
        if not params.flag("with_continuation"):
            return page
        following = str(offset + count) if len(found) > count else None
        return {"orders": page, "continuation": following}


def kind_of(params: Params) -> str:
    return params.choice("kind", "any", KINDS)


def of_currency(params: Params, kind: str = "any") -> list[str]:
    """The instruments of the currency that a request names."""
    currency = params.text("currency")
    if currency not in KNOWN_CURRENCIES:
        raise invalid_params("currency", "invalid currency")
    return names_of(currency, kind)
