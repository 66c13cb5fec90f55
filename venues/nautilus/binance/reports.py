"""Binance's rows of orders, trades, positions and balances, read by their own names.

Only what is needed is read, and as text where the venue may add a word: a row of somebody else's
order with a status that nobody knows here must not make a whole list unreadable.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from domain.orders import OrderStatus
from domain.sides import Side
from venues.nautilus.instruments import plain
from venues.nautilus.working_orders import WorkingOrder
from venues.port import OrderReport, VenueUnreachable

_STATUSES = {
    "NEW": OrderStatus.ACCEPTED,
    "PENDING_NEW": OrderStatus.ACCEPTED,  # a leg of an order list, which waits for another
    "NEW_INSURANCE": OrderStatus.ACCEPTED,
    "NEW_ADL": OrderStatus.ACCEPTED,
    "PENDING_CANCEL": OrderStatus.ACCEPTED,
    "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
    "FILLED": OrderStatus.FILLED,
    "CANCELED": OrderStatus.CANCELED,
    "REJECTED": OrderStatus.REJECTED,
    "EXPIRED": OrderStatus.EXPIRED,
    "EXPIRED_IN_MATCH": OrderStatus.EXPIRED,
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


class OrderRow(msgspec.Struct, frozen=True):
    symbol: str
    orderId: int  # noqa: N815 - the venue's names, here and below
    clientOrderId: str  # noqa: N815
    status: str
    side: str
    executedQty: str | None = None  # noqa: N815
    origQty: str | None = None  # noqa: N815
    price: str | None = None
    stopPrice: str | None = None  # noqa: N815

    @property
    def client_id(self) -> str:
        return self.clientOrderId

    def report(self, instrument_id: str, *, is_open: bool = False) -> OrderReport:
        """`is_open`: it stands in a list of what is open, so it works whatever its status is
        called. Raises VenueUnreachable where the status says nothing to us."""
        return OrderReport(
            venue_client_id=self.clientOrderId,
            venue_order_id=str(self.orderId),
            instrument_id=instrument_id,
            status=_status(_STATUSES, self.status, self.clientOrderId, is_open=is_open),
            filled_qty=plain(Decimal(self.executedQty or "0")),
            quantity=_number(self.origQty),
            price=_number(self.price),
            trigger_price=_number(self.stopPrice),
        )


class AlgoRow(msgspec.Struct, frozen=True):
    """A conditional order of futures."""

    symbol: str
    algoId: int  # noqa: N815
    clientAlgoId: str  # noqa: N815
    algoStatus: str  # noqa: N815
    side: str
    actualOrderId: str | int | None = None  # noqa: N815
    quantity: str | None = None
    price: str | None = None
    triggerPrice: str | None = None  # noqa: N815

    @property
    def client_id(self) -> str:
        return self.clientAlgoId

    def report(self, instrument_id: str, *, is_open: bool = False) -> OrderReport:
        """As that of an order in the book."""
        word = self.algoStatus.upper()
        return OrderReport(
            venue_client_id=self.clientAlgoId,
            venue_order_id=str(self.algoId),
            instrument_id=instrument_id,
            status=_status(_ALGO_STATUSES, word, self.clientAlgoId, is_open=is_open),
            filled_qty=Decimal(0),
            quantity=_number(self.quantity),
            price=_number(self.price),
            trigger_price=_number(self.triggerPrice),
        )


class TradeRow(msgspec.Struct, frozen=True):
    """Spot and futures differ in two names."""

    id: int
    orderId: int  # noqa: N815
    qty: str
    price: str
    commission: str
    commissionAsset: str  # noqa: N815
    time: int
    isBuyer: bool | None = None  # noqa: N815
    buyer: bool | None = None
    isMaker: bool | None = None  # noqa: N815
    maker: bool | None = None


class Owner(msgspec.Struct, frozen=True):
    """Whose an order of a list is."""

    orderId: int  # noqa: N815
    clientOrderId: str  # noqa: N815


class PositionRow(msgspec.Struct, frozen=True):
    symbol: str
    positionAmt: str  # noqa: N815


class SpotBalance(msgspec.Struct, frozen=True):
    asset: str
    free: str
    locked: str


class SpotAccount(msgspec.Struct, frozen=True):
    balances: list[SpotBalance]


class FuturesBalance(msgspec.Struct, frozen=True):
    asset: str
    walletBalance: str  # noqa: N815
    availableBalance: str  # noqa: N815


class FuturesAccount(msgspec.Struct, frozen=True):
    assets: list[FuturesBalance]


class PositionMode(msgspec.Struct, frozen=True):
    dualSidePosition: bool  # noqa: N815


class ListedSymbol(msgspec.Struct, frozen=True):
    symbol: str
    status: str


class ExchangeInfo(msgspec.Struct, frozen=True):
    symbols: list[ListedSymbol]


def working_order(row: OrderRow | AlgoRow, instrument_id: str) -> WorkingOrder:
    """A row in a list of what is open."""
    side = Side.BUY if row.side == "BUY" else Side.SELL
    return WorkingOrder(row.report(instrument_id, is_open=True), side)


def _status(
    known: dict[str, OrderStatus], word: str, client_id: str, *, is_open: bool
) -> OrderStatus:
    status = known.get(word, OrderStatus.ACCEPTED if is_open else None)
    if status is None:
        raise VenueUnreachable(
            f"the order {client_id} has an unreadable status, {word}; look at it at the venue."
        )
    return status


def _number(text: str | None) -> Decimal | None:
    """A term of the order; the venue writes zero for one that it has not."""
    value = Decimal(text or "0")
    return plain(value) if value else None
