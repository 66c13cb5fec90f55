"""The venue can serve the order at all: its type, its time in force, its flags."""

from __future__ import annotations

from domain.capabilities import unsupported
from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    if proposal.capabilities is None:
        return None  # the venue has not said yet; its adapter refuses what it cannot serve
    lack = unsupported(proposal.request, proposal.instrument.kind, proposal.capabilities)
    if lack is None:
        return None
    return Breach(lack.has, lack.asked, lack.message(proposal.instrument.venue))


RULE = Rule("not_supported_by_venue", check)
