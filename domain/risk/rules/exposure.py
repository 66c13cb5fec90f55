"""Gross exposure over all instruments, open orders included. Reducing is always allowed."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    notional, limit = proposal.notional, proposal.limits.max_exposure
    if proposal.only_reduces:
        return None
    if notional is not None and proposal.facts.exposure + notional <= limit:
        return None
    after = "unknown" if notional is None else f"{proposal.facts.exposure + notional:f}"
    return Breach(
        str(limit), after, f"Gross exposure would be {after}, above {limit}, counting open orders."
    )


RULE = Rule("max_exposure", check)
