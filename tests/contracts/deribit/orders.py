"""Orders and instruments for tests that need no venue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.identifiers import order_id_for, venue_client_id
from domain.orders import OrderStatus, OrderType, TimeInForce, UnifiedOrder
from domain.sides import Side
from venues.deribit.listings import Listing, listing_of
from venues.simulators.deribit.instruments import LISTINGS

ORDER_ID = order_id_for("tests", "one")
LABEL = venue_client_id(ORDER_ID, 1)


def listing(name: str = "BTC-PERPETUAL") -> Listing:
    """As the adapter makes it of what the simulated venue tells."""
    return listing_of(LISTINGS[name].described())


def order(**terms: Any) -> UnifiedOrder:
    """A resting buy of 100 USD, unless the terms say otherwise."""
    now = datetime.now(UTC)
    base = UnifiedOrder(
        order_id=ORDER_ID,
        strategy_id="tests",
        client_order_id="one",
        fingerprint="",
        instrument_id="BTC-PERPETUAL.DERIBIT",
        venue="DERIBIT",
        account_id="DERIBIT-main",
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        quantity=Decimal(100),
        price=Decimal("98000.5"),
        time_in_force=TimeInForce.GTC,
        post_only=False,
        reduce_only=False,
        reference_price=Decimal(100_000),
        status=OrderStatus.SUBMITTING,
        leg=1,
        venue_client_id=LABEL,
        send_deadline=now + timedelta(seconds=10),
        created_at=now,
        updated_at=now,
    )
    return replace(base, **terms)
