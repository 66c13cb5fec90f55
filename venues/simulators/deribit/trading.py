"""Placing, editing and cancelling orders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from venues.simulators.deribit import errors
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.instruments import KNOWN_CURRENCIES, LISTINGS
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.order_terms import AMOUNT, amount_of, new_order, settled_price
from venues.simulators.deribit.params import Params
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, Order, Refusal

KINDS = ("any", "future", "option", "spot", "future_combo", "option_combo", "combo")
SESSION_ENDS = timedelta(hours=8)


class TradingApi:
    """The methods that go to the matching engine."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._exchange = desk.exchange

    def methods(self) -> Methods:
        """By name."""
        submit, cancel, amend = Action.SUBMIT, Action.CANCEL, Action.AMEND
        matching, bulk = Pool.MATCHING, Pool.CANCEL_ALL
        return {
            "private/buy": Method(lambda call: self._place(call, Side.BUY), submit, matching),
            "private/sell": Method(lambda call: self._place(call, Side.SELL), submit, matching),
            "private/close_position": Method(self._close_position, submit, matching),
            "private/edit": Method(self._edit, amend, matching),
            "private/edit_by_label": Method(self._edit_by_label, amend, matching),
            "private/cancel": Method(self._cancel, cancel, matching),
            "private/cancel_by_label": Method(self._cancel_by_label, cancel, matching),
            "private/cancel_all": Method(self._cancel_all, cancel, bulk),
            "private/cancel_all_by_instrument": Method(self._cancel_instrument, cancel, bulk),
            "private/cancel_all_by_currency": Method(self._cancel_currency, cancel, bulk),
        }

    def _place(self, call: Call, side: Side) -> dict[str, Any]:
        _check_deadline(call)
        listing = self._desk.listing(call.params.text("instrument_name"))
        expire_ns = _end_of_session_ns(call.now_ns)
        new, remark = new_order(call, side, listing, self._exchange, expire_ns)
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise _refused(outcome, listing.instrument.max_open_orders)
        self._desk.remark(outcome).reject_post_only = remark.reject_post_only
        if call.connection is not None:
            call.connection.placed(outcome.order_id)
        return self._outcome(outcome, since_ns=call.now_ns)

    def _close_position(self, call: Call) -> dict[str, Any]:
        """A reduce-only order for the whole position, limit or market."""
        listing = self._desk.listing(call.params.text("instrument_name"))
        amount = self._desk.account(call.account).position(listing.name).amount
        if not amount:
            raise errors.other_reject("no_position_to_close")
        terms = {
            "instrument_name": listing.name,
            "amount": abs(amount),
            "type": call.params.choice("type", "", ("limit", "market")),
            "reduce_only": True,
        }
        if call.params.has("price"):
            terms["price"] = call.params.number("price")
        side = Side.SELL if amount > 0 else Side.BUY
        return self._place(replace(call, params=Params(terms)), side)

    def _edit(self, call: Call) -> dict[str, Any]:
        order, as_trigger = self._desk.find(call.account, call.params.text("order_id"))
        if as_trigger:
            raise errors.not_open_order()
        return self._change(call, order)

    def _edit_by_label(self, call: Call) -> dict[str, Any]:
        name = self._desk.listing(call.params.text("instrument_name")).name
        found = [
            order
            for order in self._exchange.state.orders.open_orders(call.account, name)
            if order.client_order_id == call.params.text("label")
        ]
        if not found:
            raise errors.order_not_found()
        if len(found) > 1:
            raise errors.non_unique_label()
        return self._change(call, found[0])

    def _change(self, call: Call, order: Order) -> dict[str, Any]:
        _check_deadline(call)
        if not order.is_open:
            raise errors.not_open_order()
        listing, params = LISTINGS[order.symbol], call.params
        if not any(params.has(name) for name in AMOUNT):
            raise errors.invalid_params("amount", "value required")
        amount = amount_of(params, listing)
        if amount <= order.executed:
            raise errors.other_reject("amount_not_above_filled_amount")
        if params.has("trigger_offset"):
            raise errors.other_reject("trigger_offset_cannot_be_edited_here")
        remark = self._desk.remark(order)
        if params.has("post_only"):
            order.post_only = params.flag("post_only")
        remark.reject_post_only = params.flag("reject_post_only", default=remark.reject_post_only)
        price = order.price
        if params.has("price") and order.price is not None:
            slides = order.post_only and not remark.reject_post_only
            price = settled_price(params, listing, order.side, self._exchange, slides=slides)
        trigger = params.number_or_none("trigger_price")
        if trigger is not None and trigger % listing.tick_at(trigger):
            raise errors.wrong_trigger_tick()
        outcome = self._exchange.amend(order, price, amount, call.now_ns, trigger)
        if outcome not in (None, Refusal.UNCHANGED):
            raise _refused(outcome, listing.instrument.max_open_orders)
        if order.end_reason is EndReason.POST_ONLY:
            raise errors.post_only_reject()
        remark.replaced = True
        return self._outcome(order, since_ns=call.now_ns)

    def _cancel(self, call: Call) -> dict[str, Any]:
        order, as_trigger = self._desk.find(call.account, call.params.text("order_id"))
        if as_trigger or self._exchange.cancel(order, call.now_ns) is not None:
            raise errors.not_open_order()
        return self._desk.order_view(order)

    def _cancel_by_label(self, call: Call) -> Any:
        label = call.params.text("label")
        symbols = None
        if call.params.has("currency"):
            symbols = _symbols(call.params.choice("currency", "", KNOWN_CURRENCIES), "any")
        return self._cancel_where(call, symbols, label)

    def _cancel_all(self, call: Call) -> Any:
        return self._cancel_where(call, None, None)

    def _cancel_instrument(self, call: Call) -> Any:
        name = self._desk.listing(call.params.text("instrument_name")).name
        return self._cancel_where(call, [name], None)

    def _cancel_currency(self, call: Call) -> Any:
        currency = call.params.choice("currency", "", KNOWN_CURRENCIES)
        kind = call.params.choice("kind", "any", KINDS)
        return self._cancel_where(call, _symbols(currency, kind), None)

    def _cancel_where(self, call: Call, symbols: list[str] | None, label: str | None) -> Any:
        cancelled: list[Order] = []
        for order in self._exchange.state.orders.open_orders(call.account):
            wanted = symbols is None or order.symbol in symbols
            if wanted and label in (None, order.client_order_id):
                self._exchange.cancel(order, call.now_ns)
                cancelled.append(order)
        if not call.params.flag("detailed"):
            return len(cancelled)
        return [
            {
                "instrument_name": name,
                "currency": LISTINGS[name].instrument.settle,
                "type": "limit",
                "result": [self._desk.order_view(o) for o in cancelled if o.symbol == name],
            }
            for name in sorted({order.symbol for order in cancelled})
        ]

    def cancel_disconnected(self, order_ids: set[int], now_ns: int) -> None:
        """Cancel what is left of the orders of a connection that broke."""
        for order_id in sorted(order_ids):
            order = self._exchange.state.orders.get(order_id)
            if order is not None and order.is_open:
                self._desk.remark(order).cancel_reason = "cancel_on_disconnect"
                self._exchange.cancel(order, now_ns)

    def _outcome(self, order: Order, since_ns: int) -> dict[str, Any]:
        fills = self._exchange.state.orders.fills_of(order)
        trades = [self._desk.trade_view(fill) for fill in fills if fill.time_ns >= since_ns]
        return {"order": self._desk.order_view(order), "trades": trades}


def _check_deadline(call: Call) -> None:
    """``valid_until``: the matching engine takes nothing up after it."""
    if call.params.has("valid_until"):
        deadline: Decimal = call.params.number("valid_until")
        if call.now_ms > deadline:
            raise errors.timed_out()


def _end_of_session_ns(now_ns: int) -> int:
    """The next 08:00 UTC, when a good-til-day order ends."""
    now = datetime.fromtimestamp(now_ns // 10**9, UTC)
    end = datetime(now.year, now.month, now.day, tzinfo=UTC) + SESSION_ENDS
    if end <= now:
        end += timedelta(days=1)
    return int(end.timestamp()) * 10**9


def _symbols(currency: str, kind: str) -> list[str]:
    return [
        name
        for name, listing in LISTINGS.items()
        if listing.instrument.settle == currency and kind in ("any", listing.kind)
    ]


def _refused(refusal: Refusal, most_open: int) -> errors.RpcError:
    match refusal:
        case Refusal.INSUFFICIENT_FUNDS:
            return errors.not_enough_funds()
        case Refusal.WOULD_TAKE:
            return errors.post_only_reject()
        case Refusal.WOULD_TRIGGER:
            return errors.invalid_trigger_price()
        case Refusal.NOTHING_TO_REDUCE:
            return errors.other_reject("reduce_only_order_would_not_reduce")
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return errors.too_many_open_orders(most_open)
        case Refusal.NOT_OPEN:
            return errors.not_open_order()
        case _:
            return errors.other_reject(refusal.lower())
