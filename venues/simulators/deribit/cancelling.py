"""Cancelling orders, one or many."""

from typing import Any

from venues.simulators.deribit import errors
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.instruments import KINDS, KNOWN_CURRENCIES, LISTINGS, names_of
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.params import Params
from venues.simulators.fault_kinds import Action
from venues.simulators.orders import EndReason, Order, OrderType

ANY = "any"
TYPES = ("all", "limit", "trigger_all", "stop", "take", "trailing_stop")


class CancellingApi:
    """The methods that take orders out of the market."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._exchange = desk.exchange

    def methods(self) -> Methods:
        """By name. What names neither a currency nor an instrument takes the credits of a bulk."""
        cancel, matching, bulk = Action.CANCEL, Pool.MATCHING, Pool.CANCEL_ALL
        return {
            "private/cancel": Method(self._cancel, cancel, matching),
            "private/cancel_by_label": Method(
                self._by_label, cancel, lambda values: matching if values.get("currency") else bulk
            ),
            "private/cancel_all": Method(self._all, cancel, bulk),
            "private/cancel_all_by_instrument": Method(self._by_instrument, cancel, matching),
            "private/cancel_all_by_currency": Method(self._by_currency, cancel, matching),
            "private/cancel_all_by_currency_pair": Method(self._by_pair, cancel, matching),
            "private/cancel_all_by_kind_or_type": Method(
                self._by_kind_or_type,
                cancel,
                lambda values: bulk if values.get("currency") == ANY else matching,
            ),
        }

    def cancel_disconnected(self, order_ids: set[int], now_ns: int) -> None:
        """Cancel what is left of the orders of a connection that broke."""
        for order_id in sorted(order_ids):
            order = self._exchange.state.orders.get(order_id)
            if order is not None and order.is_open:
                self._exchange.cancel(order, now_ns, EndReason.DISCONNECTED)

    def _cancel(self, call: Call) -> dict[str, Any]:
        order, as_trigger = self._desk.find(call.account, call.params.text("order_id"))
        if as_trigger or self._exchange.cancel(order, call.now_ns) is not None:
            raise errors.not_open_order()
        return self._desk.order_view(order)

    def _by_label(self, call: Call) -> Any:
        label, symbols = call.params.text("label"), list(LISTINGS)
        if call.params.has("currency"):
            symbols = names_of(call.params.choice("currency", "", KNOWN_CURRENCIES))
        named = self._exchange.state.orders.sharing_client_id(call.account, label)
        return self._cancel_orders(call, [o for o in named if o.is_open and o.symbol in symbols])

    def _all(self, call: Call) -> Any:
        return self._cancel_in(call, list(LISTINGS))

    def _by_instrument(self, call: Call) -> Any:
        return self._cancel_in(call, [self._desk.listing(call.params.text("instrument_name")).name])

    def _by_currency(self, call: Call) -> Any:
        currency = call.params.choice("currency", "", KNOWN_CURRENCIES)
        return self._cancel_in(call, names_of(currency, _kind(call.params)))

    def _by_pair(self, call: Call) -> Any:
        pair, kind = call.params.text("currency_pair"), _kind(call.params)
        known = {listing.index for listing in LISTINGS.values()}
        if pair not in known:
            raise errors.invalid_params("currency_pair", "invalid currency pair")
        return self._cancel_in(call, [n for n in names_of(ANY, kind) if LISTINGS[n].index == pair])

    def _by_kind_or_type(self, call: Call) -> Any:
        """Of one currency, of a list of them, or of any."""
        params = call.params
        listed = params.has("currency") and params.is_list("currency")
        currencies = params.texts("currency") if listed else [params.text("currency")]
        if unknown := set(currencies) - {ANY, *KNOWN_CURRENCIES}:
            raise errors.invalid_params("currency", f"invalid currency {', '.join(unknown)}")
        kind = _kind(params)
        return self._cancel_in(call, [n for each in currencies for n in names_of(each, kind)])

    def _cancel_in(self, call: Call, symbols: list[str]) -> Any:
        wanted = call.params.choice("type", "all", TYPES)
        return self._cancel_orders(
            call,
            [
                order
                for order in self._exchange.state.orders.open_orders(call.account)
                if order.symbol in symbols and _is_of(order, wanted)
            ],
        )

    def _cancel_orders(self, call: Call, chosen: list[Order]) -> Any:
        detailed = call.params.flag("detailed")
        for order in chosen:
            self._exchange.cancel(order, call.now_ns)
        if not detailed:
            return len(chosen)
        return [
            {
                "instrument_name": name,
                "currency": LISTINGS[name].instrument.settle,
                "type": "trigger" if waits else "limit",
                "result": [self._desk.order_view(order) for order in group],
            }
            for name in sorted({order.symbol for order in chosen})
            for waits in (False, True)
            if (group := [o for o in chosen if o.symbol == name and _waited(o) is waits])
        ]


def _kind(params: Params) -> str:
    return params.choice("kind", ANY, KINDS)


def _waited(order: Order) -> bool:
    """Whether it was a conditional order when it was cancelled."""
    return order.type.is_conditional and not order.triggered


def _is_of(order: Order, wanted: str) -> bool:
    trails = order.type is OrderType.TRAILING_STOP_MARKET
    match wanted:
        case "limit":
            return not _waited(order)
        case "trigger_all":
            return _waited(order)
        case "stop":
            return _waited(order) and not order.type.is_take_profit and not trails
        case "take":
            return _waited(order) and order.type.is_take_profit
        case "trailing_stop":
            return _waited(order) and trails
    return True
