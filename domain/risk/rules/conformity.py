"""The order fits the venue's filters: lot, tick, minimum and maximum, minimum notional."""

from __future__ import annotations

from domain.instruments import order_nonconformity
from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    request, quote = proposal.request, proposal.quote
    problem = order_nonconformity(proposal.instrument, request, quote.mid if quote else None)
    if problem is None:
        return None
    return Breach("instrument", str(request.quantity), problem.message)


RULE = Rule("conformity", check)
