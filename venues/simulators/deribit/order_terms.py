"""The terms of a new order: what the venue checks before its matching engine sees it."""

from decimal import Decimal

from venues.simulators.deribit import errors
from venues.simulators.deribit.calls import Call
from venues.simulators.deribit.instruments import ICEBERG_LEAST, Listing
from venues.simulators.deribit.messages import ORDER_TYPES, TIMES_IN_FORCE, TRIGGERS, Remark
from venues.simulators.deribit.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType

AMOUNT = ("amount", "contracts")
MOST_LABEL = 64
_TYPES = {word: order_type for order_type, word in ORDER_TYPES.items()}
_TIMES = {word: tif for tif, word in TIMES_IN_FORCE.items()}
_TRIGGERS = {word: by for by, word in TRIGGERS.items()}


def new_order(
    call: Call, side: Side, listing: Listing, exchange: Exchange, session_ends_ns: int
) -> tuple[NewOrder, Remark]:
    """The order that a request asks for; raises RpcError."""
    params = call.params
    if call.now_ms >= listing.expiry_ms:
        raise errors.book_closed()
    order_type = _TYPES[params.choice("type", "limit", tuple(_TYPES))]
    if order_type.is_conditional and listing.kind == "option":
        raise errors.invalid_arguments_for_instrument()
    tif = _TIMES[params.choice("time_in_force", "good_til_cancelled", tuple(_TIMES))]
    label = params.text_or("label", "")
    if len(label) > MOST_LABEL:
        raise errors.invalid_params("label", f"must be at most {MOST_LABEL} characters")
    post_only, rejects = params.flag("post_only"), params.flag("reject_post_only")
    if post_only and (order_type is not OrderType.LIMIT or tif is not TimeInForce.GTC):
        raise errors.post_only_not_allowed()
    amount = amount_of(params, listing)
    price = None
    if order_type.has_limit_price:
        slides = post_only and not rejects
        price = settled_price(params, listing, side, exchange, slides=slides)
    trigger_price, offset = _trigger(params, order_type, listing)
    trigger_by = _TRIGGERS[params.choice("trigger", "last_price", tuple(_TRIGGERS))]
    new = NewOrder(
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
        display_quantity=_display(params, order_type, listing, amount),
    )
    return new, Remark(reject_post_only=rejects)


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


def _check_band(price: Decimal, listing: Listing, side: Side, exchange: Exchange) -> None:
    mark = exchange.marks.get(listing.name)
    if mark is None or listing.kind == "option":
        return
    tick = listing.instrument.tick
    highest = mark * listing.instrument.band_up // tick * tick
    lowest = mark * listing.instrument.band_down // tick * tick
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
        raise errors.invalid_params("trigger", "value required")
    if order_type is OrderType.TRAILING_STOP_MARKET:
        offset = params.number("trigger_offset")
        if offset <= 0:
            raise errors.invalid_params("trigger_offset", "must be greater than 0")
        return None, offset
    price = params.number("trigger_price")
    if price <= 0:
        raise errors.invalid_params("trigger_price", "must be greater than 0")
    if price % listing.tick_at(price):
        raise errors.wrong_trigger_tick()
    return price, None


def _display(
    params: Params, order_type: OrderType, listing: Listing, amount: Decimal
) -> Decimal | None:
    display = params.number_or_none("display_amount")
    if display is None or display == amount:
        return None
    least = listing.instrument.min_quantity * ICEBERG_LEAST
    fits = least <= display < amount and amount / display < ICEBERG_LEAST
    if order_type is not OrderType.LIMIT or not fits or display % listing.instrument.step:
        raise errors.invalid_display_amount()
    return display
