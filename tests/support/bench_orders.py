"""Orders of every type, at prices from the live quote and in the steps of the venue."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from domain.identifiers import order_id_for, venue_client_id
from domain.instruments import Instrument
from domain.market import Quote
from domain.orders import OrderStatus, OrderType, TimeInForce, TrailingOffsetType, UnifiedOrder
from domain.sides import Side

STRATEGY = "cards"
_LOTS_MIN = 4  # so that an order can be filled in parts, and cut in halves
_numbers = itertools.count(1)


class Ticket:
    """Writes orders for one instrument, at the quote of the moment. Steps are basis points."""

    def __init__(self, account_id: str, instrument: Instrument, quote: Quote) -> None:
        self.account_id = account_id
        self.instrument = instrument
        self.quote = quote

    # --- prices and quantities ---

    @property
    def quantity(self) -> Decimal:
        """The usual quantity: small, conforming, of an even number of lots."""
        known = self.instrument
        one = known.notional(Decimal(1), self.quote.bid)
        wanted = max(2 * known.min_qty, known.lot * _LOTS_MIN, 2 * known.min_notional / one)
        return (wanted / (2 * known.lot)).to_integral_value(ROUND_CEILING) * 2 * known.lot

    def touch(self, side: Side) -> Decimal:
        """The best price of the same side: where a buyer, or a seller, queues up."""
        return self.quote.bid if side is Side.BUY else self.quote.ask

    def far(self, side: Side) -> Decimal:
        """The best price of the other side: where it trades at once."""
        return self.touch(side.opposite)

    def away(self, side: Side, steps: int = 300) -> Decimal:
        """A price on the tick at which a limit order rests, so far away from the touch."""
        return self.on_tick(self.touch(side) * (1 - side.sign * Decimal(steps) / 10_000))

    def through(self, side: Side, steps: int = 50) -> Decimal:
        """A price at which a limit order trades at once."""
        return self.away(side, -steps)

    def trigger(self, order_type: OrderType, side: Side, steps: int = 200) -> Decimal:
        """A trigger price that the market has not reached: above it for a buy stop."""
        against = order_type in (OrderType.STOP_MARKET, OrderType.STOP_LIMIT)
        up = (side is Side.BUY) == against
        return self.on_tick(self.quote.mid * (1 + (1 if up else -1) * Decimal(steps) / 10_000))

    def on_tick(self, price: Decimal) -> Decimal:
        return price // self.instrument.tick * self.instrument.tick

    # --- orders ---

    def market(self, side: Side = Side.BUY, **terms: Any) -> UnifiedOrder:
        return self.order(OrderType.MARKET, side, **terms)

    def limit(self, side: Side = Side.BUY, **terms: Any) -> UnifiedOrder:
        """Rests, unless a price says otherwise."""
        return self.order(OrderType.LIMIT, side, **terms)

    def marketable(self, side: Side = Side.BUY, **terms: Any) -> UnifiedOrder:
        """A limit order that trades at once."""
        return self.limit(side, price=self.through(side), **terms)

    def conditional(self, order_type: OrderType, side: Side, **terms: Any) -> UnifiedOrder:
        """A stop or take-profit of that type, which waits."""
        return self.order(order_type, side, **terms)

    def trailing(self, side: Side, **terms: Any) -> UnifiedOrder:
        return self.order(OrderType.TRAILING_STOP_MARKET, side, **terms)

    def order(self, order_type: OrderType, side: Side = Side.BUY, **terms: Any) -> UnifiedOrder:
        """A new order that nobody made before. What the type needs is filled in; `terms` rule."""
        now = datetime.now(UTC)
        client_order_id = f"{now.timestamp():.6f}-{next(_numbers)}"
        order_id = order_id_for(STRATEGY, client_order_id)
        base = UnifiedOrder(
            order_id=order_id,
            strategy_id=STRATEGY,
            client_order_id=client_order_id,
            fingerprint="",
            instrument_id=self.instrument.instrument_id,
            venue=self.instrument.venue,
            account_id=self.account_id,
            side=side,
            order_type=order_type,
            quantity=self.quantity,
            price=self._price(order_type, side),
            time_in_force=TimeInForce.GTC,
            post_only=False,
            reduce_only=False,
            reference_price=self.quote.mid,
            status=OrderStatus.SUBMITTING,
            leg=1,
            venue_client_id=venue_client_id(order_id, 1),
            send_deadline=now + timedelta(seconds=10),
            created_at=now,
            updated_at=now,
        )
        if order_type.has_trigger_price:
            base = replace(base, trigger_price=self.trigger(order_type, side))
        if order_type.is_trailing:
            base = replace(
                base,
                trailing_offset=Decimal(100),
                trailing_offset_type=TrailingOffsetType.BASIS_POINTS,
            )
        return replace(base, **terms)

    def _price(self, order_type: OrderType, side: Side) -> Decimal | None:
        if not order_type.has_limit_price:
            return None
        if order_type is OrderType.LIMIT:
            return self.away(side)
        # Beyond the trigger, so that it trades once it is triggered.
        trigger = self.trigger(order_type, side)
        return self.on_tick(trigger * (1 + side.sign * Decimal("0.005")))
