"""Self-trade prevention: the venue's modes, and what it tells of orders that met their own."""

from collections.abc import Mapping
from typing import Any

from venues.simulators.binance.errors import ApiError
from venues.simulators.binance.params import Params
from venues.simulators.matching import SelfTrade
from venues.simulators.orders import EndReason, Order

MODES: Mapping[str, SelfTrade] = {
    "NONE": SelfTrade.ALLOWED,
    "EXPIRE_MAKER": SelfTrade.CANCEL_MAKER,
    "EXPIRE_TAKER": SelfTrade.CANCEL_TAKER,
    "EXPIRE_BOTH": SelfTrade.CANCEL_BOTH,
}
"""What an order may ask for. The symbols here do nothing of themselves (NONE)."""

EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"
PREVENTION = "TRADE_PREVENTION"
NOT_ALLOWED = (-1013, "This symbol does not allow the specified self-trade prevention mode.")

_NAMES = {rule: name for name, rule in MODES.items()}


def self_trade_of(params: Params, error: tuple[int, str] = NOT_ALLOWED) -> SelfTrade:
    """What an order is to do where it meets an order of its account; raises ApiError."""
    rule = MODES.get(params.optional("selfTradePreventionMode") or "NONE")
    if rule is None:
        raise ApiError(*error)
    return rule


def mode_of(order: Order) -> str:
    """The venue's name for the rule of an order."""
    return _NAMES[order.self_trade]


def is_prevented(order: Order) -> bool:
    """Whether an order ended because it would have traded with one of its account."""
    return order.end_reason is EndReason.SELF_TRADE


def prevented_row(order: Order) -> dict[str, Any]:
    """What rows of such orders have besides, nothing for others."""
    if not is_prevented(order):
        return {}
    return {"preventedMatchId": order.order_id, "preventedQuantity": f"{order.leaves:.8f}"}
