"""Reading the terms of new orders and amendments, with the checks that the venue makes."""

from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.exchange import Exchange
from venues.simulators.instruments import Instrument, Kind
from venues.simulators.matching import SelfTrade, Side, TimeInForce
from venues.simulators.okx import errors, unsimulated
from venues.simulators.okx.errors import OrderError
from venues.simulators.okx.instruments import BY_CODE, INSTRUMENTS, plain
from venues.simulators.okx.params import Params
from venues.simulators.orders import NewOrder, Order, OrderType

SIDES = {"buy": Side.BUY, "sell": Side.SELL}

_GTC, _IOC, _FOK = TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK
_KINDS = {
    "limit": (OrderType.LIMIT, _GTC),
    "post_only": (OrderType.LIMIT, _GTC),
    "ioc": (OrderType.LIMIT, _IOC),
    "fok": (OrderType.LIMIT, _FOK),
    "market": (OrderType.MARKET, _IOC),
    "optimal_limit_ioc": (OrderType.MARKET, _IOC),
}
# In futures mode any other word makes a spot order a margin order, which is not simulated.
_SPOT_MODES = {"cash": "cash"}
_SWAP_MODES = {"cross": "cross"}
SELF_TRADES = {
    "cancel_maker": SelfTrade.CANCEL_MAKER,
    "cancel_taker": SelfTrade.CANCEL_TAKER,
    "cancel_both": SelfTrade.CANCEL_BOTH,
}
ACCOUNT_SELF_TRADE = "cancel_maker"
"""What holds without an ``stpMode``. An account cannot trade with itself here since 2024-03-14:
https://www.okx.com/help/okx-to-implement-mandatory-self-trade-prevention"""


@dataclass(frozen=True, slots=True)
class Terms:
    """What ordinary and algo orders have in common."""

    instrument: Instrument
    side: Side
    reduce_only: bool


def instrument_of(params: Params) -> Instrument:
    """The instrument that ``instIdCode`` or ``instId`` names; raises OrderError."""
    code = params.integer("instIdCode")
    found = BY_CODE.get(code) if code is not None else INSTRUMENTS.get(params.text("instId"))
    if found is None:
        raise errors.no_instrument()
    return found


def common_terms(params: Params) -> Terms:
    """Instrument, side and modes; raises OrderError."""
    instrument = instrument_of(params)
    spot = instrument.kind is Kind.SPOT
    params.choice("tdMode", _SPOT_MODES if spot else _SWAP_MODES)
    # The account is in net mode: a long/short side is refused.
    params.choice("posSide", {"net": "net"}, "net")
    params.choice("tradeQuoteCcy", {instrument.quote: instrument.quote}, instrument.quote)
    reduce_only = params.boolean("reduceOnly") and not spot
    return Terms(instrument, params.choice("side", SIDES), reduce_only)


def new_order(exchange: Exchange, account: str, params: Params) -> NewOrder:
    """An ordinary order; raises OrderError."""
    params.refuse(unsimulated.ORDER)
    terms = common_terms(params)
    kind, force = params.choice("ordType", _KINDS)
    self_trade = params.choice("stpMode", SELF_TRADES, ACCOUNT_SELF_TRADE)
    if self_trade is SelfTrade.CANCEL_BOTH and force is TimeInForce.FOK:
        raise errors.does_not_match("stpMode", "ordType")
    if params.get("ordType") == "optimal_limit_ioc" and terms.instrument.kind is Kind.SPOT:
        raise params.wrong("ordType")
    price = params.decimal("px") if kind is OrderType.LIMIT else None
    size, budget = params.decimal("sz"), None
    if price is None and in_quote(params, terms):
        budget = size
        size = exchange.affordable(terms.instrument.symbol, terms.side, budget)
    check_size(terms.instrument, size, market=price is None)
    if price is not None:
        check_price(exchange, terms.instrument, terms.side, price)
    return NewOrder(
        account=account,
        client_order_id=params.client_id("clOrdId") or exchange.generated_client_id(),
        symbol=terms.instrument.symbol,
        side=terms.side,
        type=kind,
        quantity=size,
        price=price,
        time_in_force=force,
        post_only=params.get("ordType") == "post_only",
        # The venue takes a post-only order, then cancels it with source 31.
        cancel_if_takes=True,
        reduce_only=terms.reduce_only,
        quote_quantity=budget,
        self_trade=self_trade,
        venue_terms=named_terms(params),
    )


def named_terms(params: Params, **words: str) -> dict[str, str]:
    """What the venue keeps with an order: its ``tag``, and the words given here."""
    tag = params.tag()
    return words | ({"tag": tag} if tag else {})


def in_quote(params: Params, terms: Terms) -> bool:
    """Whether the size of a spot market order is in quote: by default that of a buy is."""
    if terms.instrument.kind is not Kind.SPOT:
        return False
    default = "quote_ccy" if terms.side is Side.BUY else "base_ccy"
    return bool(params.choice("tgtCcy", {"base_ccy": False, "quote_ccy": True}, default))


def check_size(instrument: Instrument, size: Decimal, *, market: bool) -> None:
    """Minimum, lot and maximum; raises OrderError."""
    if size < instrument.min_quantity:
        raise OrderError(*errors.TOO_SMALL)
    if size % instrument.step:
        raise OrderError(*errors.OFF_LOT)
    if market and size > instrument.max_market_quantity:
        raise OrderError(*errors.TOO_LARGE)
    if size > instrument.max_quantity:
        raise OrderError(*errors.TOO_LARGE_LIMIT)


def check_price(exchange: Exchange, instrument: Instrument, side: Side, price: Decimal) -> None:
    """Tick, and the price limit, which only stops who pays too much; raises OrderError."""
    check_tick(instrument, price)
    mark = exchange.marks[instrument.symbol]
    highest, lowest = limits_of(instrument, mark)
    if price > highest if side is Side.BUY else price < lowest:
        text = (
            "Order price is not within the price limit "
            f"(max buy price: {plain(highest)} min sell price: {plain(lowest)})"
        )
        raise OrderError("51006", text)


def check_tick(instrument: Instrument, price: Decimal) -> None:
    """Raises OrderError for a price off the tick."""
    if price % instrument.tick:
        raise OrderError(*errors.OFF_TICK)


def limits_of(instrument: Instrument, mark: Decimal) -> tuple[Decimal, Decimal]:
    """The highest price of a buy and the lowest of a sell."""
    tick = instrument.tick
    return mark * instrument.band_up // tick * tick, mark * instrument.band_down // tick * tick


def amendment(exchange: Exchange, order: Order, params: Params) -> tuple[Decimal | None, Decimal]:
    """New price and total size of an ordinary order; raises OrderError."""
    params.refuse(unsimulated.AMENDMENT)
    price, size = params.optional_decimal("newPx"), params.optional_decimal("newSz")
    if price is None and size is None:
        raise OrderError(*errors.AMEND_EMPTY)
    instrument = INSTRUMENTS[order.symbol]
    if size is not None:
        check_size(instrument, size, market=False)
    if price is not None:
        if order.price is None:
            raise params.wrong("newPx")
        check_price(exchange, instrument, order.side, price)
    return price or order.price, size or order.quantity
