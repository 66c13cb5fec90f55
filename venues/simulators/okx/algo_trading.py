"""Commands on algo orders and questions about them."""

from collections.abc import Callable, Iterable
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.faults import Faults
from venues.simulators.okx import errors
from venues.simulators.okx.algo_amending import algo_amendment
from venues.simulators.okx.algo_reading import new_algo_order
from venues.simulators.okx.algo_rows import algo_row, algo_state, algo_type
from venues.simulators.okx.calls import Call, Endpoint, Item, Reply, Routes, query
from venues.simulators.okx.errors import ApiError, OrderError, bad_parameter, empty
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.history import ARCHIVE_KEPT_NS, page
from venues.simulators.okx.ids import algo_client_id, algo_id, exchange_id
from venues.simulators.okx.limits import RateLimiter
from venues.simulators.okx.params import Params
from venues.simulators.okx.selection import symbols_of
from venues.simulators.okx.trading import answered, refused
from venues.simulators.orders import Order, Refusal
from venues.simulators.unified_account import UnifiedAccount

CANCELED_MOST = 10

_TYPES = {
    "conditional": "conditional",
    "trigger": "trigger",
    "move_order_stop": "move_order_stop",
    "oco": "oco",
    "iceberg": "iceberg",
    "twap": "twap",
    "chase": "chase",
}


class AlgoTrading:
    """Conditional orders of the account."""

    def __init__(
        self, name: str, exchange: Exchange, limiter: RateLimiter, feed: Feed, faults: Faults
    ) -> None:
        self._name = name
        self._exchange = exchange
        self._limiter = limiter
        self._feed = feed
        self._faults = faults

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("POST", "/api/v5/trade/order-algo"): Endpoint(
                self._on(self.place, 1), 20, action=Action.SUBMIT
            ),
            ("POST", "/api/v5/trade/amend-algos"): Endpoint(
                self._on(self.amend, 1), 20, action=Action.AMEND
            ),
            ("POST", "/api/v5/trade/cancel-algos"): Endpoint(
                self._on(self.cancel, CANCELED_MOST), 20, action=Action.CANCEL, per_item=True
            ),
            # Taken together with cancel-algos by the venue; older clients still call it.
            ("POST", "/api/v5/trade/cancel-advance-algos"): Endpoint(
                self._on(self.cancel, CANCELED_MOST), 20, action=Action.CANCEL, per_item=True
            ),
            ("GET", "/api/v5/trade/order-algo"): query(self.order, 20),
            ("GET", "/api/v5/trade/orders-algo-pending"): query(self.pending, 20),
            ("GET", "/api/v5/trade/orders-algo-history"): query(self.history, 20),
        }

    def place(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """A new algo order."""
        self._limiter.use_order(account, now_ns // 1_000_000)
        params = Params(item, of_order=True)
        outcome = self._exchange.submit(new_algo_order(self._exchange, account, params), now_ns)
        if outcome is Refusal.DUPLICATE_CLIENT_ORDER_ID:
            raise OrderError(*errors.DUPLICATE_ALGO)
        if isinstance(outcome, Refusal):
            raise refused(outcome, self._exchange, params)
        return {**_entry(outcome), "clOrdId": "", "tag": params.get("tag")}

    def amend(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """New terms of an algo order that still waits."""
        params = Params(item, of_order=True)
        order = self._named(params, account)
        if order is None or order.symbol != params.get("instId"):
            raise OrderError(*errors.AMEND_NOT_FOUND)
        if order.triggered:
            raise OrderError(*errors.AMEND_COMPLETED)
        if not order.is_open:
            raise OrderError(*errors.AMEND_CANCELED)
        new = algo_amendment(self._exchange, order, params)
        with self._feed.amending(params.get("reqId")):
            refusal = self._exchange.amend(
                order, new.way.price, new.size, now_ns, new.way.trigger_price, new.other
            )
        if refusal is Refusal.WOULD_TRIGGER:
            raise OrderError(*_wrong_side(order))
        if refusal is not None and refusal is not Refusal.UNCHANGED:
            raise refused(refusal, self._exchange, params)
        return {**_entry(order), "reqId": params.get("reqId")}

    def cancel(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """Cancel one algo order that still waits."""
        order = self._named(Params(item, of_order=True), account)
        if order is None:
            raise OrderError(*errors.CANCEL_NOT_FOUND)
        if order.triggered:
            raise OrderError(*errors.CANCEL_COMPLETED)
        if self._exchange.cancel(order, now_ns) is not None:
            raise OrderError(*errors.CANCEL_CANCELED)
        return _entry(order)

    def order(self, call: Call) -> list[dict[str, Any]]:
        """One algo order."""
        params = call.params
        if "algoId" not in params and "algoClOrdId" not in params:
            raise empty("algoId or algoClOrdId")
        order = self._named(params, call.account)
        if order is None or not self._is_kept(order, call.now_ns):
            raise ApiError(*errors.NO_SUCH_ORDER)
        return [self._row(order)]

    def pending(self, call: Call) -> list[dict[str, Any]]:
        """Algo orders that wait. The venue wants the type named; it may name several."""
        symbols = set(symbols_of(call.params))
        working = self._exchange.state.orders.open_orders(call.account)
        chosen = [o for o in working if o.symbol in symbols and algo_state(o) == "live"]
        chosen.sort(key=lambda order: order.order_id, reverse=True)
        return self._rows(call, chosen)

    def history(self, call: Call) -> list[dict[str, Any]]:
        """Algo orders that wait no more, of the last three months."""
        params = call.params
        wanted = params.get("state")
        algo = params.get("algoId")
        if not wanted and not algo:
            raise empty("state or algoId")

        def is_wanted(order: Order) -> bool:
            if algo and algo_id(order) != algo:
                return False
            state = algo_state(order)
            kept = state != "live" and self._is_kept(order, call.now_ns)
            return kept and wanted in ("", state)

        orders = self._exchange.state.orders.newest(call.account, symbols_of(params))
        return self._rows(call, filter(is_wanted, orders))

    def _rows(self, call: Call, newest_first: Iterable[Order]) -> list[dict[str, Any]]:
        params = call.params
        types = {_TYPES.get(word, "") for word in params.text("ordType").split(",")}
        if "" in types:
            raise bad_parameter("ordType")
        chosen = (o for o in newest_first if o.type.is_conditional and algo_type(o) in types)
        rows = page(chosen, params, lambda o: int(algo_id(o)), lambda o: o.created_ns)
        return [self._row(order) for order in rows]

    def _row(self, order: Order) -> dict[str, Any]:
        account = self._exchange.state.accounts[order.account]
        assert isinstance(account, UnifiedAccount)
        return algo_row(order, account.leverage_of(order.symbol))

    def _named(self, params: Params, account: str) -> Order | None:
        algo, named = params.integer("algoId"), params.get("algoClOrdId")
        orders = self._exchange.state.orders
        if algo is not None:
            order = orders.get(exchange_id(algo))
        else:
            order = orders.by_client_id(account, named)
            if order is not None and algo_client_id(order) != named:
                return None
        if order is None or order.account != account or not order.type.is_conditional:
            return None
        return order

    def _is_kept(self, order: Order, now_ns: int) -> bool:
        if algo_state(order) == "live":
            return True
        if order.updated_ns < self._faults.forgotten_before_ns(self._name, now_ns):
            return False
        return now_ns - order.updated_ns <= ARCHIVE_KEPT_NS

    def _on(
        self, verb: Callable[[Item, str, int], dict[str, Any]], most: int
    ) -> Callable[[Call], Reply]:
        def handle(call: Call) -> Reply:
            if not 0 < len(call.items) <= most:
                raise bad_parameter("body")
            reply = answered(verb, call)
            for item, row in zip(call.items, reply.data, strict=True):
                row.setdefault("algoId", str(item.get("algoId", "")))
                row.setdefault("algoClOrdId", str(item.get("algoClOrdId", "")))
                row.pop("ordId", None)
            return reply

        return handle


def _entry(order: Order) -> dict[str, Any]:
    return {"algoId": algo_id(order), "algoClOrdId": algo_client_id(order)}


def _wrong_side(order: Order) -> tuple[str, str]:
    buying = order.side == "BUY"
    if order.type.is_take_profit:
        return errors.TP_BELOW_LAST if buying else errors.TP_ABOVE_LAST
    return errors.TRIGGER_BELOW_LAST if buying else errors.TRIGGER_ABOVE_LAST
