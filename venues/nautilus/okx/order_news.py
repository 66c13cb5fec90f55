"""OKX's rows of orders and algo orders as NautilusTrader's order events. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from nautilus_trader.core.uuid import UUID4
from nautilus_trader.model.enums import LiquiditySide, OrderSide, OrderType
from nautilus_trader.model.events import (
    OrderAccepted,
    OrderCanceled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    OrderTriggered,
    OrderUpdated,
)
from nautilus_trader.model.identifiers import (
    AccountId,
    ClientOrderId,
    InstrumentId,
    StrategyId,
    TradeId,
    TraderId,
    VenueOrderId,
)
from nautilus_trader.model.objects import Currency, Money, Price, Quantity

from venues.nautilus.okx.requests import digits
from venues.nautilus.okx.rest import Row

_MS = 1_000_000
_BY_TIME_IN_FORCE = {"13", "14"}
"""Cancel sources of a fill-or-kill and of the rest of an immediate-or-cancel order."""
_WOULD_TAKE = "31"
"""The cancel source of a post-only order at a price that would take."""


@dataclass(frozen=True, slots=True)
class Names:
    """Whose news they are, for events that the node may take."""

    trader: TraderId
    strategy: StrategyId
    account: AccountId
    venue: str


def client_id_of(row: Row) -> str:
    """Our name for the order: what an algo order turned into goes by the algo order's."""
    return str(row.get("algoClOrdId") or row.get("clOrdId") or "")


def amendment_failed(row: Row) -> bool:
    """Whether the row says that an amendment which was taken came to nothing."""
    return str(row.get("amendResult", "")) in ("-1", "1")


def order_events(row: Row, names: Names) -> Iterator[OrderEvent]:
    """What a row of the `orders` channel tells; more than one thing at a time if it must."""
    if str(row.get("tradeId", "")) and Decimal(str(row.get("fillSz") or "0")) > 0:
        yield _filled(row, names)
    match row["state"]:
        case "canceled" if _was_never_taken(row):
            yield _rejected(row, names)
        case "canceled":
            yield _ended(row, names, str(row["ordId"]))
        case _ if row.get("amendResult") == "0":
            price = str(row.get("px") or "")
            yield _updated(row, names, str(row["ordId"]), price, "")
        case "live":
            yield _accepted(row, names, str(row["ordId"]))


def algo_events(row: Row, names: Names) -> Iterator[OrderEvent]:
    """What a row of the `orders-algo` or `algo-advance` channel tells."""
    algo_id = str(row["algoId"])
    match row["state"]:
        case "effective" | "order_placed":
            yield _triggered(row, names, str(row.get("ordId") or algo_id))
        case "canceled" | "order_failed":
            yield _ended(row, names, algo_id)
        case "live" if row.get("amendResult") == "0":
            side = "tp" if row.get("tpTriggerPx") else "sl"
            price = str(row.get(f"{side}OrdPx") or "")
            trigger = str(row.get(f"{side}TriggerPx") or "")
            yield _updated(row, names, algo_id, "" if price == "-1" else price, trigger)
        case "live":
            yield _accepted(row, names, algo_id)


def _accepted(row: Row, names: Names, venue_order_id: str) -> OrderAccepted:
    return OrderAccepted(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        VenueOrderId(venue_order_id),
        names.account,
        UUID4(),
        *_times(row, "cTime"),
    )


def _triggered(row: Row, names: Names, venue_order_id: str) -> OrderTriggered:
    return OrderTriggered(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        VenueOrderId(venue_order_id),
        names.account,
        UUID4(),
        *_times(row, "uTime"),
    )


def _was_never_taken(row: Row) -> bool:
    """Whether it is how OKX refuses a post-only order; one that was amended into the other side of
    the book has worked before."""
    return str(row.get("cancelSource", "")) == _WOULD_TAKE and not row.get("amendResult")


def _rejected(row: Row, names: Names) -> OrderRejected:
    return OrderRejected(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        names.account,
        f"{_WOULD_TAKE}: {row.get('cancelSourceReason') or 'post-only, and would take'}",
        UUID4(),
        *_times(row, "uTime"),
        due_post_only=True,
    )


def _ended(row: Row, names: Names, venue_order_id: str) -> OrderCanceled | OrderExpired:
    by_force = str(row.get("cancelSource", "")) in _BY_TIME_IN_FORCE
    return (OrderExpired if by_force else OrderCanceled)(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        VenueOrderId(venue_order_id),
        names.account,
        UUID4(),
        *_times(row, "uTime"),
    )


def _updated(row: Row, names: Names, venue_order_id: str, price: str, trigger: str) -> OrderUpdated:
    return OrderUpdated(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        VenueOrderId(venue_order_id),
        names.account,
        Quantity.from_str(_plain(row["sz"])),
        Price.from_str(_plain(price)) if price else None,
        Price.from_str(_plain(trigger)) if trigger else None,
        UUID4(),
        *_times(row, "uTime"),
    )


def _filled(row: Row, names: Names) -> OrderFilled:
    """This very fill, with its own fee: the venue writes costs as negative numbers."""
    symbol = str(row["instId"])
    quote = symbol.split("-")[1]
    fee_currency = Currency.from_str(str(row.get("fillFeeCcy") or row["feeCcy"]))
    return OrderFilled(
        names.trader,
        names.strategy,
        _instrument_id(row, names),
        ClientOrderId(client_id_of(row)),
        VenueOrderId(str(row["ordId"])),
        names.account,
        TradeId(str(row["tradeId"])),
        None,
        OrderSide.BUY if row["side"] == "buy" else OrderSide.SELL,
        OrderType.LIMIT if row.get("px") else OrderType.MARKET,
        Quantity.from_str(_plain(row["fillSz"])),
        Price.from_str(_plain(row["fillPx"])),
        Currency.from_str(quote),
        Money(-Decimal(str(row.get("fillFee") or "0")), fee_currency),
        LiquiditySide.MAKER if row.get("execType") == "M" else LiquiditySide.TAKER,
        UUID4(),
        *_times(row, "fillTime"),
    )


def _instrument_id(row: Row, names: Names) -> InstrumentId:
    return InstrumentId.from_str(f"{row['instId']}.{names.venue}")


def _times(row: Row, name: str) -> tuple[int, int]:
    at_ns = int(row[name]) * _MS
    return at_ns, at_ns


def _plain(value: object) -> str:
    return digits(Decimal(str(value)))
