"""Fat finger: the quantity of one order (RTS 6 Art. 15(1)(c))."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    quantity, limit = proposal.request.quantity, proposal.limits.max_order_size
    if quantity <= limit:
        return None
    return Breach(str(limit), str(quantity), f"Quantity {quantity} is above {limit} per order.")


RULE = Rule("max_order_size", check)
