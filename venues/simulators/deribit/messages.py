"""Orders and trades in the venue's JSON. Field names: OpenAPI 2.1.1, `order`, `user_trade`."""

from decimal import Decimal
from typing import Any

from venues.simulators.deribit.instruments import LISTINGS, Listing
from venues.simulators.matching import ZERO, Side, TimeInForce
from venues.simulators.orders import EndReason, Fill, Order, OrderType, Status, TriggerBy

USER_ID = 1001
REJECT_POST_ONLY = "reject_post_only"
ORIGINAL_TYPE = "original_order_type"
"""What the exchange keeps with an order for us to tell: a flag, and the type of an order that was
to trade at the market."""
ORDER_TYPES = {
    OrderType.LIMIT: "limit",
    OrderType.MARKET: "market",
    OrderType.STOP_MARKET: "stop_market",
    OrderType.STOP_LIMIT: "stop_limit",
    OrderType.TAKE_PROFIT_MARKET: "take_market",
    OrderType.TAKE_PROFIT_LIMIT: "take_limit",
    OrderType.TRAILING_STOP_MARKET: "trailing_stop",
}
TRIGGERS = {
    TriggerBy.LAST: "last_price",
    TriggerBy.MARK: "mark_price",
    TriggerBy.INDEX: "index_price",
}
TIMES_IN_FORCE = {
    TimeInForce.GTC: "good_til_cancelled",
    TimeInForce.GTD: "good_til_day",
    TimeInForce.IOC: "immediate_or_cancel",
    TimeInForce.FOK: "fill_or_kill",
}
_STATES = {
    Status.UNTRIGGERED: "untriggered",
    Status.NEW: "open",
    Status.PARTIALLY_FILLED: "open",
    Status.FILLED: "filled",
    Status.CANCELED: "cancelled",
    Status.EXPIRED: "cancelled",
}
_REASONS = {
    EndReason.REQUESTED: "user_request",
    EndReason.DISCONNECTED: "cancel_on_disconnect",
    EndReason.POST_ONLY: "edit_post_only_reject",
    EndReason.NOTHING_TO_REDUCE: "risk_mitigation",
    EndReason.GOOD_TILL_DATE: "settlement",
    EndReason.DELIVERED: "settlement",
}
"""The venue has no word for what ends an IOC or FOK order, nor for a trade with oneself."""
_WATCHED = {TriggerBy.INDEX: "I", TriggerBy.MARK: "M", TriggerBy.LAST: "T"}


def order_id_of(order: Order) -> str:
    """The id by which the venue knows the order now.

    A conditional order has an id of its own; what it triggers is another order with the same
    label, which names it as its ``trigger_order_id``.
    """
    if order.type.is_conditional and not order.triggered:
        return trigger_id_of(order)
    return LISTINGS[order.symbol].order_id(order.order_id)


def trigger_id_of(order: Order) -> str:
    """The id of the conditional order: e.g. SLIS for stop loss, index, sell."""
    kind = "TP" if order.type.is_take_profit else "SL"
    side = "B" if order.side is Side.BUY else "S"
    own = f"{kind}{_WATCHED[order.trigger_by]}{side}-{order.order_id}"
    settle = LISTINGS[order.symbol].instrument.settle
    return own if settle == "BTC" else f"{settle}-{own}"


def order_message(order: Order, mark: Decimal) -> dict[str, Any]:
    """An order as it stands; of a conditional one that has triggered, what it triggered."""
    listing = LISTINGS[order.symbol]
    waits = order.type.is_conditional and not order.triggered
    message = _terms(order, listing) | {
        "order_id": order_id_of(order),
        "order_state": _STATES[order.status],
        "order_type": ORDER_TYPES[order.type] if waits else _working_type(order),
        "price": _price(order, mark, waits=waits),
        "last_update_timestamp": order.updated_ns // 1_000_000,
        "filled_amount": order.executed,
        "average_price": average_price(order, listing),
        "replaced": order.amended > 0,
    }
    if order.end_reason is EndReason.INSUFFICIENT_FUNDS:
        message["order_state"] = "rejected"
    if message["order_state"] == "cancelled" and order.end_reason in _REASONS:
        message["cancel_reason"] = _REASONS[order.end_reason]
    if order.post_only:
        message[REJECT_POST_ONLY] = REJECT_POST_ONLY in order.venue_terms
    if ORIGINAL_TYPE in order.venue_terms and message["order_type"] == "limit":
        message[ORIGINAL_TYPE] = order.venue_terms[ORIGINAL_TYPE]
    if order.display_quantity is not None:
        message["refresh_amount"] = order.display_quantity
        message["display_amount"] = order.shown
    if waits:
        message |= _trigger_terms(order)
    elif order.type.is_conditional:
        message["trigger_order_id"] = trigger_id_of(order)
    return message


def triggered_message(order: Order) -> dict[str, Any]:
    """A conditional order that has done its work."""
    listing = LISTINGS[order.symbol]
    updated_ns = order.triggered_ns or order.updated_ns
    return (
        _terms(order, listing)
        | _trigger_terms(order)
        | {
            "order_id": trigger_id_of(order),
            "order_state": "triggered",
            "order_type": ORDER_TYPES[order.type],
            "price": _price(order, ZERO, waits=True),
            "last_update_timestamp": updated_ns // 1_000_000,
            "filled_amount": ZERO,
            "average_price": ZERO,
            "replaced": False,
            "triggered": True,
        }
    )


def trade_message(order: Order, fill: Fill, mark: Decimal, index: Decimal) -> dict[str, Any]:
    """One side of a trade, as its owner sees it."""
    listing = LISTINGS[fill.symbol]
    message: dict[str, Any] = {
        "trade_id": listing.trade_id(fill.trade_id),
        "trade_seq": fill.trade_id,
        "instrument_name": fill.symbol,
        "timestamp": fill.time_ns // 1_000_000,
        "order_id": listing.order_id(order.order_id),
        "order_type": _working_type(order),
        "matching_id": None,
        "direction": direction(fill.side),
        "tick_direction": 0,
        "index_price": index,
        "mark_price": mark,
        "price": fill.price,
        "amount": fill.quantity,
        "contracts": contracts(listing, fill.quantity),
        "fee": fill.fee,
        "fee_currency": fill.fee_asset,
        "liquidity": "M" if fill.is_maker else "T",
        "state": _STATES[order.status],
        "reduce_only": order.reduce_only,
        "post_only": order.post_only,
        "profit_loss": fill.realized_pnl,
        "mmp": False,
        "risk_reducing": False,
        "self_trade": False,
        "api": True,
        "user_id": USER_ID,
    }
    return message | ({"label": order.client_order_id} if order.client_order_id else {})


def contracts(listing: Listing, amount: Decimal) -> Decimal:
    """An amount in contracts."""
    size: Decimal = listing.described()["contract_size"]
    return amount / size


def average_price(order: Order, listing: Listing) -> Decimal:
    """Mean price of what has traded."""
    return order.average_price.quantize(Decimal("1e-8"))


def direction(side: Side) -> str:
    return "buy" if side is Side.BUY else "sell"


def _terms(order: Order, listing: Listing) -> dict[str, Any]:
    """What does not change in an order's life, but by an edit."""
    return {
        "instrument_name": order.symbol,
        "direction": direction(order.side),
        "amount": order.quantity,
        "contracts": contracts(listing, order.quantity),
        "time_in_force": TIMES_IN_FORCE[order.time_in_force],
        "label": order.client_order_id,
        "creation_timestamp": order.created_ns // 1_000_000,
        "post_only": order.post_only,
        "reduce_only": order.reduce_only,
        "api": True,
        "web": False,
        "mmp": False,
        "is_liquidation": False,
        "risk_reducing": False,
        "user_id": USER_ID,
    }


def _trigger_terms(order: Order) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "trigger": TRIGGERS[order.trigger_by],
        "trigger_price": order.trigger_price,
        "triggered": False,
    }
    if order.trailing_offset is not None:
        terms["trigger_offset"] = order.trailing_offset
        terms["trigger_reference_price"] = order.activation_price or order.trigger_price
    return terms


def _working_type(order: Order) -> str:
    if order.type.is_conditional:
        return "limit" if order.type.has_limit_price else "market"
    if order.venue_terms.get(ORIGINAL_TYPE) == "market" and not _has_rested(order):
        return "market"
    return ORDER_TYPES[order.type]


def _has_rested(order: Order) -> bool:
    """Whether anything of it was left for the book when it came."""
    if order.time_in_force is not TimeInForce.GTC:
        return False
    return order.status is not Status.FILLED or order.updated_ns > order.created_ns


def _price(order: Order, mark: Decimal, *, waits: bool) -> Decimal | str:
    if order.price is not None:
        return order.price
    if waits:
        return "market_price"
    return order.average_price.quantize(Decimal("1e-8")) if order.executed else mark
