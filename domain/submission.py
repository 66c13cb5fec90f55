"""Whether an approved order may go to its venue now."""

from __future__ import annotations

from datetime import datetime

from domain.order_events import EndedUnsent, SubmissionStarted
from domain.orders import OrderStatus, UnifiedOrder


def next_step(
    order: UnifiedOrder, now: datetime, *, trading: bool
) -> SubmissionStarted | EndedUnsent | None:
    """Send it, end it unsent, or (None) leave it: it was sent before or is finished.

    Only an APPROVED order is sent, and only an APPROVED order ends here: every other state means
    that the venue may have it.
    """
    if order.status is not OrderStatus.APPROVED:
        return None
    ending = unsent_end(order, now)
    if ending is not None:
        return ending
    if not trading:
        return EndedUnsent("trading_stopped", "trading was stopped before the order was sent")
    return SubmissionStarted()


def unsent_end(order: UnifiedOrder, now: datetime) -> EndedUnsent | None:
    """Why an order that was not sent must not be sent any more; None if it still may."""
    if order.status is not OrderStatus.APPROVED:
        return None
    if order.cancel_requested_at is not None:
        return EndedUnsent("canceled_unsent", "canceled before it was sent")
    if now >= order.send_deadline:
        return EndedUnsent(
            "deadline_passed", f"not sent by its deadline {order.send_deadline.isoformat()}"
        )
    if order.expire_at is not None and now >= order.expire_at:
        return EndedUnsent(
            "deadline_passed", f"not sent before it expired at {order.expire_at.isoformat()}"
        )
    return None
