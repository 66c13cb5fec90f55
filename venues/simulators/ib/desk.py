"""The order desk: placing, modifying and canceling, with IB's refusals."""

from dataclasses import dataclass, replace

from venues.simulators.exchange import Exchange
from venues.simulators.ib import errors
from venues.simulators.ib.booked import CANCELED, FILLED, INACTIVE, PRE_SUBMITTED, Booked
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.order_entry import OrderEntry
from venues.simulators.ib.order_messages import open_order, order_status
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.tickets import REDUCE_WITHOUT_BLOCK, Ticket
from venues.simulators.ib.translation import check, new_order
from venues.simulators.ib.what_if import estimate
from venues.simulators.orders import OrderType, Refusal
from venues.simulators.unified_account import UnifiedAccount

PENDING_CANCEL = "PendingCancel"


@dataclass(frozen=True, slots=True)
class Desk:
    """What clients do with orders. ``number`` is how IB calls the account."""

    exchange: Exchange
    account: UnifiedAccount
    number: str
    tickets: TicketBook
    clients: Clients
    entry: OrderEntry

    def place(
        self, client: Connection, order_id: int, listed: Listed, ticket: Ticket, now_ns: int
    ) -> None:
        """Place an order, or change the one with this id. Raises ApiError."""
        ticket = replace(ticket, account=ticket.account or self.number)
        if ticket.account != self.number:
            raise errors.invalid(f"Invalid account code '{ticket.account}'.")
        check(order_id, ticket, listed, now_ns)
        if ticket.what_if:
            self._estimate(client, order_id, listed, ticket)
            return
        known = self.tickets.get(client.client_id, order_id)
        if known is not None:
            self._modify(known, listed, ticket, now_ns)
            return
        if order_id < self.tickets.next_id(client.client_id):
            raise errors.duplicate_id()
        parent = self._parent(client, ticket)
        if parent is not None:
            ticket = _grouped(ticket, str(parent.perm_id))
            if ticket.transmit:
                self.entry.transmit_family(parent, now_ns)
                self._parent(client, ticket)  # it may have been refused just now
        hold = self.entry.hold_of(ticket, parent)
        exchange_id = 0 if hold else self.entry.next_exchange_id()
        booked = self.tickets.add(
            client.client_id, order_id, listed, ticket, exchange_id=exchange_id, hold=hold
        )
        self.entry.enter(booked, now_ns)

    def cancel(self, client: Connection, order_id: int, now_ns: int) -> None:
        """Cancel an order of this client: another one's is not found. Raises ApiError."""
        booked = self.tickets.get(client.client_id, order_id)
        if booked is None:
            raise errors.not_to_cancel(order_id)
        if not booked.is_open:
            raise errors.finished(order_id, booked.status)
        self._cancel(booked, now_ns)

    def cancel_all(self, now_ns: int) -> None:
        """The global cancel: every order of the account, whoever placed it."""
        for booked in self.tickets.open_orders():
            if booked.is_open:  # it may have ended with its parent
                self._cancel(booked, now_ns)

    def _cancel(self, booked: Booked, now_ns: int) -> None:
        if booked.is_told:
            self.clients.tell(booked, order_status(booked, PENDING_CANCEL))
        self.entry.cancel(booked, now_ns)

    def _estimate(self, client: Connection, order_id: int, listed: Listed, ticket: Ticket) -> None:
        """Answer a what-if order: it is told, and is none."""
        what_if = Booked(
            client_id=client.client_id,
            order_id=order_id,
            perm_id=0,
            exchange_id=0,
            listed=listed,
            ticket=ticket,
        )
        would_be = estimate(self.account, ticket, listed)
        client.send(open_order(what_if, client.version, PRE_SUBMITTED, estimate=would_be))

    def _parent(self, client: Connection, ticket: Ticket) -> Booked | None:
        """The order that this one is attached to. Raises ApiError where there is none."""
        if not ticket.parent_id:
            return None
        parent = self.tickets.get(client.client_id, ticket.parent_id)
        if parent is None or parent.status in (CANCELED, INACTIVE):
            raise errors.missing_parent()
        if parent.kind.core is OrderType.MARKET and ticket.order_type == "TRAIL":
            raise errors.trail_on_market()
        return parent

    def _modify(self, booked: Booked, listed: Listed, ticket: Ticket, now_ns: int) -> None:
        if booked.status == FILLED:
            raise errors.already_filled()
        if not booked.is_open:
            raise errors.duplicate_id()
        if booked.ticket.parent_id:
            ticket = _grouped(ticket, booked.ticket.oca_group)
        same = ticket.unchangeable == booked.ticket.unchangeable
        if not same or listed is not booked.listed:
            raise errors.other_order()
        if booked.order is not None:
            self._amend(booked, ticket, now_ns)
            return
        was_transmitted = booked.ticket.transmit
        self.tickets.change(booked, ticket)
        if was_transmitted:
            self.clients.tell_order(booked, PRE_SUBMITTED)
        elif ticket.transmit:
            self.entry.transmit_family(booked, now_ns)

    def _amend(self, booked: Booked, ticket: Ticket, now_ns: int) -> None:
        """Change an order at the exchange."""
        order, old = booked.order, booked.ticket
        assert order is not None, "an order that waits is changed here, not at the exchange"
        price = self.entry.market_price(ticket, booked) if booked.kind.pegged else None
        if ticket.order_type == "MTL":
            price = ticket.limit or order.price  # it is a limit order by now
        terms = new_order(ticket, booked.listed, self.account.name, now_ns, price)
        if terms.trailing_offset != order.trailing_offset:
            raise errors.other_order()
        if order.limit_offset is not None:
            terms = replace(terms, price=order.price)
        trigger = None if order.triggered else terms.trigger_price
        # Told from here on: the exchange speaks of the order while it changes it.
        self.tickets.change(booked, ticket)
        refusal = self.exchange.amend(order, terms.price, terms.quantity, now_ns, trigger)
        if refusal is Refusal.UNCHANGED:
            self.clients.tell_order(booked, booked.status)
        elif refusal is not None:
            self.tickets.change(booked, old)
            raise self.entry.refused(refusal, booked)


def _grouped(ticket: Ticket, group: str) -> Ticket:
    """An attached order in a group with its siblings: they end each other, as IB groups them by the
    permId of their parent. Its own group, if it has one, stands."""
    if ticket.oca_group:
        return ticket
    return replace(ticket, oca_group=group, oca_type=REDUCE_WITHOUT_BLOCK)
