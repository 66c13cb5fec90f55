"""The log of conditional orders: placed, triggered, cancelled."""

from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import invalid_params
from venues.simulators.deribit.instruments import KNOWN_CURRENCIES, LISTINGS
from venues.simulators.deribit.messages import TRIGGERS, direction, order_id_of, trigger_id_of
from venues.simulators.orders import Order

DEFAULT_COUNT = 20


class TriggerHistory:
    """Newest first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def methods(self) -> Methods:
        """By name."""
        return {"private/get_trigger_order_history": Method(self._history)}

    def _history(self, call: Call) -> dict[str, Any]:
        params = call.params
        currency, name = params.text("currency"), params.text_or("instrument_name", "")
        if currency not in KNOWN_CURRENCIES:
            raise invalid_params("currency", "invalid currency")
        entries = [
            entry
            for order in self._desk.exchange.state.orders.conditional(call.account)
            if LISTINGS[order.symbol].instrument.settle == currency and name in ("", order.symbol)
            for entry in _entries(order)
        ]
        entries.sort(key=lambda entry: entry["timestamp"], reverse=True)
        count, begin = params.count_or(DEFAULT_COUNT), params.place("continuation")
        page = entries[begin : begin + count]
        return {
            "entries": page,
            "continuation": str(begin + count) if begin + count < len(entries) else "none",
        }


def _entries(order: Order) -> list[dict[str, Any]]:
    common: dict[str, Any] = {
        "trigger_order_id": trigger_id_of(order),
        "instrument_name": order.symbol,
        "direction": direction(order.side),
        "amount": order.quantity,
        "price": order.price if order.price is not None else "market_price",
        "trigger": TRIGGERS[order.trigger_by].removesuffix("_price"),
        "trigger_price": order.trigger_price,
        "label": order.client_order_id,
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "request": "trigger:order",
    }
    entries = [common | {"timestamp": order.created_ns // 1_000_000, "order_state": "new"}]
    if order.triggered_ns is not None:
        done = {"order_state": "triggered", "order_id": order_id_of(order)}
        entries.append(common | done | {"timestamp": order.triggered_ns // 1_000_000})
    elif not order.is_open:
        gone = {"order_state": "cancelled", "request": "trigger:cancel"}
        entries.append(common | gone | {"timestamp": order.updated_ns // 1_000_000})
    return entries
