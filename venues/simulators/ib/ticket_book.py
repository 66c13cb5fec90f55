"""Every order that the API took, by the ids that IB gives it, kept on disk beside the ledger.

The ledger tells what happened to an order; this tells whose it was: client id and order id, permId
and the terms that the matching core does not know. What ended before the day began is forgotten.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from venues.simulators.ib.booked import CANCELED, Booked, Hold
from venues.simulators.ib.listings import BY_NAME, Listed
from venues.simulators.ib.ticket_file import Counters, TicketFile
from venues.simulators.ib.tickets import Ticket
from venues.simulators.ib.translation import typed_ticket
from venues.simulators.orders import Order


class TicketBook:
    """All booked orders. ``first_perm_id`` starts the permIds of a new file."""

    def __init__(self, path: Path, first_perm_id: int, account: str) -> None:
        self._account = account
        self._by_id: dict[tuple[int, int], Booked] = {}
        self._by_exchange_id: dict[int, Booked] = {}
        self._open: dict[int, Booked] = {}
        self._attached: dict[tuple[int, int], list[Booked]] = {}
        self._counters = Counters(first_perm_id)
        self._file = TicketFile(path)
        for booked in self._file.read(self._counters):
            self._remember(booked)

    def __iter__(self) -> Iterator[Booked]:
        return iter(list(self._by_id.values()))

    def open_orders(self) -> list[Booked]:
        """Those that may still trade, oldest first."""
        for perm_id, booked in list(self._open.items()):
            if not booked.is_open:
                del self._open[perm_id]
        return list(self._open.values())

    def get(self, client_id: int, order_id: int) -> Booked | None:
        """An order by the ids under which it was placed."""
        return self._by_id.get((client_id, order_id))

    def parent_of(self, booked: Booked) -> Booked | None:
        """The order that one is attached to."""
        return self.get(booked.client_id, booked.ticket.parent_id)

    def attached_to(self, parent: Booked) -> list[Booked]:
        """The orders that are attached to one."""
        return list(self._attached.get((parent.client_id, parent.order_id), ()))

    def family(self, booked: Booked) -> list[Booked]:
        """A parent order and those attached to it, by any of them."""
        parent = self.parent_of(booked) or booked
        return [parent, *self.attached_to(parent)]

    def of(self, order: Order) -> Booked:
        """Whose an order of the exchange is."""
        booked = self._by_exchange_id.get(order.order_id)
        if booked is None:
            booked = self._by_hand(order)
        booked.order = order
        return booked

    def _by_hand(self, order: Order) -> Booked:
        """An order that came by no API client was typed in TWS: client id 0, a negative id."""
        order_id = self._counters.lowest_hand_id - 1
        ticket = typed_ticket(order, self._account)
        return self.add(0, order_id, BY_NAME[order.symbol], ticket, exchange_id=order.order_id)

    def match(self, orders: Iterable[Order], day_began_ns: int) -> None:
        """After a restart: find the orders of the exchange; what it never got was never placed.
        What ended before the day is left out."""
        for order in orders:
            if order.is_open or order.updated_ns >= day_began_ns:
                self.of(order)
            elif (booked := self._by_exchange_id.get(order.order_id)) is not None:
                booked.order = order
        for booked in self:
            if booked.order is None and booked.exchange_id and not booked.ended:
                booked.ended = CANCELED
        self.forget_before(day_began_ns)

    def forget_before(self, day_began_ns: int) -> None:
        """Forget what ended before the day, in the file too."""
        for key, booked in list(self._by_id.items()):
            if not booked.is_open and booked.finished_ns < day_began_ns:
                del self._by_id[key]
                self._by_exchange_id.pop(booked.exchange_id, None)
                self._open.pop(booked.perm_id, None)
                self._attached.pop(key, None)
        self._file.rewrite(self._counters, self)

    def next_id(self, client_id: int) -> int:
        """The lowest order id that a client may use."""
        return self._counters.next_ids.get(client_id, 1)

    def has_seen(self, client_id: int, booked: Booked) -> None:
        """A client was told of an order, perhaps another client's: its own next ones must have
        higher ids."""
        next_id = max(self.next_id(client_id), booked.order_id + 1)
        self._counters.next_ids[client_id] = next_id

    def forget_ids(self) -> None:
        """Count order ids from one again, as after a reset of the gateway's sequence."""
        self._counters.next_ids.clear()

    def add(
        self,
        client_id: int,
        order_id: int,
        listed: Listed,
        ticket: Ticket,
        *,
        exchange_id: int = 0,
        hold: Hold | None = None,
        due_ns: int = 0,
    ) -> Booked:
        """Book a new order, for good."""
        booked = Booked(
            client_id=client_id,
            order_id=order_id,
            perm_id=self._counters.next_perm_id,
            exchange_id=exchange_id,
            listed=listed,
            ticket=ticket,
            hold=hold,
            due_ns=due_ns,
        )
        self._remember(booked)
        self.write(booked)
        return booked

    def change(self, booked: Booked, ticket: Ticket) -> None:
        """New terms."""
        booked.ticket = ticket
        self.write(booked)

    def move(self, booked: Booked, exchange_id: int) -> None:
        """A held order goes to the exchange under this id."""
        booked.exchange_id, booked.hold = exchange_id, None
        self._by_exchange_id[exchange_id] = booked
        self.write(booked)

    def end(self, booked: Booked, status: str, now_ns: int, reason: str = "") -> None:
        """An order ends that the exchange does not have."""
        booked.ended, booked.ended_ns, booked.reason = status, now_ns, reason
        self.write(booked)

    def write(self, booked: Booked) -> None:
        """Keep an order as it is now; the last line about it counts."""
        self._file.append(booked)

    def close(self) -> None:
        """Close the file; nothing may follow."""
        self._file.close()

    def _remember(self, booked: Booked) -> None:
        self._by_id[booked.client_id, booked.order_id] = booked
        self._open[booked.perm_id] = booked
        if booked.exchange_id:
            self._by_exchange_id[booked.exchange_id] = booked
        if booked.ticket.parent_id:
            parent = (booked.client_id, booked.ticket.parent_id)
            self._attached.setdefault(parent, []).append(booked)
        self._counters.meet(booked)
