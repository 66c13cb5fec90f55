"""One-cancels-all groups: an execution of one order ends or shrinks the others of its group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.ib.booked import Booked
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.tickets import REDUCE_WITHOUT_BLOCK

CANCEL_WITH_BLOCK, REDUCE_WITH_BLOCK = 1, 2
_REDUCING = (REDUCE_WITH_BLOCK, REDUCE_WITHOUT_BLOCK)

type Traded = Mapping[int, tuple[Booked, Decimal]]
"""Orders that traded in one action, by permId, and how much."""


@dataclass(frozen=True, slots=True)
class OcaGroups:
    """``cancel`` ends an order, ``reduce`` gives it another quantity."""

    tickets: TicketBook
    cancel: Callable[[Booked, int], None]
    reduce: Callable[[Booked, Decimal, int], None]

    def after_trades(self, traded: Traded, now_ns: int) -> None:
        """Apply the rules to the groups of orders that just traded."""
        for winner, quantity in traded.values():
            ticket = winner.ticket
            if not ticket.oca_group:
                continue
            share = quantity / (ticket.quantity - winner.executed + quantity)
            for other in self._others(winner):
                if winner.is_open and ticket.oca_type in _REDUCING:
                    self._shrink(other, share, now_ns)
                else:
                    self.cancel(other, now_ns)

    def _others(self, winner: Booked) -> list[Booked]:
        group = winner.ticket.oca_group
        return [
            other
            for other in self.tickets.open_orders()
            if other is not winner and other.ticket.oca_group == group
        ]

    def _shrink(self, other: Booked, share: Decimal, now_ns: int) -> None:
        """What is left of it shrinks in proportion, in whole steps; of nothing it ends."""
        step, left = other.listed.instrument.step, other.ticket.quantity - other.executed
        less = other.ticket.quantity - left * share // step * step
        if less > other.executed:
            self.reduce(other, less, now_ns)
        else:
            self.cancel(other, now_ns)
