"""Gross exposure over all instruments, open orders included. Reducing is always allowed."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    notional, limit = proposal.open_notional, proposal.limits.max_exposure
    if notional is None:
        return None  # a missing quote is refused by its own rule
    after = proposal.facts.exposure + notional
    if after <= limit or proposal.only_reduces:
        return None
    return Breach(
        str(limit),
        f"{after:f}",
        f"Gross exposure would be {after:f}, above {limit}, counting open orders.",
    )


RULE = Rule("max_exposure", check)
