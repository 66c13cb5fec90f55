"""Working orders of an earlier session, as the node must know them for their news to reach us."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from nautilus_trader.core.uuid import UUID4
from nautilus_trader.execution.reports import OrderStatusReport
from nautilus_trader.model.enums import (
    OrderSide,
    OrderStatus,
    OrderType,
    TimeInForce,
    TriggerType,
)
from nautilus_trader.model.identifiers import (
    AccountId,
    ClientOrderId,
    InstrumentId,
    VenueOrderId,
)
from nautilus_trader.model.objects import Price, Quantity

from domain.identifiers import order_id_of_venue_client_id
from domain.sides import Side
from venues.port import OrderReport

_LOG = logging.getLogger(__name__)

# What reading raises where the venue wrote something else than it says it does.
UNREADABLE = (KeyError, ValueError, TypeError, ArithmeticError, IndexError, msgspec.MsgspecError)


@dataclass(frozen=True, slots=True)
class WorkingOrder:
    """An order that works or waits at the venue, of ours or of others."""

    report: OrderReport
    side: Side


def ours(orders: Iterable[WorkingOrder]) -> list[WorkingOrder]:
    """Those that carry one of our client ids, and of which we know how much they are for."""
    return [
        order
        for order in orders
        if order_id_of_venue_client_id(order.report.venue_client_id) is not None
        and order.report.quantity is not None
    ]


def readable(
    venue: str, rows: Iterable[Any], read: Callable[[Any], WorkingOrder | None]
) -> list[WorkingOrder]:
    """The venue's rows of open orders, one by one: one that cannot be read costs no other. It is
    none of ours, which we could write."""
    orders: list[WorkingOrder] = []
    for row in rows:
        try:
            order = read(row)
        except UNREADABLE:
            _LOG.exception("%s: an open order cannot be read: %r", venue, row)
            continue
        if order is not None:
            orders.append(order)
    return orders


def known_to_node(order: WorkingOrder, account_id: AccountId, now_ns: int) -> OrderStatusReport:
    """The report from which the node makes the order its own.

    Nothing of it counts as traded: what has is booked by us, and the node would make a fill up. Of
    the terms only those are told that it needs to take the order at all.
    """
    report = order.report
    assert report.quantity is not None, "a working order has one"
    return OrderStatusReport(
        account_id=account_id,
        instrument_id=InstrumentId.from_str(report.instrument_id),
        client_order_id=ClientOrderId(report.venue_client_id),
        venue_order_id=VenueOrderId(report.venue_order_id),
        order_side=OrderSide.BUY if order.side is Side.BUY else OrderSide.SELL,
        order_type=_type_of(report),
        time_in_force=TimeInForce.GTC,
        order_status=OrderStatus.ACCEPTED,
        price=_price(report.price),
        trigger_price=_price(report.trigger_price),
        trigger_type=TriggerType.NO_TRIGGER
        if report.trigger_price is None
        else TriggerType.LAST_PRICE,
        quantity=Quantity.from_str(f"{report.quantity:f}"),
        filled_qty=Quantity.from_int(0),
        avg_px=Decimal(0),
        report_id=UUID4(),
        ts_accepted=now_ns,
        ts_last=now_ns,
        ts_init=now_ns,
    )


def _type_of(report: OrderReport) -> OrderType:
    if report.trigger_price is not None:
        return OrderType.STOP_MARKET if report.price is None else OrderType.STOP_LIMIT
    return OrderType.MARKET if report.price is None else OrderType.LIMIT


def _price(value: Decimal | None) -> Price | None:
    return None if value is None else Price.from_str(f"{value:f}")
