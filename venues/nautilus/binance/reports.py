"""Binance's records of orders as ours."""

from __future__ import annotations

from decimal import Decimal

from nautilus_trader.adapters.binance.common.enums import BinanceOrderStatus
from nautilus_trader.adapters.binance.common.schemas.account import BinanceOrder
from nautilus_trader.adapters.binance.futures.schemas.account import BinanceFuturesAlgoOrder

from domain.orders import OrderStatus
from venues.nautilus.instruments import plain
from venues.port import OrderReport, VenueUnreachable

_STATUSES = {
    BinanceOrderStatus.NEW: OrderStatus.ACCEPTED,
    BinanceOrderStatus.NEW_INSURANCE: OrderStatus.ACCEPTED,
    BinanceOrderStatus.NEW_ADL: OrderStatus.ACCEPTED,
    BinanceOrderStatus.PENDING_CANCEL: OrderStatus.ACCEPTED,
    BinanceOrderStatus.PARTIALLY_FILLED: OrderStatus.PARTIALLY_FILLED,
    BinanceOrderStatus.FILLED: OrderStatus.FILLED,
    BinanceOrderStatus.CANCELED: OrderStatus.CANCELED,
    BinanceOrderStatus.REJECTED: OrderStatus.REJECTED,
    BinanceOrderStatus.EXPIRED: OrderStatus.EXPIRED,
    BinanceOrderStatus.EXPIRED_IN_MATCH: OrderStatus.EXPIRED,
}

# Before a conditional order of futures has a number in the book; then the order there counts.
_ALGO_STATUSES = {
    "NEW": OrderStatus.ACCEPTED,
    "TRIGGERING": OrderStatus.ACCEPTED,
    "TRIGGERED": OrderStatus.ACCEPTED,
    "CANCELED": OrderStatus.CANCELED,
    "EXPIRED": OrderStatus.EXPIRED,
    "REJECTED": OrderStatus.REJECTED,
}


def order_report(order: BinanceOrder, instrument_id: str) -> OrderReport:
    """Raises VenueUnreachable where the record cannot be read."""
    status = _STATUSES.get(order.status) if order.status is not None else None
    if status is None:
        raise _unreadable(order.clientOrderId, str(order.status))
    return OrderReport(
        venue_client_id=order.clientOrderId,
        venue_order_id=str(order.orderId),
        instrument_id=instrument_id,
        status=status,
        filled_qty=plain(Decimal(order.executedQty or "0")),
        quantity=_number(order.origQty),
        price=_number(order.price),
        trigger_price=_number(order.stopPrice),
    )


def algo_report(order: BinanceFuturesAlgoOrder, instrument_id: str) -> OrderReport:
    """Raises VenueUnreachable where the record cannot be read."""
    status = _ALGO_STATUSES.get((order.algoStatus or "").upper())
    if status is None:
        raise _unreadable(order.clientAlgoId, str(order.algoStatus))
    return OrderReport(
        venue_client_id=order.clientAlgoId,
        venue_order_id=str(order.algoId),
        instrument_id=instrument_id,
        status=status,
        filled_qty=Decimal(0),
        quantity=_number(order.quantity),
        price=_number(order.price),
        trigger_price=_number(order.triggerPrice),
    )


def _number(text: str | None) -> Decimal | None:
    """A term of the order; the venue writes zero for one that it has not."""
    value = Decimal(text or "0")
    return plain(value) if value else None


def _unreadable(client_id: str, status: str) -> VenueUnreachable:
    return VenueUnreachable(
        f"the order {client_id} has an unreadable status, {status}; look at it at the venue."
    )
