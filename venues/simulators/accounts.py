"""What an exchange asks of an account of any kind.

An account answers whether it can afford an order, sets funds aside while the order works, and
settles fills. It changes only through ``hold``, ``release``, ``settle`` and its settings, so that
replaying a ledger through them rebuilds it exactly.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from venues.simulators.matching import Level, Side
from venues.simulators.orders import Fill, Order, Refusal

SATOSHI = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class FeeRates:
    """Fees as fractions of the traded amount."""

    maker: Decimal
    taker: Decimal


class Account(Protocol):
    """What the exchange asks of an account of any kind."""

    name: str
    fees: FeeRates

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Why the account cannot afford an order that would now trade ``takes``."""

    def hold(self, order: Order) -> None:
        """Set funds aside for what is left of an order."""

    def release(self, order_id: int) -> None:
        """Give back what is still set aside for an order."""

    def fee(self, order: Order, price: Decimal, quantity: Decimal, rate: Decimal) -> Decimal:
        """The fee of a trade, in ``fee_asset(order)``."""

    def fee_asset(self, order: Order) -> str:
        """The asset in which a fill of this order pays its fee."""

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Profit that a trade would realise, zero where there are no positions."""

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """How much an order of this side could reduce a position."""

    def settle(self, order: Order, fill: Fill) -> None:
        """Apply a fill of an order of this account."""
