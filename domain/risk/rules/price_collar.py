"""A limit price may be at most so far on the aggressive side of the mid (RTS 6 Art. 15(1)(a)).

A passive price is collared too: a resting order at an absurd price is a typing error.
"""

from __future__ import annotations

from decimal import Decimal

from domain.risk.proposal import Proposal
from domain.risk.rule import Breach, Rule

BPS = Decimal(10_000)


def check(proposal: Proposal) -> Breach | None:
    price, quote = proposal.request.price, proposal.fresh_quote
    limit = proposal.limits.price_collar_bps
    if price is None or quote is None:
        return None  # a market order has no price; a missing quote is refused by its own rule
    away = abs(price - quote.mid) / quote.mid * BPS
    if away <= limit:
        return None
    return Breach(
        f"{limit} bps",
        f"{away:.1f} bps",
        f"Price {price} is {away:.1f} bps away from the mid {quote.mid}, above {limit} bps.",
    )


RULE = Rule("price_collar_bps", check)
