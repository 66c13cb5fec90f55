"""What a plan is made from: the orders of a list as they stand, and what the list did before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from domain.lists.request import Role
from domain.orders import OrderStatus

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Leg:
    """One order of the list. `net_filled` is what it added to or took from the position: a fee in
    the base currency makes it less than what was traded. `unsent`: it ended here, before its venue
    heard of it. `settled`: it ended, and nothing that it traded can still come to light."""

    role: Role
    seq: int
    order_id: str
    status: OrderStatus
    quantity: Decimal
    filled: Decimal
    net_filled: Decimal
    version: int
    amending: bool = False
    canceling: bool = False
    reason: str = ""
    unsent: bool = False
    settled: bool = True

    @property
    def is_live(self) -> bool:
        return not self.status.is_terminal


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the instrument demands of a quantity."""

    lot: Decimal
    min_qty: Decimal
    min_notional: Decimal
    multiplier: Decimal = Decimal(1)
    inverse: bool = False

    def floor(self, quantity: Decimal) -> Decimal:
        return (quantity / self.lot).to_integral_value(ROUND_FLOOR) * self.lot

    def smallest(self, price: Decimal | None) -> Decimal:
        """The smallest quantity that the venue takes at this price."""
        unit = self.multiplier if self.inverse else self.multiplier * (price or ZERO)
        if not unit:
            return self.min_qty
        needed = (self.min_notional / unit / self.lot).to_integral_value(ROUND_CEILING) * self.lot
        return max(self.min_qty, needed)


@dataclass(frozen=True, slots=True)
class Tried:
    """The last size that an order was asked to have, and how many sizes in a row it did not take,
    if it does not take this one."""

    quantity: Decimal
    times: int


@dataclass(frozen=True, slots=True)
class Memory:
    """What the list itself did before: orders that it canceled, sizes that it asked for, and orders
    that it could not resize for a passing reason. `retry_due`: these may be tried again now."""

    canceled: Collection[str] = ()
    resizes: Mapping[str, Tried] = field(default_factory=dict)
    put_off: Collection[str] = ()
    retry_due: bool = False

    def in_vain(self, leg: Leg) -> int:
        """How often in a row the order was asked for a size that it did not take."""
        tried = self.resizes.get(leg.order_id)
        return 0 if tried is None or tried.quantity == leg.quantity else tried.times
