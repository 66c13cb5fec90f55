"""Money as exact as venues charge it.

The library rounds an amount to what its currency is usually quoted in: to whole yen, to cents of a
euro, to millionths of an XRP. Fees are smaller than that.
"""

from __future__ import annotations

from nautilus_trader.model import currencies
from nautilus_trader.model.objects import Currency

MONEY_DECIMALS = 8


def keep_fees_exact() -> None:
    """Let no currency that the library knows be rounded to less, in all of this process; before
    the first node."""
    for known in vars(currencies).values():
        if isinstance(known, Currency) and known.precision < MONEY_DECIMALS:
            finer = Currency(
                known.code, MONEY_DECIMALS, known.iso4217, known.name, known.currency_type
            )
            Currency.register(finer, overwrite=True)
