"""When conditional orders trigger, and how trailing ones follow the market."""

from collections import deque
from decimal import Decimal

from venues.simulators.matching import Side
from venues.simulators.orders import Order, OrderType, TriggerBy

BASIS_POINT = Decimal("0.0001")


class Watch:
    """The orders of one symbol that wait for a price, and the prices that they have yet to hear."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._heard: deque[tuple[TriggerBy, Decimal]] = deque()

    def add(self, order: Order) -> None:
        """Let an order hear the prices that come."""
        self._orders[order.order_id] = order

    def remove(self, order: Order) -> None:
        """Forget an order, if it waits here."""
        self._orders.pop(order.order_id, None)

    def hear(self, by: TriggerBy, price: Decimal) -> None:
        """Note a price, if anybody waits."""
        if self._orders:
            self._heard.append((by, price))

    def next_heard(self) -> tuple[TriggerBy, Decimal] | None:
        """The oldest price that has not been acted upon."""
        return self._heard.popleft() if self._heard else None

    def of(self, by: TriggerBy) -> list[Order]:
        """The orders that watch one kind of price, oldest first."""
        return [order for order in self._orders.values() if _watches(order, by)]


def is_reached(order: Order, price: Decimal) -> bool:
    """Whether a watched price triggers an order. A trailing order that does not trail is not."""
    return _is_reached(order.side, order.type, order.trigger_price, price)


def is_alternative_reached(order: Order, by: TriggerBy, price: Decimal) -> bool:
    """Whether a watched price triggers an order by its other condition."""
    other = order.alternative
    if other is None or other.trigger_by is not by:
        return False
    return _is_reached(order.side, other.type, other.trigger_price, price)


def _watches(order: Order, by: TriggerBy) -> bool:
    other = order.alternative
    return order.trigger_by is by or (other is not None and other.trigger_by is by)


def _is_reached(side: Side, kind: OrderType, trigger: Decimal | None, price: Decimal) -> bool:
    if trigger is None:
        return False
    rises = (side is Side.BUY) != kind.is_take_profit
    return price >= trigger if rises else price <= trigger


def trailed(order: Order, price: Decimal, tick: Decimal) -> Decimal | None:
    """Where a watched price puts the trigger of a trailing order, None where it stays.

    A sell trails below the highest price, a buy above the lowest, in whole ticks.
    """
    if not order.type.trails or not _is_active(order, price):
        return None
    distance = order.trailing_offset
    if distance is None:
        distance = price * (order.trailing_bps or Decimal(0)) * BASIS_POINT
    target = (price - distance if order.side is Side.SELL else price + distance) // tick * tick
    if order.trigger_price is None:
        return target
    if order.side is Side.SELL:
        return target if target > order.trigger_price else None
    return target if target < order.trigger_price else None


def reset(order: Order, offset: Decimal) -> Decimal | None:
    """The trigger of a trailing order after its offset was changed: as far from the same peak."""
    if order.trigger_price is None or order.trailing_offset is None:
        return order.trigger_price
    closer = order.trailing_offset - offset
    return order.trigger_price + (closer if order.side is Side.SELL else -closer)


def _is_active(order: Order, price: Decimal) -> bool:
    """A trailing order waits for its activation price; once it trails it never stops."""
    if order.trigger_price is not None or order.activation_price is None:
        return True
    if order.side is Side.SELL:
        return price >= order.activation_price
    return price <= order.activation_price
