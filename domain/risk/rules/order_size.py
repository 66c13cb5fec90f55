"""Fat finger: the quantity of one order (RTS 6 Art. 15(1)(c))."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    quantity, limit = proposal.request.quantity, proposal.sizes.max_order_size
    size = proposal.in_base(quantity)
    if size <= limit:
        return None
    meant = "" if size == quantity else f" ({size:f} {proposal.instrument.base})"
    return Breach(str(limit), str(size), f"Quantity {quantity}{meant} is above {limit} per order.")


RULE = Rule("max_order_size", check)
