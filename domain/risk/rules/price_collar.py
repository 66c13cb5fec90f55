"""How far from the market an order's prices may lie (RTS 6 Art. 15(1)(a)).

- A limit may be at most the collar away from the mid; a passive price is collared too: a resting
  order at an absurd price is a typing error.
- The limit of a conditional order trades when the market has reached its trigger, so it is
  collared from there.
- A trigger or a trailing offset may be far from the market, that is what stops are for; but more
  than `TRIGGER_COLLARS` collars away it is a typing error as well.
"""

from __future__ import annotations

from decimal import Decimal

from domain.risk.proposal import BPS, Proposal
from domain.risk.rule import Breach, Rule

TRIGGER_COLLARS = 10


def check(proposal: Proposal) -> Breach | None:
    request, quote = proposal.request, proposal.fresh_quote
    limit = proposal.limits.price_collar_bps
    if quote is None:
        return None  # a missing quote is refused by its own rule
    far = limit * TRIGGER_COLLARS
    if request.trigger_price is not None:
        breach = _breach("Trigger", request.trigger_price, "the mid", quote.mid, far)
        if breach is not None:
            return breach
    distance = proposal.trailing_distance
    if distance is not None and distance / quote.mid * BPS > far:
        away = distance / quote.mid * BPS
        message = f"The trailing offset is {away:.1f} bps of the mid {quote.mid}, above {far} bps."
        return Breach(f"{far} bps", f"{away:.1f} bps", message)
    if request.price is None:
        return None
    if request.trigger_price is not None:
        return _breach("Price", request.price, "its trigger", request.trigger_price, limit)
    return _breach("Price", request.price, "the mid", quote.mid, limit)


def _breach(
    name: str, price: Decimal, of_what: str, center: Decimal, limit: Decimal
) -> Breach | None:
    away = abs(price - center) / center * BPS
    if away <= limit:
        return None
    return Breach(
        f"{limit} bps",
        f"{away:.1f} bps",
        f"{name} {price} is {away:.1f} bps away from {of_what} {center}, above {limit} bps.",
    )


RULE = Rule("price_collar_bps", check)
