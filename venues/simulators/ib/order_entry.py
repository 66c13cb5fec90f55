"""From the desk to the exchange: what an order waits for, and giving it over after that."""

from dataclasses import replace
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib import errors
from venues.simulators.ib.attached import AttachedOrders
from venues.simulators.ib.booked import CANCELED, FILLED, INACTIVE, PRE_SUBMITTED, Booked, Hold
from venues.simulators.ib.clients import Clients
from venues.simulators.ib.errors import ApiError
from venues.simulators.ib.hours import end_of_day_ns, time_text
from venues.simulators.ib.oca import OcaGroups
from venues.simulators.ib.order_kinds import KINDS
from venues.simulators.ib.order_messages import order_status
from venues.simulators.ib.pegs import Pegs
from venues.simulators.ib.ticket_book import TicketBook
from venues.simulators.ib.tickets import Ticket
from venues.simulators.ib.translation import new_order
from venues.simulators.matching import Side
from venues.simulators.orders import Order, Refusal
from venues.simulators.unified_account import UnifiedAccount

DISCARDED = "Order was discarded."
OPENS_IN_NS = 8 * 3600 * 1_000_000_000


class OrderEntry:
    """``market_open`` False holds new orders until it opens. ``groups`` and ``attached`` act upon
    the orders that hang on those which trade and end."""

    def __init__(
        self,
        exchange: Exchange,
        account: UnifiedAccount,
        tickets: TicketBook,
        clients: Clients,
        pegs: Pegs,
    ) -> None:
        self._exchange = exchange
        self._account = account
        self._tickets = tickets
        self._clients = clients
        self._pegs = pegs
        self.groups = OcaGroups(tickets, self.cancel, self.reduce)
        self.attached = AttachedOrders(tickets, self.release, self.cancel)
        self.market_open = True

    def hold_of(self, ticket: Ticket, parent: Booked | None) -> Hold | None:
        """What an order waits for; None where it goes to the exchange at once."""
        if not ticket.transmit:
            return Hold.UNTRANSMITTED
        if parent is not None and parent.status != FILLED:
            return Hold.PARENT
        if not self.market_open:
            return Hold.OPEN
        return Hold.CLOSE if KINDS[ticket.order_type].on_close else None

    def next_exchange_id(self) -> int:
        """The id of the next order at the exchange."""
        return self._exchange.state.next_order_id

    def enter(self, booked: Booked, now_ns: int) -> None:
        """Say that an order waits, or give it to the exchange. Raises ApiError where that refuses
        it; it is Inactive then."""
        match booked.hold:
            case None:
                self._submit(booked, now_ns)
            case Hold.OPEN:
                opens = time_text(now_ns + OPENS_IN_NS, booked.listed.time_zone)
                ticket, listed = booked.ticket, booked.listed
                warning = errors.held_until_open(ticket.action, ticket.quantity, listed, opens)
                self._clients.tell_error(booked, warning)
                self._clients.tell_order(booked, PRE_SUBMITTED)
            case Hold.CLOSE:
                booked.due_ns = end_of_day_ns(now_ns, booked.listed.time_zone)
                self._tickets.write(booked)
                self._clients.tell_order(booked, PRE_SUBMITTED)
            case Hold.PARENT:
                self._clients.tell_order(booked, PRE_SUBMITTED)
            case Hold.UNTRANSMITTED:
                pass  # TWS keeps silent about it

    def release(self, booked: Booked, now_ns: int) -> None:
        """What an order waited for has come; perhaps it waits for something else now."""
        booked.hold = self.hold_of(booked.ticket, self._tickets.parent_of(booked))
        self._tickets.write(booked)
        try:
            self.enter(booked, now_ns)
        except ApiError as error:
            self._clients.tell_error(booked, error)

    def transmit_family(self, booked: Booked, now_ns: int) -> None:
        """Transmit a parent and what is attached to it, as far as they were not."""
        for one in self._tickets.family(booked):
            if one.hold is Hold.UNTRANSMITTED and one.is_open:
                one.ticket = replace(one.ticket, transmit=True)
                self.release(one, now_ns)

    def cancel(self, booked: Booked, now_ns: int) -> None:
        """Take an order out of the market, or off the list of those that wait for it."""
        if booked.order is not None:
            self._exchange.cancel(booked.order, now_ns)
            return
        reason = "" if booked.is_told else DISCARDED
        self._tickets.end(booked, CANCELED, now_ns, reason)
        self._clients.tell(booked, order_status(booked))
        self._clients.tell_error(booked, errors.canceled(reason))
        self.attached.after([booked], now_ns)

    def reduce(self, booked: Booked, quantity: Decimal, now_ns: int) -> None:
        """Give an order a smaller quantity."""
        self._tickets.change(booked, replace(booked.ticket, quantity=quantity))
        if booked.order is None:
            if booked.is_told:
                self._clients.tell_order(booked, booked.status)
        else:
            self._exchange.amend(booked.order, booked.order.price, quantity, now_ns)

    def open_market(self, now_ns: int) -> None:
        """Send what waited for it."""
        self.market_open = True
        for booked in self._tickets.open_orders():
            if booked.hold is Hold.OPEN and booked.is_open:
                self.release(booked, now_ns)

    def end_sessions(self, now_ns: int) -> None:
        """Send what waited for the end of a session that has come."""
        for booked in self._tickets.open_orders():
            if booked.hold is Hold.CLOSE and booked.due_ns <= now_ns:
                self._send_at_close(booked, now_ns)

    def resume(self, now_ns: int) -> None:
        """After a restart: go on where it was."""
        for booked in self._tickets.open_orders():
            if booked.kind.pegged and booked.order is not None:
                self._pegs.add(booked)
            parent = self._tickets.parent_of(booked)
            if parent is not None:
                self.attached.after([parent], now_ns)

    def market_price(self, ticket: Ticket, booked: Booked) -> Decimal | None:
        """The price that the market gives to orders of some types, None to all others. Raises
        ApiError where there is no market."""
        side = Side(ticket.action)
        if booked.kind.pegged:
            price = self._pegs.price(ticket, booked.listed) or ticket.limit
        elif ticket.order_type == "MTL":
            best = self._exchange.books[booked.listed.name].best(side.opposite)
            price = ticket.limit or (best[0] if best else None)
        else:
            return None
        if not price:
            raise errors.rejected("There is no market to price the order by.")
        return price

    def refused(self, refusal: Refusal, booked: Booked) -> ApiError:
        """The error with which IB says why the exchange did not take an order, or a change."""
        if refusal is Refusal.INSUFFICIENT_FUNDS:
            ticket = booked.ticket
            price = ticket.limit or self._account.mark(booked.listed.name)
            needed = booked.listed.instrument.value(price, ticket.quantity)
            needed /= Decimal(self._account.leverage_of(booked.listed.name))
            return errors.no_margin(self._account.equity("USD"), needed)
        return errors.rejected(refusal.replace("_", " ").capitalize())

    def _send_at_close(self, booked: Booked, now_ns: int) -> None:
        booked.hold = None
        try:
            self._submit(booked, now_ns)
        except ApiError as error:
            self._clients.tell_error(booked, error)

    def _submit(self, booked: Booked, now_ns: int) -> None:
        try:
            price = self.market_price(booked.ticket, booked)
        except ApiError as error:
            self._refuse(booked, error, now_ns)
            raise
        exchange_id = self.next_exchange_id()
        if booked.exchange_id != exchange_id:
            self._tickets.move(booked, exchange_id)
        new = new_order(booked.ticket, booked.listed, self._account.name, now_ns, price)
        outcome = self._exchange.submit(new, now_ns)
        if not isinstance(outcome, Order):
            refusal = self.refused(outcome, booked)
            self._refuse(booked, refusal, now_ns)
            raise refusal
        booked.order = outcome
        if booked.kind.pegged:
            self._pegs.add(booked)

    def _refuse(self, booked: Booked, error: ApiError, now_ns: int) -> None:
        self._tickets.end(booked, INACTIVE, now_ns, error.text)
        self._clients.tell(booked, order_status(booked))
        self.attached.after([booked], now_ns)
