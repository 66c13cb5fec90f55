"""NautilusTrader's order events in our words. Pure: an event in, news out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from nautilus_trader.model.enums import LiquiditySide, OrderSide
from nautilus_trader.model.events import OrderCanceled, OrderExpired, OrderFilled, OrderUpdated
from nautilus_trader.model.objects import Price

from domain.fills import Fill
from domain.identifiers import order_id_of_venue_client_id
from domain.order_events import VenueAmended, VenueCanceled, VenueExpired
from domain.sides import Side
from venues.nautilus.instruments import plain
from venues.port import FillNews, OrderNews


def fill_news(event: OrderFilled, account_id: str) -> FillNews | None:
    """The fill as the venue told it, or None where the order is not ours."""
    order_id = order_id_of_venue_client_id(event.client_order_id.value)
    if order_id is None:
        return None
    return FillNews(
        Fill(
            order_id=order_id,
            account_id=account_id,
            instrument_id=event.instrument_id.value,
            trade_id=event.trade_id.value,
            venue_order_id=event.venue_order_id.value,
            side=Side.BUY if event.order_side == OrderSide.BUY else Side.SELL,
            quantity=plain(event.last_qty.as_decimal()),
            price=plain(event.last_px.as_decimal()),
            fee=plain(event.commission.as_decimal()),
            fee_currency=event.commission.currency.code,
            is_maker=event.liquidity_side == LiquiditySide.MAKER,
            ts_event=utc(event.ts_event),
        )
    )


def end_news(event: OrderCanceled | OrderExpired) -> OrderNews:
    """The order's end at the venue, which was not a fill."""
    client_id = event.client_order_id.value
    if isinstance(event, OrderCanceled):
        return OrderNews(client_id, VenueCanceled("the venue reports it canceled"))
    return OrderNews(client_id, VenueExpired("the venue ended it by its time in force"))


def amended_news(event: OrderUpdated) -> OrderNews:
    """The order's terms as the venue has them now."""
    return OrderNews(
        event.client_order_id.value,
        VenueAmended(
            quantity=plain(event.quantity.as_decimal()),
            price=_price(event.price),
            trigger_price=_price(event.trigger_price),
        ),
    )


def _price(price: Price | None) -> Decimal | None:
    return None if price is None else plain(price.as_decimal())


def utc(timestamp_ns: int) -> datetime:
    """A UNIX time in nanoseconds as an aware datetime.

    Rounded to microseconds: the library makes nanoseconds out of milliseconds by floats, which are
    off by some hundred.
    """
    seconds, rest_us = divmod((timestamp_ns + 500) // 1000, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest_us)
