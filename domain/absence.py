"""What it proves that a venue does not find an order. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.order_events import MissingAtVenue, ProvenAbsent
from domain.orders import UnifiedOrder


def absence(
    order: UnifiedOrder,
    reason: str,
    *,
    asked_at: datetime,
    horizon: timedelta,
    records_since: datetime | None,
) -> ProvenAbsent | MissingAtVenue | None:
    """The event that the venue's "no such order" is worth; None as long as it proves nothing.

    It proves something only if the question was asked (not answered) when the order could not be
    on its way any more. An order in doubt is absent then, if the venue's records reach back to its
    submission; otherwise, or if the venue had confirmed it, it is a riddle for a person.
    """
    sent_at = order.submitted_at or order.created_at
    if asked_at - sent_at < horizon:
        return None
    if records_since is not None and sent_at < records_since:
        return MissingAtVenue(
            f"{reason}; but it was sent at {sent_at.isoformat()}, and the venue's records begin at "
            f"{records_since.isoformat()}: see its statement"
        )
    if not order.status.is_in_doubt:
        return MissingAtVenue(reason)
    return ProvenAbsent(f"{reason}, asked {asked_at - sent_at} after it was sent", sent_at)
