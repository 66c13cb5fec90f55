"""The order desk: placing, modifying and canceling, with IB's refusals."""

from dataclasses import replace
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib import errors
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.connection import Connection
from venues.simulators.ib.errors import ApiError
from venues.simulators.ib.hours import time_text
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.news import PRE_SUBMITTED, News
from venues.simulators.ib.order_messages import order_status
from venues.simulators.ib.ticket_book import Booked, TicketBook
from venues.simulators.ib.tickets import Ticket
from venues.simulators.ib.translation import check, new_order
from venues.simulators.orders import Order, Refusal
from venues.simulators.unified_account import UnifiedAccount

PENDING_CANCEL = "PendingCancel"
OPENS_IN_NS = 8 * 3600 * 1_000_000_000


class Desk:
    """What clients do with orders. ``market_open`` False holds new ones until it opens."""

    def __init__(
        self,
        exchange: Exchange,
        account: UnifiedAccount,
        number: str,
        tickets: TicketBook,
        clients: Clients,
        news: News,
    ) -> None:
        self._exchange = exchange
        self._account = account
        self._number = number
        self._tickets = tickets
        self._clients = clients
        self._news = news
        self.market_open = True

    def place(
        self, client: Connection, order_id: int, listed: Listed, ticket: Ticket, now_ns: int
    ) -> None:
        """Place an order, or change the one with this id. Raises ApiError."""
        ticket = replace(ticket, account=ticket.account or self._number)
        if ticket.account != self._number:
            raise errors.invalid(f"Invalid account code '{ticket.account}'.")
        known = self._tickets.get(client.client_id, order_id)
        check(ticket, listed, now_ns)
        if known is not None:
            self._modify(known, listed, ticket, now_ns)
            return
        if order_id < self._tickets.next_id(client.client_id):
            raise errors.duplicate_id()
        if not self.market_open:
            self._hold(client, order_id, listed, ticket, now_ns)
            return
        exchange_id = self._exchange.state.next_order_id
        booked = self._tickets.add(client.client_id, order_id, exchange_id, listed, ticket)
        self._submit(booked, now_ns)

    def cancel(self, client: Connection, order_id: int, now_ns: int) -> None:
        """Cancel an order of this client: another one's is not found. Raises ApiError."""
        booked = self._tickets.get(client.client_id, order_id)
        if booked is None:
            raise errors.not_to_cancel(order_id)
        if not booked.is_open:
            raise errors.finished(order_id, booked.status)
        self._clients.tell(booked, order_status(booked, PENDING_CANCEL))
        self.end(booked, now_ns)

    def cancel_all(self, now_ns: int) -> None:
        """The global cancel: every order of the account, whoever placed it."""
        for booked in [booked for booked in self._tickets if booked.is_open]:
            self._clients.tell(booked, order_status(booked, PENDING_CANCEL))
            self.end(booked, now_ns)

    def end(self, booked: Booked, now_ns: int) -> None:
        """Take an order out of the market, or off the list of those that wait for it."""
        if booked.order is not None:
            self._exchange.cancel(booked.order, now_ns)
            return
        booked.dropped = True
        self._tickets.write(booked)
        self._clients.tell(booked, order_status(booked))
        self._clients.tell_error(booked, errors.canceled())

    def open_market(self, now_ns: int) -> None:
        """Send what waited."""
        self.market_open = True
        for booked in [b for b in self._tickets if b.order is None and b.is_open]:
            self._tickets.move(booked, self._exchange.state.next_order_id)
            try:
                self._submit(booked, now_ns)
            except ApiError as error:
                self._clients.tell_error(booked, error)

    def _hold(
        self, client: Connection, order_id: int, listed: Listed, ticket: Ticket, now_ns: int
    ) -> None:
        booked = self._tickets.add(client.client_id, order_id, 0, listed, ticket)
        opens = time_text(now_ns + OPENS_IN_NS, listed.time_zone)
        warning = errors.held_until_open(ticket.action, ticket.quantity, listed, opens)
        self._clients.tell_error(booked, warning)
        self._news.tell_order(booked, PRE_SUBMITTED)

    def _submit(self, booked: Booked, now_ns: int) -> None:
        """Give an order to the exchange. Raises ApiError, the order Inactive then."""
        order = new_order(booked.ticket, booked.listed, self._account.name, now_ns)
        outcome = self._exchange.submit(order, now_ns)
        if isinstance(outcome, Order):
            booked.order = outcome
            return
        booked.dropped = True
        self._tickets.write(booked)
        self._clients.tell(booked, order_status(booked, "Inactive"))
        raise self._refused(outcome, booked)

    def _modify(self, booked: Booked, listed: Listed, ticket: Ticket, now_ns: int) -> None:
        if booked.status == "Filled":
            raise errors.already_filled()
        if not booked.is_open:
            raise errors.duplicate_id()
        old = booked.ticket
        kept = (old.action, old.order_type, old.order_ref, old.oca_group, old.trailing_percent)
        asked = (ticket.action, ticket.order_type, ticket.order_ref, ticket.oca_group)
        if (*asked, ticket.trailing_percent) != kept or listed is not booked.listed:
            raise errors.other_order()
        order = booked.order
        if order is None:
            self._tickets.change(booked, ticket)
            self._news.tell_order(booked, PRE_SUBMITTED)
            return
        terms = new_order(ticket, listed, self._account.name, now_ns)
        if terms.trailing_offset != order.trailing_offset:
            raise errors.other_order()
        trigger = None if order.triggered else terms.trigger_price
        # Told from here on: the exchange speaks of the order while it changes it.
        self._tickets.change(booked, ticket)
        refusal = self._exchange.amend(order, terms.price, terms.quantity, now_ns, trigger)
        if refusal is Refusal.UNCHANGED:
            self._news.tell_order(booked, booked.status)
        elif refusal is not None:
            self._tickets.change(booked, old)
            raise self._refused(refusal, booked)

    def _refused(self, refusal: Refusal, booked: Booked) -> ApiError:
        if refusal is Refusal.INSUFFICIENT_FUNDS:
            ticket = booked.ticket
            price = ticket.limit or self._account.mark(booked.listed.name)
            needed = booked.listed.instrument.value(price, ticket.quantity)
            needed /= Decimal(self._account.leverage_of(booked.listed.name))
            return errors.no_margin(self._account.equity("USD"), needed)
        return errors.rejected(refusal.replace("_", " ").capitalize())
