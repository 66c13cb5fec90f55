"""Bybit's rows of orders, executions, positions and balances in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.orders import OrderStatus
from domain.sides import Side
from venues.nautilus.bybit.fees import fee_of
from venues.nautilus.bybit.numbers import ZERO, number
from venues.nautilus.bybit.rejections import POST_ONLY_REASON, TIME_IN_FORCE_REASONS
from venues.nautilus.bybit.settings import Category, Symbol
from venues.nautilus.working_orders import WorkingOrder
from venues.port import Balance, OrderReport, PositionReport, VenueUnreachable

TRADE_TYPE = "Trade"  # others are funding, settlement, deleveraging
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN = frozenset({"Created", "New", "Untriggered", "Triggered", "Active"})
_ENDED = frozenset({"Cancelled", "PartiallyFilledCanceled", "Deactivated"})


def order_report(
    row: Mapping[str, Any], venue: str, unless_known: OrderStatus | None = None
) -> OrderReport:
    """An order. Raises VenueUnreachable for a status that we do not know, `unless_known` says what
    it is then."""
    symbol = Symbol(Category(row["category"]), row["symbol"])
    filled = number(row["cumExecQty"])
    status = _status(row, filled) or unless_known
    if status is None:
        word = row["orderStatus"]
        raise VenueUnreachable(f"Bybit reports an order as {word!r}, which is not known here.")
    return OrderReport(
        venue_client_id=row["orderLinkId"],
        venue_order_id=row["orderId"],
        instrument_id=symbol.instrument_id(venue),
        status=status,
        filled_qty=filled,
        quantity=number(row["qty"]),
        price=number(row.get("price")) or None,
        trigger_price=number(row.get("triggerPrice")) or None,
    )


def working_order(row: Mapping[str, Any], category: Category, venue: str) -> WorkingOrder:
    """A row in a list of what is open: it works, whatever its status is called."""
    named = dict(row) | {"category": category.value}
    side = Side.BUY if row["side"] == "Buy" else Side.SELL
    return WorkingOrder(order_report(named, venue, OrderStatus.ACCEPTED), side)


def _status(row: Mapping[str, Any], filled: Decimal) -> OrderStatus | None:
    word, reason = row["orderStatus"], row.get("rejectReason", "")
    if word == "Filled":
        return OrderStatus.FILLED
    if word == "PartiallyFilled":
        return OrderStatus.PARTIALLY_FILLED
    if word in _OPEN:
        return OrderStatus.ACCEPTED
    if word == "Rejected" or (word in _ENDED and reason == POST_ONLY_REASON and not filled):
        return OrderStatus.REJECTED
    if word in _ENDED:
        by_itself = reason in TIME_IN_FORCE_REASONS
        return OrderStatus.EXPIRED if by_itself else OrderStatus.CANCELED
    return None


def fill_of(row: Mapping[str, Any], category: Category, venue: str, account_id: str) -> Fill | None:
    """An execution of one of our orders; None for others and for what is no trade."""
    order_id = order_id_of_venue_client_id(row["orderLinkId"])
    if order_id is None or row["execType"] != TRADE_TYPE:
        return None
    symbol = Symbol(category, row["symbol"])
    fee, currency = fee_of(row, symbol)
    return Fill(
        order_id=order_id,
        account_id=account_id,
        instrument_id=symbol.instrument_id(venue),
        trade_id=row["execId"],
        venue_order_id=row["orderId"],
        side=Side.BUY if row["side"] == "Buy" else Side.SELL,
        quantity=number(row["execQty"]),
        price=number(row["execPrice"]),
        fee=fee,
        fee_currency=currency,
        is_maker=bool(row["isMaker"]),
        ts_event=_EPOCH + timedelta(milliseconds=int(row["execTime"])),
    )


def position_report(row: Mapping[str, Any], category: Category, venue: str) -> PositionReport:
    """A net position, signed."""
    size = number(row["size"])
    symbol = Symbol(category, row["symbol"])
    return PositionReport(symbol.instrument_id(venue), -size if row["side"] == "Sell" else size)


def balance_of(row: Mapping[str, Any]) -> Balance:
    """A coin of the unified wallet; free is what neither orders nor positions have taken."""
    total = number(row["walletBalance"])
    taken = ("locked", "totalOrderIM", "totalPositionIM")
    free = total - sum((number(row.get(name)) for name in taken), ZERO)
    return Balance(row["coin"], total, max(free, ZERO))
