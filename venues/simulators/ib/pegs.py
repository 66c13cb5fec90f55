"""Orders that follow the quote: relative ones the best price of their side, midprice ones the
middle. The core knows limit orders; these are limit orders whose price is moved."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.ib.booked import Booked
from venues.simulators.ib.listings import Listed
from venues.simulators.ib.tickets import Ticket
from venues.simulators.matching import ZERO, Side

MIDPRICE = "MIDPRICE"
_LEVELS = 10


class Pegs:
    """The pegged orders that work. ``moving`` while one of them is being moved."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._working: dict[int, Booked] = {}
        self.moving = False

    def add(self, booked: Booked) -> None:
        """Let an order that works follow from now on."""
        self._working[booked.exchange_id] = booked

    def price(self, ticket: Ticket, listed: Listed) -> Decimal | None:
        """Where an order would stand now; None while there is no quote on a side that it needs."""
        best = {side: self._best(listed, side) for side in Side}
        own = best[Side(ticket.action)]
        if ticket.order_type == MIDPRICE:
            bid, ask = best[Side.BUY], best[Side.SELL]
            target = None if bid is None or ask is None else (bid + ask) / 2
        elif own is None:
            target = None
        else:
            offset = ticket.aux or ZERO
            target = own + offset if ticket.action == Side.BUY else own - offset
        return None if target is None else _capped(target, ticket, listed.instrument.tick)

    def follow(self, symbol: str, now_ns: int) -> None:
        """A book changed: move those whose price is another one now."""
        if self.moving:
            return
        self.moving = True
        try:
            for exchange_id, booked in list(self._working.items()):
                if not booked.is_open:
                    del self._working[exchange_id]
                elif booked.listed.name == symbol:
                    self._move(booked, now_ns)
        finally:
            self.moving = False

    def _move(self, booked: Booked, now_ns: int) -> None:
        price = self.price(booked.ticket, booked.listed)
        if price is not None and booked.order is not None:
            self._exchange.amend(booked.order, price, booked.order.quantity, now_ns)

    def _best(self, listed: Listed, side: Side) -> Decimal | None:
        """The best price that is not theirs: an order that followed itself would run away."""
        ours: dict[Decimal, Decimal] = {}
        for booked in self._working.values():
            order = booked.order
            if order is not None and order.is_open and order.side is side:
                assert order.price is not None
                ours[order.price] = ours.get(order.price, ZERO) + order.shown
        levels = self._exchange.books[listed.name].levels(side, _LEVELS + len(ours))
        return next((price for price, size in levels if size > ours.get(price, ZERO)), None)


def _capped(target: Decimal, ticket: Ticket, tick: Decimal) -> Decimal:
    """In whole ticks, rounded away from the other side, and within the cap of the ticket."""
    is_buy = ticket.action == Side.BUY
    rounding = ROUND_FLOOR if is_buy else ROUND_CEILING
    price = (target / tick).quantize(Decimal(1), rounding) * tick
    if not ticket.limit:
        return price
    return min(price, ticket.limit) if is_buy else max(price, ticket.limit)
