"""How a delivery is booked: as an order of its own that nobody sent.

A position is always the fold of its fills, and a fill belongs to an order. The audit trail of this
one begins with what the venue said, and its one fill closes the position at the delivery price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.audit import GENESIS, ChainedEvent, chained
from domain.deliveries import Delivery
from domain.fills import Fill
from domain.identifiers import order_id_for, venue_client_id
from domain.instruments import Instrument
from domain.order_events import PositionDelivered
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.positions import Position
from domain.sides import Side

# Whose orders they are: nobody's. No strategy can be named so.
BY_VENUE = "_delivery"

_FIRST_LEG = 1


@dataclass(frozen=True, slots=True)
class Closing:
    """What to book of a delivery. `contradiction`: the venue held something else than we knew."""

    order: UnifiedOrder
    opened_by: ChainedEvent
    fill: Fill
    contradiction: str | None


def closing(
    position: Position,
    delivery: Delivery,
    instrument: Instrument,
    now: datetime,
    *,
    closed_before: Decimal = Decimal(0),
) -> Closing:
    """Close all of an open position. It is ours that is closed, whatever the venue held: others may
    trade on the account.

    A trade that is told only after its delivery was booked opens the position once more; then the
    rest is closed too. `closed_before` is what earlier bookings closed, signed as the position was.
    """
    assert position.quantity, "there is something to close"
    # The number of fills tells one booking from the next, and a repeated one from neither.
    name = f"{position.account_id}/{instrument.instrument_id}/{position.fill_count}"
    order_id = order_id_for(BY_VENUE, name)
    opened_by = chained(order_id, 1, GENESIS, PositionDelivered(delivery), now)
    side = Side.SELL if position.quantity > 0 else Side.BUY
    quantity = abs(position.quantity)
    order = UnifiedOrder(
        order_id=order_id,
        strategy_id=BY_VENUE,
        client_order_id=name,
        fingerprint="",
        instrument_id=instrument.instrument_id,
        venue=instrument.venue,
        account_id=position.account_id,
        side=side,
        order_type=OrderType.MARKET,
        quantity=quantity,
        price=None,
        time_in_force=TimeInForce.IOC,
        post_only=False,
        reduce_only=True,
        reference_price=delivery.price,
        status=OrderStatus.ACCEPTED,
        leg=_FIRST_LEG,
        venue_client_id=venue_client_id(order_id, _FIRST_LEG),
        send_deadline=now,
        created_at=now,
        updated_at=now,
        version=opened_by.version,
        last_hash=opened_by.hash,
        reason_code="delivered_by_venue",
    )
    fill = Fill(
        order_id=order_id,
        account_id=position.account_id,
        instrument_id=instrument.instrument_id,
        trade_id=f"delivery-{position.fill_count}",
        venue_order_id="delivery",
        side=side,
        quantity=quantity,
        price=delivery.price,
        fee=_share(delivery, quantity),
        fee_currency=delivery.fee_currency,
        is_maker=False,
        ts_event=delivery.ts_event,
    )
    held = position.quantity + closed_before
    said = f"the venue delivered {delivery.quantity}, by our fills {held} was held"
    return Closing(order, opened_by, fill, None if held == delivery.quantity else said)


def _share(delivery: Delivery, quantity: Decimal) -> Decimal:
    """The part of the fee that is for this quantity."""
    if not delivery.quantity:
        return Decimal(0)
    return delivery.fee * quantity / abs(delivery.quantity)
