"""Orders and their fills: each row against the venue's ledger, in both directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from domain.identifiers import order_id_of_venue_client_id
from domain.orders import OrderStatus, UnifiedOrder
from tests.support.agreement.books import Books
from venues.simulators.ledger import LedgerOrder, Record

_ENDED = frozenset({OrderStatus.CANCELED, OrderStatus.EXPIRED})
_NEVER_THERE = frozenset({OrderStatus.DENIED, OrderStatus.REJECTED})
_UNSETTLED = frozenset({OrderStatus.APPROVED, OrderStatus.SUBMITTING, OrderStatus.UNKNOWN})
_UNSENT_ENDS = frozenset(
    {"canceled_unsent", "trading_stopped", "aborted_unsent", "deadline_passed"}
)
_FITTING = {
    "filled": frozenset({OrderStatus.FILLED}),
    # Which of the two words an end by time in force has is the venue's choice.
    "canceled": _ENDED,
    "expired": _ENDED,
}


def differing_orders(books: Books) -> Iterator[str]:
    """What a venue has of an order and its row does not say, and the other way round."""
    for venue, books_of_venue in books.venues.items():
        for client_id in books_of_venue.ledger.doubled:
            yield f"{venue} has more than one order {client_id}"
    for venue, order, row in books.legs():
        if row is None:
            yield f"{venue} has the order {order.client_order_id}, which is nobody's"
        else:
            yield from _differences(order, row)
    for row in books.orders.values():
        legs = books.legs_of(row)
        executed = sum(leg.executed for leg in legs)
        if executed != row.filled_qty:
            yield f"{row.order_id} has {row.filled_qty} filled, {executed} at {row.venue}"
        there = any(leg.client_order_id == row.venue_client_id for leg in legs)
        if row.status in _UNSETTLED:
            yield f"{row.order_id} is still {row.status}"
        elif there == _is_absent(row):
            has = "has" if there else "does not have"
            yield f"{row.order_id} is {row.status} ({row.reason_code}), {row.venue} {has} it"


def differing_fills(books: Books) -> Iterator[str]:
    """Executions that are not booked, or booked twice. Their ids look different at each venue."""
    ours: Counter[tuple[Any, ...]] = Counter(
        (f.order_id, f.quantity, f.price, f.fee) for f in books.standing_fills()
    )
    theirs: Counter[tuple[Any, ...]] = Counter(
        (order_id_of_venue_client_id(order.client_order_id), *_executed(fill))
        for _, order, _ in books.legs()
        for fill in order.fills
    )
    for fill, count in (theirs - ours).items():
        yield f"{count} x {fill} (order, quantity, price, fee) is not booked"
    for fill, count in (ours - theirs).items():
        yield f"{count} x {fill} (order, quantity, price, fee) is booked, and never happened"


def _differences(order: LedgerOrder, row: UnifiedOrder) -> Iterator[str]:
    if order.client_order_id != row.venue_client_id:
        if order.state == "open":
            yield f"{order.client_order_id} is open, although a later leg took its place"
        return
    open_as = OrderStatus.PARTIALLY_FILLED if order.executed else OrderStatus.ACCEPTED
    if row.status not in _FITTING.get(order.state, {open_as}):
        yield f"{row.order_id} is {row.status}, {order.state} at {row.venue}"
    at_venue = row.at_venue
    # A venue may put its own limit on a market order.
    price = None if at_venue.price is None else order.price
    ours = (at_venue.side, at_venue.quantity, at_venue.price)
    theirs = (order.side, order.quantity, price)
    if ours != theirs:
        yield f"{row.order_id} is {ours} (side, quantity, price), {theirs} at {row.venue}"


def _is_absent(row: UnifiedOrder) -> bool:
    """Whether the order's present leg never came to its venue, by what the row says."""
    return row.status in _NEVER_THERE or row.reason_code in _UNSENT_ENDS


def _executed(fill: Record) -> tuple[Decimal, ...]:
    return tuple(Decimal(fill[name]) for name in ("quantity", "price", "fee"))
