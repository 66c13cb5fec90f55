"""What a venue's answers and reports mean for an order, as events of its life. Pure."""

from __future__ import annotations

from datetime import datetime

from domain.order_events import (
    OrderEvent,
    OutcomeUnknown,
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRefusedAmend,
    VenueRejected,
)
from domain.orders import OrderStatus, UnifiedOrder
from domain.outcomes import Accepted, Rejected, SubmitOutcome, Unknown
from venues.port import OrderReport


def event_of(outcome: SubmitOutcome) -> OrderEvent:
    match outcome:
        case Accepted(venue_order_id):
            return VenueAccepted(venue_order_id)
        case Rejected(code, reason):
            return VenueRejected(code, reason)
        case Unknown(reason):
            return OutcomeUnknown(reason)


def ending_of(report: OrderReport) -> OrderEvent | None:
    """The end that the venue reports.

    A full fill ends an order by its fills, all of them booked by now: of a filled one the total is
    what it filled, whatever total we knew. It may have been reduced while nobody listened.
    """
    match report.status:
        case OrderStatus.FILLED if report.filled_qty:
            return VenueAmended(quantity=report.filled_qty)
        case OrderStatus.CANCELED:
            return VenueCanceled("the venue reports it as canceled")
        case OrderStatus.EXPIRED:
            return VenueExpired("the venue reports it as expired")
        case OrderStatus.REJECTED:
            return VenueRejected("rejected_at_venue", "the venue reports it as rejected")
        case _:
            return None


def end_of_amend(
    order: UnifiedOrder, report: OrderReport, arrived_before: datetime | None
) -> VenueAmended | VenueRefusedAmend | None:
    """What the venue's record says of an amend that was sent; None if it proves nothing.

    The new terms prove that it was taken. The old ones prove that it was not once it cannot be on
    its way any more: the order has ended, or the amend was sent before `arrived_before`. What was
    sent earlier than that had reached the venue when it was asked; None where nothing need have.
    """
    if order.amend_id is None or order.amend_sent_at is None or order.amend_replace:
        return None
    # Some venues tell no quantity of what has ended; of a filled order it is what it filled.
    full = report.status is OrderStatus.FILLED
    quantity = report.filled_qty if full else report.quantity
    total = None if quantity is None else quantity + order.earlier_filled_qty
    asked = [
        (told, wanted)
        for told, wanted in (
            (total, order.amend_quantity),
            (report.price, order.amend_price),
            (report.trigger_price, order.amend_trigger_price),
        )
        if wanted is not None
    ]
    told_all = all(told is not None for told, _ in asked)
    if all(told == wanted for told, wanted in asked):
        return VenueAmended(quantity, report.price, report.trigger_price)
    ended = not report.status.is_working
    arrived = arrived_before is not None and order.amend_sent_at < arrived_before
    if ended or (told_all and arrived):
        return VenueRefusedAmend(order.amend_id, "the venue has the order on its old terms")
    return None
