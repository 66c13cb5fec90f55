"""Reading algo orders: ``conditional`` (a stop or a take-profit), ``oco`` (either of the two),
``trigger`` and ``move_order_stop``.

Stops and take-profits say on which side of the market they trigger, and are refused on the wrong
one. ``trigger`` orders do not: they wait for the price to be crossed from wherever it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.okx import errors, unsimulated
from venues.simulators.okx.errors import OrderError
from venues.simulators.okx.order_reading import (
    ACCOUNT_SELF_TRADE,
    SELF_TRADES,
    Terms,
    check_size,
    check_tick,
    common_terms,
    in_quote,
    named_terms,
)
from venues.simulators.okx.params import Params
from venues.simulators.orders import Condition, NewOrder, OrderType, TriggerBy

TRIGGERS = {"last": TriggerBy.LAST, "mark": TriggerBy.MARK, "index": TriggerBy.INDEX}
AT_MARKET = "-1"

_LOWEST_RATIO, _HIGHEST_RATIO = Decimal("0.001"), Decimal(1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One algo order request, with what orders of all types have in common."""

    exchange: Exchange
    account: str
    params: Params
    terms: Terms


def new_algo_order(exchange: Exchange, account: str, params: Params) -> NewOrder:
    """A conditional order of the exchange; raises OrderError."""
    params.refuse(unsimulated.ALGO_ORDER)
    read: Callable[[_Asked], NewOrder] = params.choice("ordType", _READERS)
    return read(_Asked(exchange, account, params, common_terms(params)))


def _conditional(asked: _Asked) -> NewOrder:
    """A stop or a take-profit. Of both only the stop counts, as on the venue."""
    if "slTriggerPx" in asked.params:
        return _waiting(asked, _way(asked, "sl"))
    if "tpTriggerPx" in asked.params:
        return _waiting(asked, _way(asked, "tp"))
    raise asked.params.wrong("slTriggerPx or tpTriggerPx")


def _either(asked: _Asked) -> NewOrder:
    """``oco``: a stop and a take-profit in one order, which is over once one of them triggers."""
    return _waiting(asked, _way(asked, "sl"), _way(asked, "tp"))


def _way(asked: _Asked, prefix: str) -> Condition:
    """The stop (``sl``) or the take-profit (``tp``) of a request."""
    params, is_stop = asked.params, prefix == "sl"
    trigger = params.decimal(f"{prefix}TriggerPx")
    by = params.choice(f"{prefix}TriggerPxType", TRIGGERS, "last")
    price = _order_price(params, f"{prefix}OrdPx")
    check_side(asked.exchange, asked.terms, trigger, by, is_stop=is_stop)
    return condition(trigger, by, price, is_stop=is_stop)


def _trigger(asked: _Asked) -> NewOrder:
    params, terms = asked.params, asked.terms
    trigger = params.decimal("triggerPx")
    by = params.choice("triggerPxType", TRIGGERS, "last")
    price = _order_price(params, "orderPx" if "orderPx" in params else "ordPx")
    now = asked.exchange.watched_price(terms.instrument.symbol, by)
    assert now is not None, "a listed instrument is quoted before it can be traded"
    rises = trigger > now
    is_stop = rises == (terms.side is Side.BUY)
    return _waiting(asked, condition(trigger, by, price, is_stop=is_stop))


def _trailing(asked: _Asked) -> NewOrder:
    params, terms = asked.params, asked.terms
    ratio = params.optional_decimal("callbackRatio")
    spread = params.optional_decimal("callbackSpread")
    if (ratio is None) == (spread is None):
        raise params.wrong("callbackRatio or callbackSpread")
    if ratio is not None and not _LOWEST_RATIO <= ratio <= _HIGHEST_RATIO:
        raise params.wrong("callbackRatio")
    active = params.optional_decimal("activePx")
    size = params.decimal("sz")
    check_size(terms.instrument, size, market=True)
    return NewOrder(
        **_common(asked),
        type=OrderType.TRAILING_STOP_MARKET,
        quantity=size,
        trailing_offset=spread,
        trailing_bps=None if ratio is None else ratio * 10_000,
        activation_price=active,
    )


def _waiting(asked: _Asked, way: Condition, other: Condition | None = None) -> NewOrder:
    """An order that waits for its condition, or for either of two."""
    params, terms = asked.params, asked.terms
    ways = (way,) if other is None else (way, other)
    for each in ways:
        check_tick(terms.instrument, each.trigger_price)
        if each.price is not None:
            check_tick(terms.instrument, each.price)
    size = params.decimal("sz")
    at_market = any(each.price is None for each in ways)
    if at_market and terms.side is Side.BUY and in_quote(params, terms):
        # The real venue sizes it when it triggers; the trigger price stands in for that price.
        size = (size / way.trigger_price).quantize(terms.instrument.step, ROUND_DOWN)
    check_size(terms.instrument, size, market=at_market)
    return NewOrder(
        **_common(asked),
        type=way.type,
        quantity=size,
        price=way.price,
        trigger_price=way.trigger_price,
        trigger_by=way.trigger_by,
        alternative=other,
        trigger_at_once=True,
    )


def _common(asked: _Asked) -> dict[str, Any]:
    """What new orders of all types say."""
    params, terms = asked.params, asked.terms
    return {
        "account": asked.account,
        "client_order_id": params.client_id("algoClOrdId") or asked.exchange.generated_client_id(),
        "symbol": terms.instrument.symbol,
        "side": terms.side,
        "reduce_only": terms.reduce_only,
        "self_trade": SELF_TRADES[ACCOUNT_SELF_TRADE],
        "venue_terms": named_terms(params, ordType=params.text("ordType")),
    }


def condition(
    trigger: Decimal, by: TriggerBy, price: Decimal | None, *, is_stop: bool
) -> Condition:
    """What an order waits for, and what it becomes; ``price`` None for a market order."""
    kind = kind_of(is_stop=is_stop, limit=price is not None)
    return Condition(type=kind, trigger_price=trigger, trigger_by=by, price=price)


def kind_of(*, is_stop: bool, limit: bool) -> OrderType:
    """The exchange's word for a conditional order."""
    if is_stop:
        return OrderType.STOP_LIMIT if limit else OrderType.STOP_MARKET
    return OrderType.TAKE_PROFIT_LIMIT if limit else OrderType.TAKE_PROFIT_MARKET


def check_side(
    exchange: Exchange, terms: Terms, trigger: Decimal, by: TriggerBy, *, is_stop: bool
) -> None:
    """A stop lies beyond the market against its side, a take-profit in its favour."""
    now = exchange.watched_price(terms.instrument.symbol, by)
    if now is None:
        return
    must_be_above = is_stop == (terms.side is Side.BUY)
    if must_be_above and trigger <= now:
        raise OrderError(*(errors.TRIGGER_BELOW_LAST if is_stop else errors.TP_ABOVE_LAST))
    if not must_be_above and trigger >= now:
        raise OrderError(*(errors.TRIGGER_ABOVE_LAST if is_stop else errors.TP_BELOW_LAST))


def _order_price(params: Params, name: str) -> Decimal | None:
    """The limit price of what it turns into; None for a market order, written -1."""
    return None if params.text(name) == AT_MARKET else params.decimal(name)


_READERS = {
    "conditional": _conditional,
    "oco": _either,
    "trigger": _trigger,
    "move_order_stop": _trailing,
}
