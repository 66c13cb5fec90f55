"""Reading algo orders: ``conditional`` (a stop or a take-profit), ``trigger``, ``move_order_stop``.

``conditional`` orders say on which side of the market they trigger, and are refused on the wrong
one. ``trigger`` orders do not: they wait for the price to be crossed from wherever it is.
"""

from decimal import ROUND_DOWN, Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side
from venues.simulators.okx import errors
from venues.simulators.okx.errors import OrderError
from venues.simulators.okx.order_reading import (
    Terms,
    check_size,
    check_tick,
    common_terms,
    in_quote,
)
from venues.simulators.okx.params import Params
from venues.simulators.orders import NewOrder, OrderType, TriggerBy

TRIGGERS = {"last": TriggerBy.LAST, "mark": TriggerBy.MARK, "index": TriggerBy.INDEX}
AT_MARKET = "-1"

_LOWEST_RATIO, _HIGHEST_RATIO = Decimal("0.001"), Decimal(1)


def new_algo_order(exchange: Exchange, account: str, params: Params) -> NewOrder:
    """A conditional order of the exchange; raises OrderError."""
    terms = common_terms(params)
    read = params.choice(
        "ordType", {"conditional": _conditional, "trigger": _trigger, "move_order_stop": _trailing}
    )
    order: NewOrder = read(exchange, account, params, terms)
    return order


def _conditional(exchange: Exchange, account: str, params: Params, terms: Terms) -> NewOrder:
    has_stop, has_profit = "slTriggerPx" in params, "tpTriggerPx" in params
    if has_stop == has_profit:
        # Both at once is ``oco``, which is not served here.
        raise params.wrong("slTriggerPx or tpTriggerPx")
    prefix = "sl" if has_stop else "tp"
    trigger = params.decimal(f"{prefix}TriggerPx")
    by = params.choice(f"{prefix}TriggerPxType", TRIGGERS, "last")
    price = _order_price(params, f"{prefix}OrdPx")
    check_side(exchange, terms, trigger, by, is_stop=has_stop)
    return _triggered(exchange, account, params, terms, has_stop, trigger, by, price)


def _trigger(exchange: Exchange, account: str, params: Params, terms: Terms) -> NewOrder:
    trigger = params.decimal("triggerPx")
    by = params.choice("triggerPxType", TRIGGERS, "last")
    price = _order_price(params, "orderPx" if "orderPx" in params else "ordPx")
    now = exchange.watched_price(terms.instrument.symbol, by)
    assert now is not None, "a listed instrument is quoted before it can be traded"
    rises = trigger > now
    is_stop = rises == (terms.side is Side.BUY)
    return _triggered(exchange, account, params, terms, is_stop, trigger, by, price)


def _trailing(exchange: Exchange, account: str, params: Params, terms: Terms) -> NewOrder:
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
        account=account,
        client_order_id=params.client_id("algoClOrdId") or exchange.generated_client_id(),
        symbol=terms.instrument.symbol,
        side=terms.side,
        type=OrderType.TRAILING_STOP_MARKET,
        quantity=size,
        reduce_only=terms.reduce_only,
        trailing_offset=spread,
        trailing_bps=None if ratio is None else ratio * 10_000,
        activation_price=active,
    )


def _triggered(
    exchange: Exchange,
    account: str,
    params: Params,
    terms: Terms,
    is_stop: bool,
    trigger: Decimal,
    by: TriggerBy,
    price: Decimal | None,
) -> NewOrder:
    check_tick(terms.instrument, trigger)
    size = params.decimal("sz")
    if price is not None:
        check_tick(terms.instrument, price)
    elif terms.side is Side.BUY and in_quote(params, terms):
        # The real venue sizes it when it triggers; the trigger price stands in for that price.
        size = (size / trigger).quantize(terms.instrument.step, ROUND_DOWN)
    check_size(terms.instrument, size, market=price is None)
    return NewOrder(
        account=account,
        client_order_id=params.client_id("algoClOrdId") or exchange.generated_client_id(),
        symbol=terms.instrument.symbol,
        side=terms.side,
        type=kind_of(is_stop=is_stop, limit=price is not None),
        quantity=size,
        price=price,
        reduce_only=terms.reduce_only,
        trigger_price=trigger,
        trigger_by=by,
        trigger_at_once=True,
    )


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
