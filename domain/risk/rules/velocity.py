"""Orders per minute of one strategy (RTS 6 Art. 15(1)(d)); refused orders count as well."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    count, limit = proposal.facts.orders_last_minute + 1, proposal.limits.max_orders_per_minute
    if count <= limit:
        return None
    return Breach(
        str(limit),
        str(count),
        f"Strategy {proposal.request.strategy_id} sent {count} orders within a minute, "
        f"above {limit}.",
    )


RULE = Rule("max_orders_per_minute", check)
