"""The position after this order and all open ones on its side. Reducing is always allowed."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    after, limit = proposal.in_base(proposal.position_if_filled), proposal.sizes.max_position_size
    if abs(after) <= limit or proposal.only_reduces:
        return None
    return Breach(
        str(limit),
        f"{after:f}",
        f"The position in {proposal.instrument.instrument_id} could reach {after:f}, "
        f"above {limit}, counting open orders.",
    )


RULE = Rule("max_position_size", check)
