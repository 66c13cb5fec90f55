"""Reading ``order.create``: the venue's words to what the exchange takes; raises ApiError."""

from dataclasses import dataclass
from decimal import Decimal

from venues.simulators.bybit import unsimulated
from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.exits import TRIGGERS, Exits, check_exits, exit_words, read_exits
from venues.simulators.bybit.filters import check_price, check_terms
from venues.simulators.bybit.instruments import Product
from venues.simulators.bybit.order_kinds import ORDER_FILTER, PLAIN, SPOT_EXIT, STOP
from venues.simulators.bybit.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.matching import SelfTrade, Side, TimeInForce
from venues.simulators.orders import NewOrder, OrderType, TriggerBy

SIDES = {"Buy": Side.BUY, "Sell": Side.SELL}
SELF_MATCHES = {
    "None": SelfTrade.ALLOWED,
    "CancelMaker": SelfTrade.CANCEL_MAKER,
    "CancelTaker": SelfTrade.CANCEL_TAKER,
    "CancelBoth": SelfTrade.CANCEL_BOTH,
}
_TIMES = {
    "GTC": TimeInForce.GTC,
    "IOC": TimeInForce.IOC,
    "FOK": TimeInForce.FOK,
    "PostOnly": TimeInForce.GTC,
}
_IS_LIMIT = {"Limit": True, "Market": False}
_DIRECTIONS = {"1": True, "2": False}
_FILTERS = {name: name for name in (PLAIN, STOP, SPOT_EXIT)}


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a conditional order begins to trade: once the price has risen or fallen to ``price``."""

    price: Decimal
    by: TriggerBy
    rises: bool


class OrderReader:
    """Reads new orders."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def read(self, params: Params, account: str) -> NewOrder:
        """The order that a request asks for."""
        product = params.product()
        spot = product.category.is_spot
        params.refuse(unsimulated.SPOT_ORDER if spot else unsimulated.CONTRACT_ORDER)
        side: Side = params.choice("side", SIDES)
        is_limit: bool = params.choice("orderType", _IS_LIMIT)
        price = self._limit_price(params) if is_limit else None
        word = params.optional("timeInForce") or "GTC"
        tif = params.choice("timeInForce", _TIMES, "GTC") if is_limit else TimeInForce.IOC
        # Spot has no positions; clients send both with its conditional orders too.
        reduce_only = params.flag("reduceOnly") and not spot
        closing = params.flag("closeOnTrigger") and not spot
        if (params.integer("positionIdx") or 0) != 0:
            raise ApiError(10001, "position idx not match position mode")
        link_id = params.link_id()
        self._check_unused(product, account, link_id)
        trigger = self._trigger(params, product)
        mark = self._exchange.marks[product.name]
        reference = mark if trigger is None else trigger.price
        quantity, quote_quantity = self._quantity(params, product, side, price)
        check_terms(product, side, price, quantity, reference, reduce_only=reduce_only)
        exits = {} if spot else self._exits(params, product, side, price)
        return NewOrder(
            account=account,
            client_order_id=link_id or self._exchange.generated_client_id(),
            symbol=product.name,
            side=side,
            type=_type(side, trigger, is_limit=is_limit),
            price=price,
            quantity=quantity,
            time_in_force=tif,
            post_only=is_limit and word == "PostOnly",
            reduce_only=reduce_only or closing,
            quote_quantity=quote_quantity,
            trigger_price=None if trigger is None else trigger.price,
            trigger_by=TriggerBy.LAST if trigger is None else trigger.by,
            cancel_if_takes=True,
            self_trade=params.choice("smpType", SELF_MATCHES, "None"),
            venue_terms=exits | _kept(params, spot=spot, closing=closing),
        )

    def _exits(
        self, params: Params, product: Product, side: Side, price: Decimal | None
    ) -> dict[str, str]:
        """The words that ask for exits of the position, once they are found right."""
        words = exit_words(params)
        if words and params.flag("reduceOnly"):
            raise parameter("a reduceOnly order cannot set takeProfit or stopLoss")
        exits = read_exits(params, product)
        for one in exits.each:
            base = self._watched(product, one.by) if price is None else price
            check_exits(Exits(exits.mode, one, None), side, base)
        return words

    def _check_unused(self, product: Product, account: str, link_id: str | None) -> None:
        """An id is never taken twice, not even after its order has ended."""
        if link_id is None:
            return
        if self._exchange.state.orders.by_client_id(account, link_id) is None:
            return
        if product.category.is_spot:
            raise ApiError(170141, "Duplicate clientOrderId.")
        raise ApiError(110072, "OrderLinkedID is duplicate")

    def _trigger(self, params: Params, product: Product) -> Trigger | None:
        price = params.decimal("triggerPrice")
        if price is None:
            if params.optional(ORDER_FILTER) in (STOP, SPOT_EXIT):
                raise ApiError(170202, "Please enter the TP/SL price.")
            return None
        check_price(product, price)
        if product.category.is_spot:
            # Without an order filter the venue takes a trigger price for a parameter too many.
            if params.choice(ORDER_FILTER, _FILTERS, PLAIN) == PLAIN:
                raise ApiError(170130, "Data sent for parameter 'triggerPrice' is not valid.")
            return Trigger(price, TriggerBy.LAST, price > self._watched(product, TriggerBy.LAST))
        if "triggerDirection" not in params:
            raise parameter("triggerDirection invalid")
        rises: bool = params.choice("triggerDirection", _DIRECTIONS)
        by: TriggerBy = params.choice("triggerBy", TRIGGERS, "LastPrice")
        current = self._watched(product, by)
        shown = f"trigger_price[{price}]", f"current[{current}]"
        if rises and price <= current:
            raise ApiError(110092, f"expect Rising, but {shown[0]} <= {shown[1]}??{by.lower()}")
        if not rises and price >= current:
            raise ApiError(110093, f"expect Falling, but {shown[0]} >= {shown[1]}??{by.lower()}")
        return Trigger(price, by, rises)

    def _watched(self, product: Product, by: TriggerBy) -> Decimal:
        price = self._exchange.watched_price(product.name, by)
        return self._exchange.marks[product.name] if price is None else price

    def _quantity(
        self, params: Params, product: Product, side: Side, price: Decimal | None
    ) -> tuple[Decimal, Decimal | None]:
        """In order units; and the amount of quote by which a spot market order was sized."""
        amount = params.decimal("qty")
        if amount is None:
            if product.category.is_spot:
                raise ApiError(170136, "Order quantity exceeded lower limit.")
            raise ApiError(10001, "Qty invalid")
        if not product.category.is_spot or price is not None:
            return amount, None
        # A spot market buy is sized by value unless it says otherwise.
        default = "quoteCoin" if side is Side.BUY else "baseCoin"
        if (params.optional("marketUnit") or default) == "baseCoin":
            return amount, None
        if amount < product.instrument.min_notional:
            raise ApiError(170140, "Order value exceeded lower limit.")
        return self._exchange.affordable(product.name, side, amount), amount

    def _limit_price(self, params: Params) -> Decimal:
        price = params.decimal("price")
        if price is None:
            raise parameter("price invalid")
        return price


def _kept(params: Params, *, spot: bool, closing: bool) -> dict[str, str]:
    """The words that say later what kind of order it is."""
    if spot and params.optional(ORDER_FILTER) == SPOT_EXIT:
        return {ORDER_FILTER: SPOT_EXIT}
    return {"closeOnTrigger": "true"} if closing else {}


def _type(side: Side, trigger: Trigger | None, *, is_limit: bool) -> OrderType:
    if trigger is None:
        return OrderType.LIMIT if is_limit else OrderType.MARKET
    against_its_side = trigger.rises is (side is Side.BUY)
    if against_its_side:
        return OrderType.STOP_LIMIT if is_limit else OrderType.STOP_MARKET
    return OrderType.TAKE_PROFIT_LIMIT if is_limit else OrderType.TAKE_PROFIT_MARKET
