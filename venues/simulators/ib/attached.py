"""Attached orders: they wait for their parent to fill, and end when it does not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from venues.simulators.ib.booked import FILLED, Booked, Hold
from venues.simulators.ib.ticket_book import TicketBook


@dataclass(frozen=True, slots=True)
class AttachedOrders:
    """``release`` sends a held order on its way, ``cancel`` ends one."""

    tickets: TicketBook
    release: Callable[[Booked, int], None]
    cancel: Callable[[Booked, int], None]

    def after(self, parents: Iterable[Booked], now_ns: int) -> None:
        """Orders traded or ended: those attached to them follow."""
        for parent in parents:
            if parent.is_open:
                continue
            for child in self.tickets.attached_to(parent):
                if not child.is_open:
                    continue
                if parent.status != FILLED and child.hold in (Hold.PARENT, Hold.UNTRANSMITTED):
                    self.cancel(child, now_ns)
                elif child.hold is Hold.PARENT:
                    self.release(child, now_ns)
