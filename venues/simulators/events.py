"""What an exchange tells of its life, and who may listen."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from venues.simulators.matching import Side
from venues.simulators.orders import Fill, Order


class Step(StrEnum):
    """What just happened to an order."""

    NEW = "NEW"
    TRIGGERED = "TRIGGERED"
    TRADE = "TRADE"
    AMENDED = "AMENDED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Print:
    """A public trade."""

    trade_id: int
    symbol: str
    price: Decimal
    quantity: Decimal
    taker_side: Side
    time_ns: int


class Listener(Protocol):
    """Who hears of an exchange's life. Called in order, while the order is as the step says."""

    def on_step(self, step: Step, order: Order, fill: Fill | None, now_ns: int) -> None:
        """A step in the life of an account's order."""

    def on_funds(self, account: str, symbols: Iterable[str], now_ns: int, *, traded: bool) -> None:
        """Funds of an account changed, once per action, after its steps.

        ``traded`` says that it was by a fill, not only by funds held or released.
        """

    def on_print(self, trade: Print) -> None:
        """A public trade; the exchange's tape has it already."""

    def on_book(self, symbol: str, now_ns: int) -> None:
        """A book changed, once per action."""
