"""A conditional order waits: its trigger lies where the market is not yet.

On the wrong side it would trade at once, which nobody asks for with a stop; most venues refuse it.
"""

from __future__ import annotations

from domain.orders import OrderType
from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule
from domain.sides import Side

_STOPS = (OrderType.STOP_MARKET, OrderType.STOP_LIMIT)


def check(proposal: Proposal) -> Breach | None:
    request, quote = proposal.request, proposal.fresh_quote
    trigger = request.trigger_price
    if trigger is None or quote is None:
        return None  # a missing quote is refused by its own rule
    # A buy stop and a sell take-profit wait above the market, the other two below it.
    above = (request.side is Side.BUY) == (request.order_type in _STOPS)
    if above and trigger <= quote.bid:
        return _breach(proposal, f"above {quote.bid}")
    if not above and trigger >= quote.ask:
        return _breach(proposal, f"below {quote.ask}")
    return None


def _breach(proposal: Proposal, allowed: str) -> Breach:
    request = proposal.request
    return Breach(
        allowed,
        str(request.trigger_price),
        f"A {request.side} {request.order_type} with trigger {request.trigger_price} would trade "
        f"at once; its trigger must lie {allowed}.",
    )


RULE = Rule("trigger_side", check)
