"""Where an account would trade with itself: the venue prevents it, in the way that the account
has chosen.

Source: OpenAPI 2.1.1, ``private/set_self_trading_config``: ``cancel_maker`` cancels the order in
the book, ``reject_taker`` refuses the incoming one (10003 ``order_overlap``).
"""

from typing import Any

from venues.simulators.deribit.calls import Call, Method, Methods
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import SelfTrade
from venues.simulators.orders import Order, Status

MODE = "self_trading_reject_mode"
EXTENDED = "self_trading_extended_to_subaccounts"
BLOCK_RFQ = "block_rfq_self_match_prevention"
CANCEL_MAKER, REJECT_TAKER = "cancel_maker", "reject_taker"
_RULES = {CANCEL_MAKER: SelfTrade.CANCEL_MAKER, REJECT_TAKER: SelfTrade.CANCEL_TAKER}


class SelfTradingApi:
    """The account's choice."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def methods(self) -> Methods:
        """By name."""
        return {"private/set_self_trading_config": Method(self._choose, Action.OTHER)}

    def _choose(self, call: Call) -> str:
        params = call.params
        mode = params.choice("mode", "", (REJECT_TAKER, CANCEL_MAKER))
        extended, of_rfqs = params.flag("extended_to_subaccounts"), params.flag(BLOCK_RFQ)
        for name, value in ((MODE, mode), (EXTENDED, _word(extended)), (BLOCK_RFQ, _word(of_rfqs))):
            self._exchange.set_setting(call.account, name, value, call.now_ns)
        return "ok"


def chosen_by(exchange: Exchange, account: str) -> dict[str, Any]:
    """The choice as an account summary tells it."""
    settings = exchange.state.settings
    return {
        MODE: settings.get((account, MODE), CANCEL_MAKER),
        EXTENDED: settings.get((account, EXTENDED)) == "true",
        BLOCK_RFQ: settings.get((account, BLOCK_RFQ)) == "true",
    }


def self_trade_of(exchange: Exchange, account: str) -> SelfTrade:
    """The rule that an order of the account brings."""
    return _RULES[exchange.state.settings.get((account, MODE), CANCEL_MAKER)]


def meets_itself(exchange: Exchange, order: Order) -> bool:
    """Whether an order that is to be refused then would trade with one of its own account."""
    if order.status is Status.UNTRIGGERED or not order.self_trade.ends_taker:
        return False
    book, incoming = exchange.books[order.symbol], order.for_book()
    _, without_itself = book.takeable(incoming)
    incoming.self_trade = SelfTrade.ALLOWED
    return without_itself < book.takeable(incoming)[1]


def _word(flag: bool) -> str:
    return "true" if flag else "false"
