"""How an amend changes an order: asked for, approved, sent, taken or refused, or done as a new leg.

Until the end of an amend is known, both the old and the new terms may hold at the venue. So risk
counts the larger quantity, and an order is not full before the larger one is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from domain.errors import IllegalTransition
from domain.identifiers import venue_client_id
from domain.order_events import AmendRequested, VenueAmended
from domain.orders import OrderStatus, UnifiedOrder


def requested(order: UnifiedOrder, asked: AmendRequested) -> UnifiedOrder:
    """Raises IllegalTransition unless the order works and no other amend is under way."""
    if not order.status.is_working or order.amend_pending:
        raise IllegalTransition(f"{order.order_id} is {order.status}, it cannot be amended now")
    return replace(
        order,
        amend_id=asked.amend_id,
        amend_quantity=asked.quantity,
        amend_price=asked.price,
        amend_trigger_price=asked.trigger_price,
        amend_replace=asked.replace,
        amend_requested_at=asked.at,
    )


def approved(order: UnifiedOrder, amend_id: str, reference_price: Decimal) -> UnifiedOrder:
    """The open quantity is valued at the dearer of the old and the new terms from here on."""
    if order.amend_id != amend_id:
        raise IllegalTransition(f"{order.order_id} has no amend {amend_id} to approve")
    return replace(order, reference_price=max(order.reference_price, reference_price))


def begun(order: UnifiedOrder, amend_id: str, now: datetime) -> UnifiedOrder:
    if order.amend_id != amend_id or order.amend_sent_at is not None:
        raise IllegalTransition(f"{order.order_id} has no amend {amend_id} to send")
    return replace(order, amend_sent_at=now)


def refused(order: UnifiedOrder, amend_id: str) -> UnifiedOrder | None:
    """The old terms stand; by these the order may be full already."""
    return _settled(cleared(order)) if order.amend_id == amend_id else None


def amended(order: UnifiedOrder, terms: VenueAmended) -> UnifiedOrder | None:
    """The venue is right about the terms, too, as long as the order lives.

    It speaks of the leg that it has, so what earlier legs traded comes on top.
    """
    if order.status.is_terminal:
        return None
    quantity = order.quantity
    if terms.quantity is not None:
        quantity = terms.quantity + order.earlier_filled_qty
    changed = replace(
        order,
        quantity=quantity,
        price=order.price if terms.price is None else terms.price,
        trigger_price=order.trigger_price if terms.trigger_price is None else terms.trigger_price,
    )
    if order.amend_sent_at is not None and not order.amend_replace and has_amended_terms(changed):
        changed = cleared(changed)
    return None if changed == order else _settled(changed)


def whole_of(order: UnifiedOrder) -> Decimal:
    """What the order can come to: new terms that are on their way may hold already, so they count.

    Not those of an amend that is not sent yet, nor of a new leg.
    """
    if order.amend_quantity is None or order.amend_sent_at is None or order.amend_replace:
        return order.quantity
    return max(order.quantity, order.amend_quantity)


def has_amended_terms(order: UnifiedOrder) -> bool:
    """Whether the order's terms are those that its amend asks for."""
    return (
        order.amend_quantity in (None, order.quantity)
        and order.amend_price in (None, order.price)
        and order.amend_trigger_price in (None, order.trigger_price)
    )


def replaced(order: UnifiedOrder, send_deadline: datetime) -> UnifiedOrder:
    """The next leg, approved and not sent: the new terms, less what has traded.

    If that is nothing any more, the order is done.
    """
    quantity = order.amend_quantity or order.quantity
    if order.filled_qty >= quantity:
        return replace(
            cleared(order), quantity=order.filled_qty, status=OrderStatus.FILLED, reason_code=None
        )
    leg = order.leg + 1
    return replace(
        cleared(order),
        status=OrderStatus.APPROVED,
        quantity=quantity,
        price=order.amend_price or order.price,
        trigger_price=order.amend_trigger_price or order.trigger_price,
        leg=leg,
        venue_client_id=venue_client_id(order.order_id, leg),
        earlier_filled_qty=order.filled_qty,
        venue_order_id=None,
        submitted_at=None,
        triggered_at=None,
        send_deadline=send_deadline,
        reason_code=None,
        reason=None,
    )


def cleared(order: UnifiedOrder) -> UnifiedOrder:
    """The order without an amend under way."""
    if not order.amend_pending:
        return order
    return replace(
        order,
        amend_id=None,
        amend_quantity=None,
        amend_price=None,
        amend_trigger_price=None,
        amend_replace=False,
        amend_requested_at=None,
        amend_sent_at=None,
    )


def _settled(order: UnifiedOrder) -> UnifiedOrder:
    """Fewer terms can hold than before; by those that are left the order may be full already."""
    if order.status.is_working and order.filled_qty >= whole_of(order):
        return replace(order, status=OrderStatus.FILLED, reason_code=None, reason=None)
    return order
