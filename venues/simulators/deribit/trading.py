"""Placing and editing orders."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from venues.simulators.deribit import errors
from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.instruments import LISTINGS
from venues.simulators.deribit.limits import Pool
from venues.simulators.deribit.messages import REJECT_POST_ONLY
from venues.simulators.deribit.order_terms import (
    AMOUNT,
    amount_of,
    check_simulated,
    checked_offset,
    checked_trigger_price,
    display_of,
    new_order,
    settled_price,
)
from venues.simulators.deribit.params import Params
from venues.simulators.deribit.self_trading import meets_itself, self_trade_of
from venues.simulators.deribit.trading_day import next_session_end_ns
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import Side
from venues.simulators.orders import EndReason, Manner, Order, OrderType, Refusal


class TradingApi:
    """The methods that bring orders to the matching engine."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._exchange = desk.exchange

    def methods(self) -> Methods:
        """By name."""
        submit, amend, matching = Action.SUBMIT, Action.AMEND, Pool.MATCHING
        return {
            "private/buy": Method(lambda call: self._place(call, Side.BUY), submit, matching),
            "private/sell": Method(lambda call: self._place(call, Side.SELL), submit, matching),
            "private/close_position": Method(self._close_position, submit, matching),
            "private/edit": Method(self._edit, amend, matching),
            "private/edit_by_label": Method(self._edit_by_label, amend, matching),
        }

    def _place(self, call: Call, side: Side) -> dict[str, Any]:
        _check_deadline(call)
        listing = self._desk.listing(call.params.text("instrument_name"))
        if self._desk.state_of(listing) != "open":
            raise errors.book_closed()
        expire_ns = next_session_end_ns(call.now_ns)
        rule = self_trade_of(self._exchange, call.account)
        new = new_order(call, side, listing, self._exchange, expire_ns, rule)
        if meets_itself(self._exchange, Order.accepted(new, 0, call.now_ns)):
            raise errors.order_overlap()
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise _refused(outcome, listing.instrument.max_open_orders)
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
        label = call.params.text_or("label", "")
        named = self._exchange.state.orders.sharing_client_id(call.account, label)
        found = [order for order in named if order.is_open and order.symbol == name]
        if not found:
            raise errors.order_not_found()
        if len(found) > 1:
            raise errors.non_unique_label()
        return self._change(call, found[0])

    def _change(self, call: Call, order: Order) -> dict[str, Any]:
        """Give an order new terms: all are checked before any is changed."""
        _check_deadline(call)
        if not order.is_open:
            raise errors.not_open_order()
        listing, params = LISTINGS[order.symbol], call.params
        check_simulated(params)
        if not any(params.has(name) for name in AMOUNT):
            raise errors.invalid_params("amount", "value is required")
        amount = amount_of(params, listing)
        if amount <= order.executed:
            raise errors.other_reject("amount_not_above_filled_amount")
        manner = _manner(params, order, amount)
        price = order.price
        if params.has("price") and price is not None:
            slides = manner.post_only and REJECT_POST_ONLY not in manner.venue_terms
            price = settled_price(params, listing, order.side, self._exchange, slides=slides)
        trigger = checked_trigger_price(params, listing) if params.has("trigger_price") else None
        rule = self_trade_of(self._exchange, call.account)
        if meets_itself(
            self._exchange, replace(order, price=price, quantity=amount, self_trade=rule)
        ):
            raise errors.order_overlap()
        outcome = self._exchange.amend(
            order, price, amount, call.now_ns, trigger_price=trigger, manner=manner
        )
        if outcome not in (None, Refusal.UNCHANGED):
            raise _refused(outcome, listing.instrument.max_open_orders)
        if order.end_reason is EndReason.POST_ONLY:
            raise errors.post_only_reject()
        return self._outcome(order, since_ns=call.now_ns)

    def _outcome(self, order: Order, since_ns: int) -> dict[str, Any]:
        fills = self._exchange.state.orders.fills_of(order)
        trades = [self._desk.trade_view(fill) for fill in fills if fill.time_ns >= since_ns]
        return {"order": self._desk.order_view(order), "trades": trades}


def _manner(params: Params, order: Order, amount: Decimal) -> Manner:
    """How an edited order is to behave: as it does, but for what the edit says."""
    post_only = params.flag("post_only", default=order.post_only)
    if post_only and order.type is not OrderType.LIMIT:
        raise errors.post_only_not_allowed()
    rejects = params.flag(REJECT_POST_ONLY, default=REJECT_POST_ONLY in order.venue_terms)
    terms = {name: word for name, word in order.venue_terms.items() if name != REJECT_POST_ONLY}
    offset, display = order.trailing_offset, order.display_quantity
    if params.has("trigger_offset"):
        if offset is None:
            raise errors.invalid_params("trigger_offset", "not a trailing order")
        offset = checked_offset(params)
    if params.has("display_amount"):
        word = "limit" if order.type is OrderType.LIMIT else ""
        display = display_of(params, word, LISTINGS[order.symbol], amount)
    return Manner(
        post_only=post_only,
        reduce_only=params.flag("reduce_only", default=order.reduce_only),
        display_quantity=display,
        trailing_offset=offset,
        venue_terms=terms | ({REJECT_POST_ONLY: "true"} if rejects else {}),
    )


def _check_deadline(call: Call) -> None:
    """``valid_until``: the matching engine takes nothing up after it."""
    if call.params.has("valid_until"):
        deadline: Decimal = call.params.number("valid_until")
        if call.now_ms > deadline:
            raise errors.timed_out()


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
        case Refusal.DELIVERED:
            return errors.book_closed()
        case _:
            return errors.other_reject(refusal.lower())
