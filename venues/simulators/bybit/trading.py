"""Order commands, by REST and by socket alike: create, amend, cancel, all of a kind, batches.

An answer with retCode 0 only says that the request was taken: what became of it is told on the
private streams.
"""

from collections.abc import Callable, Mapping
from typing import Any

from venues.simulators.bybit import unsimulated
from venues.simulators.bybit.account_rows import margin_rates
from venues.simulators.bybit.calls import MOST_IN_BATCH, Call, Endpoint, Reply, Routes
from venues.simulators.bybit.errors import ApiError, parameter
from venues.simulators.bybit.filters import check_price, check_terms
from venues.simulators.bybit.ids import number_of, order_id
from venues.simulators.bybit.instruments import PRODUCTS, Category, Product, category_of
from venues.simulators.bybit.limits import AMEND, CANCEL, CANCEL_ALL, CREATE, SETTINGS
from venues.simulators.bybit.order_kinds import kind_named, of_kind
from venues.simulators.bybit.order_reading import OrderReader
from venues.simulators.bybit.order_rows import link_id
from venues.simulators.bybit.params import Params
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import ZERO
from venues.simulators.orders import Order, Refusal, Status
from venues.simulators.unified_account import UnifiedAccount

_EXIT_PRICES = ("takeProfit", "stopLoss")

TOO_LATE_TO_CANCEL = "order not exists or too late to cancel"
TOO_LATE_TO_REPLACE = "order not exists or too late to replace"


class Trading:
    """The commands of the venue over one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._reader = OrderReader(exchange)

    def routes(self) -> Routes:
        """Endpoints by REST path; the socket's operations are the same by other names."""
        return {
            ("POST", "/v5/order/create"): Endpoint(self.create, CREATE, Action.SUBMIT),
            ("POST", "/v5/order/pre-check"): Endpoint(self.check, SETTINGS),
            ("POST", "/v5/order/amend"): Endpoint(self.amend, AMEND, Action.AMEND),
            ("POST", "/v5/order/cancel"): Endpoint(self.cancel, CANCEL, Action.CANCEL),
            ("POST", "/v5/order/cancel-all"): Endpoint(self.cancel_all, CANCEL_ALL, Action.CANCEL),
            ("POST", "/v5/order/create-batch"): self._batch(self.create, CREATE, Action.SUBMIT),
            ("POST", "/v5/order/amend-batch"): self._batch(self.amend, AMEND, Action.AMEND),
            ("POST", "/v5/order/cancel-batch"): self._batch(self.cancel, CANCEL, Action.CANCEL),
        }

    def create(self, call: Call) -> Reply:
        """A new order."""
        new = self._reader.read(call.params, call.account)
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            raise _refused(outcome, PRODUCTS[new.symbol])
        return Reply(_named(outcome))

    def check(self, call: Call) -> Reply:
        """What a new order would do to the margin, or why it would be refused; none is placed."""
        new = self._reader.read(call.params, call.account)
        if (refusal := self._exchange.would_refuse(new, call.now_ns)) is not None:
            raise _refused(refusal, PRODUCTS[new.symbol])
        product = PRODUCTS[new.symbol]
        account = self._exchange.state.accounts[call.account]
        assert isinstance(account, UnifiedAccount)
        price = new.price or self._exchange.marks[new.symbol]
        worth = product.instrument.value(price, new.quantity)
        margin = ZERO if product.category.is_spot else worth / account.leverage_of(new.symbol)
        before, after = margin_rates(account, product.instrument.settle, margin)
        number = order_id(product.category, self._exchange.state.next_order_id)
        rates = {"preImrE4": before, "preMmrE4": 0, "postImrE4": after, "postMmrE4": 0}
        return Reply(
            {"orderId": number, "orderLinkId": call.params.optional("orderLinkId") or "", **rates}
        )

    def amend(self, call: Call) -> Reply:
        """New price, quantity or trigger price of a working order."""
        order = self._named_order(call, TOO_LATE_TO_REPLACE)
        product = PRODUCTS[order.symbol]
        call.params.refuse(unsimulated.AMENDMENT)
        if any(name in call.params and name in order.venue_terms for name in _EXIT_PRICES):
            raise parameter("takeProfit and stopLoss of an order are not amended here")
        price = call.params.decimal("price") or order.price
        quantity = call.params.decimal("qty") or order.quantity
        trigger = call.params.decimal("triggerPrice") or order.trigger_price
        if trigger is not None:
            check_price(product, trigger)
        if order.price is None and "price" in call.params:
            raise parameter("price invalid")
        if quantity <= order.executed:
            raise _below_filled(product)
        mark = self._exchange.marks[product.name]
        reference = trigger if order.status is Status.UNTRIGGERED and trigger else mark
        check_terms(product, order.side, price, quantity, reference, reduce_only=order.reduce_only)
        refusal = self._exchange.amend(order, price, quantity, call.now_ns, trigger)
        if refusal is Refusal.NOT_OPEN:
            raise _no_such_order(product.category, TOO_LATE_TO_REPLACE)
        if refusal is not None:
            raise _refused(refusal, product)
        return Reply(_named(order))

    def cancel(self, call: Call) -> Reply:
        """Take one working order back."""
        order = self._named_order(call, TOO_LATE_TO_CANCEL)
        category = PRODUCTS[order.symbol].category
        # Spot looks among the orders of one kind only, whatever the id; contracts know no filter.
        if category.is_spot and not of_kind(order, kind_named(call.params, spot=True)):
            raise _no_such_order(category, TOO_LATE_TO_CANCEL)
        if self._exchange.cancel(order, call.now_ns) is not None:
            raise _no_such_order(category, TOO_LATE_TO_CANCEL)
        return Reply(_named(order))

    def cancel_all(self, call: Call) -> Reply:
        """Take back all working orders of a symbol or a settle coin, or of spot."""
        category, params = call.params.category(), call.params
        narrowed = any(name in params for name in ("symbol", "baseCoin", "settleCoin"))
        if not category.is_spot and not narrowed:
            raise parameter("symbol, baseCoin or settleCoin is required")
        kind = kind_named(params, spot=category.is_spot)
        gone = [
            order
            for order in self._exchange.state.orders.open_orders(call.account)
            if matches(order, category, params) and of_kind(order, kind)
        ]
        for order in gone:
            self._exchange.cancel(order, call.now_ns)
        return Reply({"list": [_named(order) for order in gone], "success": "1"})

    def _batch(self, one: Callable[[Call], Reply], bucket: Any, action: Action) -> Endpoint:
        def all_of_them(call: Call) -> Reply:
            category = category_of(call.params.text("category"))
            requests = call.params.values.get("request")
            if not isinstance(requests, list) or not requests:
                raise parameter("request is required")
            if len(requests) > MOST_IN_BATCH:
                raise ApiError(10001, f"The batch order size is over {MOST_IN_BATCH}.")
            rows, verdicts = [], []
            for request in requests:
                params = Params({**request, "category": category.value})
                row, verdict = _one_of_many(one, Call(params, call.account, call.now_ns))
                rows.append(row)
                verdicts.append(verdict)
            return Reply({"list": rows}, {"list": verdicts})

        return Endpoint(all_of_them, bucket, action)

    def _named_order(self, call: Call, missing: str) -> Order:
        """The caller's order that ``orderId`` or else ``orderLinkId`` names; raises ApiError."""
        product = call.params.product()
        number, name = call.params.optional("orderId"), call.params.optional("orderLinkId")
        if number is None and name is None:
            raise parameter("orderId or orderLinkId is required")
        order = find_order(self._exchange, call.account, number, name)
        if order is None or order.symbol != product.name:
            raise _no_such_order(product.category, missing)
        return order


def find_order(
    exchange: Exchange, account: str, number: str | None, name: str | None
) -> Order | None:
    """An account's order by the venue's id, or without one by the client's."""
    orders = exchange.state.orders
    if number is None:
        return orders.by_client_id(account, name or "")
    found = orders.get(number_of(number) or 0)
    return found if found is not None and found.account == account else None


def matches(order: Order, category: Category, params: Params) -> bool:
    """Whether an order is in a category and one that the parameters mean."""
    product = PRODUCTS[order.symbol]
    return product.category is category and matches_product(product, params)


def matches_product(product: Product, params: Params) -> bool:
    """Whether a product is one that ``symbol``, ``baseCoin`` or ``settleCoin`` means."""
    for name, value in (
        ("symbol", product.symbol),
        ("baseCoin", product.instrument.base),
        ("settleCoin", product.instrument.settle),
    ):
        if name in params:
            return params.text(name) == value
    return True


def _one_of_many(
    one: Callable[[Call], Reply], call: Call
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    try:
        named = one(call).result
    except ApiError as error:
        blank = {"orderId": "", "orderLinkId": call.params.optional("orderLinkId") or ""}
        return blank, {"code": error.code, "msg": error.message}
    row = {"category": call.params.text("category"), "symbol": call.params.optional("symbol")}
    return row | named | {"createAt": str(call.now_ms)}, {"code": 0, "msg": "OK"}


def _named(order: Order) -> dict[str, Any]:
    category = PRODUCTS[order.symbol].category
    return {"orderId": order_id(category, order.order_id), "orderLinkId": link_id(order)}


def _no_such_order(category: Category, words: str) -> ApiError:
    if category.is_spot:
        return ApiError(170213, "Order does not exist.")
    return ApiError(110001, words)


def _below_filled(product: Product) -> ApiError:
    if product.category.is_spot:
        text = "The modified contract quantity cannot be less than to the filled quantity"
        return ApiError(170313, text)
    text = "The modified contract quantity cannot be less than or equal to the filled quantity."
    return ApiError(110064, text)


def _refused(refusal: Refusal, product: Product) -> ApiError:
    spot = product.category.is_spot
    match refusal:
        case Refusal.INSUFFICIENT_FUNDS if spot:
            return ApiError(170131, "Insufficient balance.")
        case Refusal.INSUFFICIENT_FUNDS:
            return ApiError(110007, "ab not enough for new order")
        case Refusal.NOTHING_TO_REDUCE:
            text = "current position is zero, cannot fix reduce-only order qty"
            return ApiError(110017, text)
        case Refusal.TOO_MANY_OPEN_ORDERS if spot:
            text = "Cannot exceed maximum of 500 conditional, TP/SL and active orders."
            return ApiError(170810, text)
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return ApiError(110020, "Not allowed to have more than 500 active orders.")
        case Refusal.UNCHANGED:
            text = "The order remains unchanged as the parameters entered match the existing ones."
            return ApiError(10001, text)
        case Refusal.WOULD_TRIGGER:
            text = "trigger price is invalid"
            return ApiError(170130 if spot else 110092, text)
        case Refusal.DUPLICATE_CLIENT_ORDER_ID if spot:
            return ApiError(170141, "Duplicate clientOrderId.")
        case Refusal.DUPLICATE_CLIENT_ORDER_ID:
            return ApiError(110072, "OrderLinkedID is duplicate")
        case _:
            return ApiError(170210 if spot else 110032, "New order rejected.")
