"""Limits in money hold only where everything can be valued in that money: no rate, no new risk."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    if proposal.fresh_quote is None or proposal.only_reduces:
        return None  # a missing quote is refused by its own rule
    lacking = proposal.facts.unvalued
    if proposal.notional is None:
        lacking = proposal.valued_in
    if lacking is None:
        return None
    return Breach(
        "a rate",
        lacking,
        f"Nothing that is quoted here says what {lacking} is worth in the money of the limits; "
        "serve an instrument that does (a spot pair or a perpetual against it), or name it among "
        "risk_limits.par_currencies.",
    )


RULE = Rule("valuation", check)
