"""How Bybit writes numbers."""

from __future__ import annotations

from decimal import Decimal

from venues.nautilus.instruments import plain

ZERO = Decimal(0)


def number(text: object) -> Decimal:
    """A number of the venue; it writes an empty text for none."""
    return plain(Decimal(str(text))) if text not in (None, "") else ZERO
