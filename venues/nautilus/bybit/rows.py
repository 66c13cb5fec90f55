"""Bybit's rows of orders, executions, positions and balances in our words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.instruments import Instrument
from domain.orders import OrderStatus
from domain.sides import Side
from venues.nautilus.bybit.rejections import POST_ONLY_REASON, TIME_IN_FORCE_REASONS
from venues.nautilus.bybit.settings import Category, Symbol
from venues.nautilus.instruments import plain
from venues.port import Balance, OrderReport, PositionReport, VenueUnreachable

ZERO = Decimal(0)
TRADE_TYPE = "Trade"  # others are funding, settlement, deleveraging
_OPEN = frozenset({"Created", "New", "Untriggered", "Triggered", "Active"})
_ENDED = frozenset({"Cancelled", "PartiallyFilledCanceled", "Deactivated"})


def order_report(row: Mapping[str, Any], venue: str) -> OrderReport:
    """An order. Raises VenueUnreachable for a status that we do not know."""
    symbol = Symbol(Category(row["category"]), row["symbol"])
    filled = number(row["cumExecQty"])
    return OrderReport(
        venue_client_id=row["orderLinkId"],
        venue_order_id=row["orderId"],
        instrument_id=symbol.instrument_id(venue),
        status=_status(row, filled),
        filled_qty=filled,
        quantity=number(row["qty"]),
        price=number(row.get("price")) or None,
        trigger_price=number(row.get("triggerPrice")) or None,
    )


def _status(row: Mapping[str, Any], filled: Decimal) -> OrderStatus:
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
    raise VenueUnreachable(f"Bybit reports an order as {word!r}, which is not known here.")


def fill_of(
    row: Mapping[str, Any], category: Category, account_id: str, instrument: Instrument | None
) -> Fill | None:
    """An execution of one of our orders; None for others and for what is no trade."""
    order_id = order_id_of_venue_client_id(row["orderLinkId"])
    if order_id is None or row["execType"] != TRADE_TYPE or instrument is None:
        return None
    side = Side.BUY if row["side"] == "Buy" else Side.SELL
    fee, is_maker = number(row["execFee"]), bool(row["isMaker"])
    given = row.get("feeCurrency") or ""
    return Fill(
        order_id=order_id,
        account_id=account_id,
        instrument_id=instrument.instrument_id,
        trade_id=row["execId"],
        venue_order_id=row["orderId"],
        side=side,
        quantity=number(row["execQty"]),
        price=number(row["execPrice"]),
        fee=fee,
        fee_currency=given or fee_currency(instrument, side, fee, is_maker=is_maker),
        is_maker=is_maker,
        ts_event=_EPOCH + timedelta(milliseconds=int(row["execTime"])),
    )


def fee_currency(instrument: Instrument, side: Side, fee: Decimal, *, is_maker: bool) -> str:
    """What a fee is paid in where the venue leaves it out, as it does for derivatives.

    Derivatives pay in what they are settled in. Spot pays from what is received; a maker's rebate
    comes in what is given. Source: .../docs/v5/enum#spot-fee-currency-instruction
    """
    if instrument.settlement != instrument.quote or _is_contract(instrument):
        return instrument.settlement
    receives_base = (side is Side.BUY) != (is_maker and fee < 0)
    return instrument.base if receives_base else instrument.quote


def _is_contract(instrument: Instrument) -> bool:
    return Symbol.of(instrument.instrument_id).category is not Category.SPOT


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


def number(text: object) -> Decimal:
    """A number of the venue; it writes an empty text for none."""
    return plain(Decimal(str(text))) if text not in (None, "") else ZERO


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
