"""No order without a fresh quote: without one it can be neither valued nor collared."""

from __future__ import annotations

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule


def check(proposal: Proposal) -> Breach | None:
    if proposal.fresh_quote is not None:
        return None
    limit_ms = int(proposal.limits.quote_age_max.total_seconds() * 1000)
    if proposal.quote is None:
        age = "none"
    else:
        age_s = (proposal.facts.now - proposal.quote.received_at).total_seconds()
        age = f"{int(age_s * 1000)} ms"
    return Breach(
        f"{limit_ms} ms",
        age,
        f"The last quote of {proposal.instrument.instrument_id} is older than {limit_ms} ms, "
        "one-sided or missing; wait for market data.",
    )


RULE = Rule("max_quote_age_ms", check)
