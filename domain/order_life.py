"""How an event changes an order. One pure function, after FIX 4.4 order state changes.

Two rules stand above the table. The venue is right about what happened: a fill is booked in every
state, even after the end. And late or repeated news changes nothing: an event that says what we
already know, or that a later one has overtaken, gives None.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.amend_life import (
    amended,
    approved,
    begun,
    cleared,
    refused,
    replaced,
    requested,
    whole_of,
)
from domain.errors import IllegalTransition
from domain.fills import Fill
from domain.order_events import (
    AmendApproved,
    AmendDenied,
    AmendDropped,
    AmendRequested,
    AmendStarted,
    AnomalyAcknowledged,
    CancelRequested,
    ContradictedByVenue,
    EndedUnsent,
    FillBooked,
    FillReversed,
    FoundOpen,
    LegReplaced,
    MissingAtVenue,
    OperatorDecided,
    OrderEvent,
    OutcomeUnknown,
    ProvenAbsent,
    SubmissionStarted,
    VenueAccepted,
    VenueAmended,
    VenueCanceled,
    VenueExpired,
    VenueRefusedAmend,
    VenueRefusedCancel,
    VenueRejected,
    VenueTriggered,
)
from domain.orders import OrderStatus, UnifiedOrder

# The step at which a person may end an order of which the venue says nothing certain any more.
FINDING_OUT = "finding out what the venue did"
_ENDED_BY_OPERATOR = "ended_by_operator"

_UNSENT_ENDS = {
    "canceled_unsent": OrderStatus.CANCELED,
    "trading_stopped": OrderStatus.CANCELED,
    "aborted_unsent": OrderStatus.CANCELED,
    "deadline_passed": OrderStatus.EXPIRED,
}


def apply(order: UnifiedOrder, event: OrderEvent, now: datetime) -> UnifiedOrder | None:
    """The order after the event, or None where the event is old news.

    Raises IllegalTransition where our own command does not fit the order's state; news from a venue
    never raises.
    """
    changed = _changed(order, event, now)
    if changed is None:
        return None
    if changed.status.is_terminal:
        changed = cleared(changed)  # an amend under way has lost its order
    return replace(changed, version=order.version + 1, updated_at=now)


def _changed(order: UnifiedOrder, event: OrderEvent, now: datetime) -> UnifiedOrder | None:
    match event:
        case SubmissionStarted():
            if order.status is not OrderStatus.APPROVED:
                raise IllegalTransition(
                    f"{order.order_id} is {order.status}, it cannot be sent now"
                )
            return replace(order, status=OrderStatus.SUBMITTING, submitted_at=now)
        case VenueAccepted(venue_order_id):
            return _accepted(order, venue_order_id)
        case VenueRejected(code, reason):
            return _ended_by_venue(order, OrderStatus.REJECTED, code, reason)
        case VenueCanceled(reason):
            if order.replacing:
                return None  # the leg's end counts once its fills are known: see LegReplaced
            return _ended_by_venue(order, OrderStatus.CANCELED, "canceled_at_venue", reason)
        case VenueExpired(reason):
            return _ended_by_venue(order, OrderStatus.EXPIRED, "expired_at_venue", reason)
        case OutcomeUnknown(reason):
            if order.status is not OrderStatus.SUBMITTING:
                return None
            return replace(
                order, status=OrderStatus.UNKNOWN, reason_code="outcome_unknown", reason=reason
            )
        case ProvenAbsent(reason, submitted_at):
            if not order.status.is_in_doubt or submitted_at not in (None, order.submitted_at):
                return None  # of an earlier submission an answer proves nothing about this one
            return replace(
                order, status=OrderStatus.APPROVED, reason_code="absent_at_venue", reason=reason
            )
        case FillBooked(fill):
            return _filled(order, fill)
        case FillReversed(fill, reason):
            return _unfilled(order, fill, reason)
        case VenueTriggered():
            if order.status.is_terminal or order.triggered_at is not None:
                return None
            return replace(order, triggered_at=now)
        case VenueAmended():
            return amended(order, event)
        case AmendRequested():
            return requested(order, event)
        case AmendApproved(amend_id, _, reference_price):
            return approved(order, amend_id, reference_price)
        case AmendDenied():
            return order
        case AmendStarted(amend_id):
            return begun(order, amend_id, now)
        case AmendDropped(amend_id) | VenueRefusedAmend(amend_id):
            return refused(order, amend_id)
        case LegReplaced(venue_client_id, send_deadline):
            if order.status.is_terminal or order.venue_client_id != venue_client_id:
                return None
            if not order.replacing:  # somebody wanted it canceled meanwhile
                code = "canceled_at_venue"
                return _ended_by_venue(order, OrderStatus.CANCELED, code, "canceled on request")
            return replaced(order, send_deadline)
        case MissingAtVenue(reason):
            at_venue = order.status.is_working or order.status.is_in_doubt
            if not at_venue or order.anomaly is not None:
                return None
            return replace(order, anomaly=f"the venue does not find the order: {reason}")
        case FoundOpen(venue_order_id):
            return _found_open(order, venue_order_id)
        case ContradictedByVenue(reason):
            return None if order.anomaly is not None else replace(order, anomaly=reason)
        case AnomalyAcknowledged():
            return None if order.anomaly is None else replace(order, anomaly=None)
        case CancelRequested(_, at):
            if order.cancel_requested_at is not None or order.status.is_terminal:
                return None
            return replace(order, cancel_requested_at=at)
        case OperatorDecided("skip", step, by, reason) if step == FINDING_OUT:
            return _ended_by_operator(order, by, reason)
        case OperatorDecided("skip", "cancel"):
            return replace(order, cancel_requested_at=None)  # nobody wants it canceled any more
        case VenueRefusedCancel() | OperatorDecided():
            return order
        case EndedUnsent(code, reason):
            if order.status is not OrderStatus.APPROVED:
                raise IllegalTransition(
                    f"{order.order_id} is {order.status}, maybe at the venue: it cannot end here"
                )
            return replace(order, status=_UNSENT_ENDS[code], reason_code=code, reason=reason)


def _accepted(order: UnifiedOrder, venue_order_id: str) -> UnifiedOrder | None:
    if order.status.is_in_doubt:
        return replace(
            order,
            status=OrderStatus.PARTIALLY_FILLED if order.filled_qty else OrderStatus.ACCEPTED,
            venue_order_id=venue_order_id,
            reason_code=None,
            reason=None,
        )
    if order.venue_order_id == venue_order_id:
        return None  # said before, whatever became of the order since
    if _held_for_absent(order):
        return replace(
            order,
            status=OrderStatus.ACCEPTED,
            venue_order_id=venue_order_id,
            reason_code=None,
            reason=None,
            anomaly=f"the venue has the order although it was {order.status} here",
        )
    if order.venue_order_id is None:
        return replace(order, venue_order_id=venue_order_id)  # a fill or an end came first
    return None


def _found_open(order: UnifiedOrder, venue_order_id: str) -> UnifiedOrder | None:
    """An end that was believed was none: the order lives, and its workflow follows it again."""
    if not order.status.is_terminal:
        return _accepted(order, venue_order_id)
    anomaly = f"the venue has the order open although it was {order.status} here"
    if order.filled_qty >= order.quantity:  # it can trade more than anybody asked for
        return None if order.anomaly is not None else replace(order, anomaly=anomaly)
    return replace(
        order,
        status=OrderStatus.PARTIALLY_FILLED if order.filled_qty else OrderStatus.ACCEPTED,
        venue_order_id=venue_order_id,
        reason_code=None,
        reason=None,
        anomaly=anomaly,
    )


def _held_for_absent(order: UnifiedOrder) -> bool:
    """We believed that the venue does not have the order: unsent, or refused."""
    return (
        order.status in (OrderStatus.APPROVED, OrderStatus.DENIED, OrderStatus.REJECTED)
        or order.reason_code in _UNSENT_ENDS
        or order.reason_code == _ENDED_BY_OPERATOR
    )


def _ended_by_operator(order: UnifiedOrder, by: str, reason: str) -> UnifiedOrder:
    """A person's word stands for the venue's. News of the venue revives the order all the same."""
    if order.status.is_terminal:
        return order
    return replace(
        order,
        status=OrderStatus.CANCELED,
        reason_code=_ENDED_BY_OPERATOR,
        reason=f"{by}: {reason}" if reason else by,
    )


def _ended_by_venue(
    order: UnifiedOrder, end: OrderStatus, code: str, reason: str
) -> UnifiedOrder | None:
    if order.status.is_terminal:
        return None
    anomaly = order.anomaly
    if order.status is OrderStatus.APPROVED:
        anomaly = f"the venue ended ({end}) an order that was not sent"
    return replace(order, status=end, reason_code=code, reason=reason, anomaly=anomaly)


def _filled(order: UnifiedOrder, fill: Fill) -> UnifiedOrder:
    """Book the fill whatever the state: the venue is right about what was traded."""
    filled = order.filled_qty + fill.quantity
    anomaly = order.anomaly
    status = order.status
    whole = whole_of(order)
    if filled > whole:
        anomaly = f"overfilled: {filled} of {whole}"
    contradicted = _held_for_absent(order)
    if contradicted:
        anomaly = f"a fill arrived although the order was {order.status} here"
    if filled >= whole:
        status = OrderStatus.FILLED
    elif contradicted or not order.status.is_terminal:
        status = OrderStatus.PARTIALLY_FILLED
    if status is not order.status:
        order = replace(order, reason_code=None, reason=None)  # it explained the state before
    return replace(
        order,
        status=status,
        filled_qty=filled,
        cum_quote=order.cum_quote + fill.quantity * fill.price,
        venue_order_id=order.venue_order_id or fill.venue_order_id,
        anomaly=anomaly,
    )


def _unfilled(order: UnifiedOrder, reversal: Fill, reason: str | None) -> UnifiedOrder:
    """A booked trade is taken back; an order that had ended stays ended, and a person is told."""
    filled = order.filled_qty + reversal.quantity
    status = order.status
    if status is OrderStatus.PARTIALLY_FILLED and not filled:
        status = OrderStatus.ACCEPTED
    return replace(
        order,
        status=status,
        filled_qty=filled,
        cum_quote=order.cum_quote + reversal.quantity * reversal.price,
        anomaly=order.anomaly if reason is None else reason,
    )
