"""One-cancels-all groups: an execution of one order ends or shrinks the others of its group."""

from collections.abc import Callable, Sequence

from venues.simulators.ib.ticket_book import Booked, TicketBook

CANCEL_WITH_BLOCK = 1


class OcaGroups:
    """``cancel`` ends an order. Types 2 and 3 reduce the others by what traded on the real venue;
    here they end when one order of the group is filled."""

    def __init__(self, tickets: TicketBook, cancel: Callable[[Booked, int], None]) -> None:
        self._tickets = tickets
        self._cancel = cancel

    def after_trades(self, traded: Sequence[Booked], now_ns: int) -> None:
        """Apply the rules to the groups of orders that just traded."""
        for winner in traded:
            group = winner.ticket.oca_group
            ends = winner.ticket.oca_type == CANCEL_WITH_BLOCK or not winner.is_open
            if group and ends:
                for other in list(self._tickets):
                    if other is not winner and other.ticket.oca_group == group and other.is_open:
                        self._cancel(other, now_ns)
