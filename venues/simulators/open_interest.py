"""How much of a contract is open."""

from collections.abc import Iterable
from decimal import Decimal

from venues.simulators.accounts import Account
from venues.simulators.matching import ZERO
from venues.simulators.unified_account import UnifiedAccount


def open_interest(accounts: Iterable[Account], symbol: str) -> Decimal:
    """One side of it, in order units. Where one account holds a position, the market has the
    other side."""
    amounts = [one.position(symbol).amount for one in accounts if isinstance(one, UnifiedAccount)]
    longs = sum((amount for amount in amounts if amount > 0), ZERO)
    shorts = -sum((amount for amount in amounts if amount < 0), ZERO)
    return max(longs, shorts)
