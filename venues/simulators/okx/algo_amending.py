"""Reading amendments of algo orders that still wait."""

from dataclasses import dataclass, replace
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.okx import errors, unsimulated
from venues.simulators.okx.algo_reading import AT_MARKET, check_side
from venues.simulators.okx.algo_rows import TRAILING, TRIGGER, algo_type, ways_of
from venues.simulators.okx.errors import OrderError
from venues.simulators.okx.instruments import INSTRUMENTS
from venues.simulators.okx.order_reading import Terms, check_size, check_tick
from venues.simulators.okx.params import Params
from venues.simulators.orders import Condition, Order


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an order waits for from now on, and its size."""

    way: Condition
    other: Condition | None
    size: Decimal


def algo_amendment(exchange: Exchange, order: Order, params: Params) -> Amendment:
    """The new terms; what is not named stays. Raises OrderError."""
    params.refuse(unsimulated.ALGO_AMENDMENT)
    if algo_type(order) == TRAILING:
        raise params.wrong("algoId")  # trailing orders are not amended
    size = params.optional_decimal("newSz")
    before = ways_of(order)
    after = [_amended(order, way, params) for way in before]
    if size is None and after == before and not _names_a_price(params):
        raise OrderError(*errors.AMEND_EMPTY)
    instrument = INSTRUMENTS[order.symbol]
    if size is not None:
        check_size(instrument, size, market=any(way.price is None for way in after))
    terms = Terms(instrument, order.side, order.reduce_only)
    for old, new in zip(before, after, strict=True):
        if new == old:
            continue
        check_tick(instrument, new.trigger_price)
        if new.price is not None:
            check_tick(instrument, new.price)
        if algo_type(order) != TRIGGER:
            is_stop = not new.type.is_take_profit
            check_side(exchange, terms, new.trigger_price, new.trigger_by, is_stop=is_stop)
    return Amendment(after[0], after[1] if len(after) > 1 else None, size or order.quantity)


def _amended(order: Order, way: Condition, params: Params) -> Condition:
    side = "Tp" if way.type.is_take_profit else "Sl"
    if algo_type(order) == TRIGGER:
        side = ""
    trigger = params.optional_decimal(f"new{side}TriggerPx") or way.trigger_price
    named, price = f"new{side}OrdPx", way.price
    if named in params:
        price = None if params.get(named) == AT_MARKET else params.decimal(named)
    if (price is None) != (way.price is None):
        raise params.wrong(named)  # what it turns into stays a market or a limit order here
    return replace(way, trigger_price=trigger, price=price)


def _names_a_price(params: Params) -> bool:
    names = [f"new{side}{what}" for side in ("", "Sl", "Tp") for what in ("TriggerPx", "OrdPx")]
    return any(name in params for name in names)
