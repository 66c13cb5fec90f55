"""From our orders to IB's tickets, and what IB would change, drop or not take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

from domain.capabilities import Capabilities
from domain.instruments import Instrument, InstrumentKind
from domain.orders import (
    OrderType,
    TimeInForce,
    TrailingOffsetType,
    TriggerType,
    UnifiedOrder,
)
from domain.sides import Side
from venues.interactive_brokers.messages import Ticket
from venues.port import Amendment

# IB's orderRef takes more; letters and digits are what every road back keeps as it was.
CLIENT_ID_PATTERN = r"^[A-Za-z0-9_-]{1,40}$"
ORDER_TYPES = {
    OrderType.MARKET: "MKT",
    OrderType.LIMIT: "LMT",
    OrderType.STOP_MARKET: "STP",
    OrderType.STOP_LIMIT: "STP LMT",
    OrderType.TAKE_PROFIT_MARKET: "MIT",
    OrderType.TAKE_PROFIT_LIMIT: "LIT",
    OrderType.TRAILING_STOP_MARKET: "TRAIL",
}
AMENDABLE = frozenset(ORDER_TYPES) - {OrderType.MARKET, OrderType.TRAILING_STOP_MARKET}
_BPS_IN_PERCENT = Decimal(100)


def unsendable(order: UnifiedOrder, instrument: Instrument, able: Capabilities) -> str | None:
    """Why this order must not be sent as it is: what IB lacks, or would round."""
    name = instrument.instrument_id
    if re.fullmatch(CLIENT_ID_PATTERN, order.venue_client_id, re.ASCII) is None:
        return f"the client id {order.venue_client_id!r} does not match {CLIENT_ID_PATTERN}."
    if order.order_type not in able.order_types:
        return f"{order.order_type} orders do not exist on {able_name(instrument)}."
    if order.time_in_force not in able.times_in_force:
        return f"time in force {order.time_in_force} does not exist on {able_name(instrument)}."
    if order.post_only:
        return "IB has no post-only orders; send a LIMIT order without it."
    if order.reduce_only:
        return "IB has no reduce-only orders; send the quantity of the position."
    if order.trigger_type not in (None, TriggerType.LAST):
        return f"IB triggers on its own default (last trades), not on {order.trigger_type}."
    if order.order_type.has_limit_price and order.price is None:
        return f"a {order.order_type} order needs a price."
    if order.order_type.has_trigger_price and order.trigger_price is None:
        return f"a {order.order_type} order needs a trigger price."
    if order.order_type.is_trailing and order.trailing_offset is None:
        return "a trailing stop needs a trailing offset."
    if order.time_in_force is TimeInForce.GTD and order.expire_at is None:
        return "a GTD order needs the time when it ends."
    if order.time_in_force is not TimeInForce.GTD and order.expire_at is not None:
        return f"only GTD orders end at a time, this one is {order.time_in_force}."
    if order.quantity % instrument.lot:
        return f"quantity {order.quantity} is not a multiple of the lot {instrument.lot} of {name}."
    offset = order.trailing_offset
    by_price = order.trailing_offset_type is not TrailingOffsetType.BASIS_POINTS
    for price in (order.price, order.trigger_price, offset if by_price else None):
        if price is not None and price % instrument.tick:
            return f"price {price} is not a multiple of the tick {instrument.tick} of {name}."
    return _display_problem(order)


def able_name(instrument: Instrument) -> str:
    return f"IB for {instrument.kind} {instrument.instrument_id}"


def ticket(order: UnifiedOrder, account: str) -> Ticket:
    """The order in IB's words. Good only for one that is not `unsendable`."""
    trails = order.order_type.is_trailing
    percent = None
    aux = order.trigger_price
    if trails:
        by_bps = order.trailing_offset_type is TrailingOffsetType.BASIS_POINTS
        offset = order.trailing_offset
        assert offset is not None, "a trailing stop without its offset"
        percent = offset / _BPS_IN_PERCENT if by_bps else None
        aux = None if by_bps else offset
    expire_at = order.expire_at if order.time_in_force is TimeInForce.GTD else None
    return Ticket(
        action="BUY" if order.side is Side.BUY else "SELL",
        quantity=order.quantity,
        order_type=ORDER_TYPES[order.order_type],
        tif=order.time_in_force.value,
        account=account,
        order_ref=order.venue_client_id,
        limit=order.price if order.order_type.has_limit_price else None,
        aux=aux,
        trailing_percent=percent,
        # Whole seconds; the zone is said, for the gateway's own may be any.
        good_till=f"{expire_at.astimezone(UTC):%Y%m%d %H:%M:%S} UTC" if expire_at else "",
        display_size=int(order.display_qty) if order.display_qty is not None else 0,
    )


def amended(order: UnifiedOrder, amendment: Amendment) -> UnifiedOrder:
    """The order with its new terms: IB wants all of them again."""
    return replace(
        order,
        quantity=order.quantity if amendment.quantity is None else amendment.quantity,
        price=order.price if amendment.price is None else amendment.price,
        trigger_price=(
            order.trigger_price if amendment.trigger_price is None else amendment.trigger_price
        ),
    )


def _display_problem(order: UnifiedOrder) -> str | None:
    if order.display_qty is None:
        return None
    if order.order_type is not OrderType.LIMIT:
        return "IB shows a part of LIMIT orders only."
    if order.display_qty % 1 or order.display_qty <= 0:
        return f"the display quantity must be a whole number, got {order.display_qty}."
    return None


def has_own_trigger(instrument: Instrument) -> bool:
    """Whether IB itself waits for the trigger: then Submitted means that it was reached. Futures
    exchanges may hold the stop themselves, and it is Submitted from the beginning."""
    return instrument.kind is not InstrumentKind.FUTURE
