"""Fat finger: the value of one order in quote currency (RTS 6 Art. 15(1)(b))."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    notional, limit = proposal.notional, proposal.limits.max_order_notional
    if notional is not None and notional <= limit:
        return None
    value = "unknown" if notional is None else f"{notional:f}"
    return Breach(str(limit), value, f"Value {value} is above {limit} per order.")


RULE = Rule("max_order_notional", check)
