"""What an exchange asks of an account of any kind.

An account answers whether it can afford an order, sets funds aside while the order works, and
settles fills. It changes only through ``hold``, ``release``, ``settle``, ``deliver`` and its
settings, so that replaying a ledger through them rebuilds it exactly.
"""

from decimal import Decimal
from typing import Protocol, runtime_checkable

from venues.simulators.deliveries import Delivery
from venues.simulators.fees import SATOSHI, Charge, FeeRates
from venues.simulators.ledger import Record
from venues.simulators.matching import Level, Side
from venues.simulators.net_position import NetPosition
from venues.simulators.orders import Fill, Order, Refusal

__all__ = ["SATOSHI", "Account", "Charge", "Delivering", "FeeRates", "Leveraged"]


class Account(Protocol):
    """What the exchange asks of an account of any kind."""

    name: str

    def refusal(self, order: Order, takes: Level) -> Refusal | None:
        """Why the account cannot afford an order that would now trade ``takes``.

        An untriggered order is asked about when it comes and again when it triggers.
        """

    def hold(self, order: Order) -> None:
        """Set funds aside for what is left of an order."""

    def release(self, order_id: int) -> None:
        """Give back what is still set aside for an order."""

    def charge(self, order: Order, price: Decimal, quantity: Decimal, *, is_maker: bool) -> Charge:
        """The fee of a trade of this order."""

    def realized_pnl(self, order: Order, price: Decimal, quantity: Decimal) -> Decimal:
        """Profit that a trade would realise, zero where there are no positions."""

    def reducible(self, symbol: str, side: Side) -> Decimal:
        """How much an order of this side could reduce a position."""

    def settle(self, order: Order, fill: Fill) -> None:
        """Apply a fill of an order of this account."""

    def carried(self) -> Record:
        """Everything, for a new part of the ledger to begin with.

        ``balances`` is all cash by asset, whether it is held or not.
        """

    def carry(self, record: Record) -> None:
        """Take up what ``carried`` told, on an account that was made with its balances."""


@runtime_checkable
class Leveraged(Protocol):
    """An account whose owner chooses the leverage of each symbol."""

    name: str

    def set_leverage(self, symbol: str, leverage: int) -> None:
        """Choose the leverage of a symbol."""


@runtime_checkable
class Delivering(Protocol):
    """An account whose positions end with their instruments."""

    name: str

    def position(self, symbol: str) -> NetPosition:
        """The position in a symbol."""

    def deliver(self, delivery: Delivery) -> None:
        """Close a position at its delivery price."""
