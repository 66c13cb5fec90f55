"""An order in every state that it can be in, as its life would have left it."""

from decimal import Decimal

from domain.orders import OrderStatus, UnifiedOrder
from tests.support.orders import NOW, an_order

_SENT = {"submitted_at": NOW}
_KNOWN = _SENT | {"venue_order_id": "v1"}


def _ended(status: OrderStatus, code: str, **rest: object) -> UnifiedOrder:
    return an_order(status=status, reason_code=code, reason=f"because of {code}", **rest)


# Ended before or after it was sent makes a difference: only the one can be contradicted by news.
ORDERS: dict[str, UnifiedOrder] = {
    "APPROVED": an_order(),
    "SUBMITTING": an_order(status=OrderStatus.SUBMITTING, **_SENT),
    "UNKNOWN": _ended(OrderStatus.UNKNOWN, "outcome_unknown", **_SENT),
    "ACCEPTED": an_order(status=OrderStatus.ACCEPTED, **_KNOWN),
    "PARTIALLY_FILLED": an_order(
        status=OrderStatus.PARTIALLY_FILLED,
        filled_qty=Decimal(1),
        cum_quote=Decimal(100),
        **_KNOWN,
    ),
    "AMENDING": an_order(
        status=OrderStatus.PARTIALLY_FILLED,
        filled_qty=Decimal(1),
        cum_quote=Decimal(100),
        amend_id="a1",
        amend_quantity=Decimal(6),
        amend_requested_at=NOW,
        amend_sent_at=NOW,
        **_KNOWN,
    ),
    "REPLACING": an_order(
        status=OrderStatus.PARTIALLY_FILLED,
        filled_qty=Decimal(1),
        cum_quote=Decimal(100),
        amend_id="a1",
        amend_price=Decimal(101),
        amend_replace=True,
        amend_requested_at=NOW,
        amend_sent_at=NOW,
        **_KNOWN,
    ),
    "FILLED": an_order(
        status=OrderStatus.FILLED, filled_qty=Decimal(4), cum_quote=Decimal(400), **_KNOWN
    ),
    "CANCELED": _ended(OrderStatus.CANCELED, "canceled_at_venue", **_KNOWN),
    "REJECTED": _ended(OrderStatus.REJECTED, "-2010", **_SENT),
    "EXPIRED": _ended(OrderStatus.EXPIRED, "expired_at_venue", **_KNOWN),
    "DENIED": _ended(OrderStatus.DENIED, "max_order_size"),
    "CANCELED_UNSENT": _ended(OrderStatus.CANCELED, "canceled_unsent"),
    "EXPIRED_UNSENT": _ended(OrderStatus.EXPIRED, "deadline_passed"),
}
