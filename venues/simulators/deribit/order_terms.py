"""The terms of a new order: what the venue checks before its matching engine sees it."""

from decimal import Decimal

from venues.simulators.deribit import errors
from venues.simulators.deribit.calls import Call
from venues.simulators.deribit.instruments import ICEBERG_LEAST, Listing
from venues.simulators.deribit.messages import (
    ORDER_TYPES,
    ORIGINAL_TYPE,
    REJECT_POST_ONLY,
    TIMES_IN_FORCE,
    TRIGGERS,
)
from venues.simulators.deribit.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.matching import SelfTrade, Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType

AMOUNT = ("amount", "contracts")
NOT_SIMULATED = ("advanced", "linked_order_type", "trigger_fill_condition", "otoco_config")
MOST_LABEL = 64
_TYPES = {word: order_type for order_type, word in ORDER_TYPES.items()}
_AT_MARKET = ("market", "market_limit")
_TIMES = {word: tif for tif, word in TIMES_IN_FORCE.items()}
_TRIGGERS = {word: by for by, word in TRIGGERS.items()}


def new_order(
    call: Call,
    side: Side,
    listing: Listing,
    exchange: Exchange,
    session_ends_ns: int,
    self_trade: SelfTrade,
) -> NewOrder:
    """The order that a request asks for; raises RpcError."""
    params = call.params
    word = params.choice("type", "limit", (*_TYPES, "market_limit"))
    # What is to trade at the market may rest at a limit, as at the venue.
    order_type = OrderType.LIMIT if word in _AT_MARKET else _TYPES[word]
    if order_type.is_conditional and listing.kind == "option":
        raise errors.invalid_arguments_for_instrument()
    check_simulated(params)
    tif = _TIMES[params.choice("time_in_force", "good_til_cancelled", tuple(_TIMES))]
    label = params.text_or("label", "")
    if len(label) > MOST_LABEL:
        raise errors.invalid_params("label", f"must be at most {MOST_LABEL} characters")
    post_only, rejects = params.flag("post_only"), params.flag("reject_post_only")
    if post_only and (word != "limit" or tif is not TimeInForce.GTC):
        raise errors.post_only_not_allowed()
    amount = amount_of(params, listing)
    price = None
    if word in _AT_MARKET:
        price = _market_price(word, listing, side, exchange)
    elif order_type.has_limit_price:
        slides = post_only and not rejects
        price = settled_price(params, listing, side, exchange, slides=slides)
    trigger_price, offset = _trigger(params, order_type, listing)
    trigger_by = _TRIGGERS[params.choice("trigger", "last_price", tuple(_TRIGGERS))]
    return NewOrder(
        account=call.account,
        client_order_id=label,
        symbol=listing.name,
        side=side,
        type=order_type,
        quantity=amount,
        price=price,
        time_in_force=tif,
        post_only=post_only,
        reduce_only=params.flag("reduce_only"),
        trigger_price=trigger_price,
        trigger_by=trigger_by,
        trailing_offset=offset,
        expire_ns=session_ends_ns if tif is TimeInForce.GTD else None,
        display_quantity=display_of(params, word, listing, amount),
        self_trade=self_trade,
        venue_terms=({ORIGINAL_TYPE: word} if word in _AT_MARKET else {})
        | ({REJECT_POST_ONLY: "true"} if rejects else {}),
    )


def check_simulated(params: Params) -> None:
    """Refuse what would get lost: a term that is known to the venue and not to us."""
    for name in NOT_SIMULATED:
        if params.has(name):
            raise errors.not_simulated(name)
    if params.flag("mmp"):
        raise errors.not_simulated("mmp")


def amount_of(params: Params, listing: Listing) -> Decimal:
    """The size, from ``amount`` or ``contracts``, in the venue's unit."""
    size: Decimal = listing.described()["contract_size"]
    if params.has("contracts"):
        amount = params.number("contracts") * size
        if params.has("amount") and params.number("amount") != amount:
            raise errors.invalid_params("contracts", "contracts do not match amount")
    else:
        amount = params.number("amount")
    if amount < listing.instrument.min_quantity:
        raise errors.quantity_too_low()
    if amount % listing.instrument.step:
        raise errors.invalid_params("amount", "must be a multiple of contract size")
    if amount > listing.instrument.max_quantity:
        raise errors.invalid_params("amount", "must be less than max_amount")
    return amount


def settled_price(
    params: Params, listing: Listing, side: Side, exchange: Exchange, *, slides: bool
) -> Decimal:
    """The limit price, checked; one that would take slides to just below the spread if asked."""
    price = params.number("price")
    if price <= 0:
        raise errors.invalid_params("price", "must be greater than 0")
    tick = listing.tick_at(price)
    if price % tick:
        raise errors.wrong_tick()
    _check_band(price, listing, side, exchange)
    if not slides:
        return price
    best = exchange.books[listing.name].best(side.opposite)
    if best is None:
        return price
    touch, _ = best
    return min(price, touch - tick) if side is Side.BUY else max(price, touch + tick)


def checked_trigger_price(params: Params, listing: Listing) -> Decimal:
    """The trigger price, which must be there."""
    price = params.number("trigger_price")
    if price <= 0:
        raise errors.invalid_params("trigger_price", "must be greater than 0")
    if price % listing.tick_at(price):
        raise errors.wrong_trigger_tick()
    return price


def checked_offset(params: Params) -> Decimal:
    """How far a trailing stop stays behind, which must be there."""
    offset = params.number("trigger_offset")
    if offset <= 0:
        raise errors.invalid_params("trigger_offset", "must be greater than 0")
    return offset


def display_of(params: Params, word: str, listing: Listing, amount: Decimal) -> Decimal | None:
    """What an iceberg shows; None when all of it shows."""
    display = params.number_or_none("display_amount")
    if display is None or display == amount:
        return None
    least = listing.instrument.min_quantity * ICEBERG_LEAST
    fits = least <= display < amount and amount / display < ICEBERG_LEAST
    if word != "limit" or not fits or display % listing.instrument.step:
        raise errors.invalid_display_amount()
    return display


def _market_price(word: str, listing: Listing, side: Side, exchange: Exchange) -> Decimal:
    """How far an order goes that names no price: to the price limit, or only to the touch."""
    lowest, highest = listing.limits(exchange.marks[listing.name])
    limit = highest if side is Side.BUY else lowest
    touch = exchange.books[listing.name].best(side.opposite)
    return touch[0] if word == "market_limit" and touch is not None else limit


def _check_band(price: Decimal, listing: Listing, side: Side, exchange: Exchange) -> None:
    mark = exchange.marks.get(listing.name)
    if mark is None or listing.kind == "option":
        return
    lowest, highest = listing.limits(mark)
    if side is Side.BUY and price > highest:
        raise errors.price_too_high(highest)
    if side is Side.SELL and price < lowest:
        raise errors.price_too_low(lowest)


def _trigger(
    params: Params, order_type: OrderType, listing: Listing
) -> tuple[Decimal | None, Decimal | None]:
    """Trigger price and offset, as far as the type has them."""
    if not order_type.is_conditional:
        return None, None
    if not params.has("trigger"):
        raise errors.invalid_params("trigger", "value is required")
    if order_type is OrderType.TRAILING_STOP_MARKET:
        return None, checked_offset(params)
    return checked_trigger_price(params, listing), None
