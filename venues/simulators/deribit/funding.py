"""Funding of perpetuals: the rate of this instant. It is never paid here.

Source: deribit.com, "Funding Specifications": the premium of the mark over the index, as a rate for
eight hours; a damper makes a premium within 0.025 % nothing, and it is capped at 0.5 %. The market
of this simulator quotes perpetuals at their index, so that there is hardly ever a premium.
"""

from decimal import Decimal

DAMPER = Decimal("0.00025")
CAP = Decimal("0.005")


def rate_of(mark: Decimal, index: Decimal) -> Decimal:
    """What longs would pay shorts over eight hours, as a fraction of the position."""
    if not index:
        return Decimal(0)
    premium = (mark - index) / index
    damped = max(DAMPER, premium) + min(-DAMPER, premium)
    return min(max(damped, -CAP), CAP).quantize(Decimal("1e-8"))
