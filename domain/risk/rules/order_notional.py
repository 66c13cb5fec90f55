"""Fat finger: the value of one order in quote currency (RTS 6 Art. 15(1)(b))."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    notional, limit = proposal.notional, proposal.limits.max_order_notional
    if notional is None:
        return None  # a missing quote is refused by its own rule
    if notional <= limit:
        return None
    return Breach(str(limit), f"{notional:f}", f"Value {notional:f} is above {limit} per order.")


RULE = Rule("max_order_notional", check)
