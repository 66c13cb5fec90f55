"""Order commands, by REST and by WebSocket alike: place, amend, cancel, and many at once."""

from collections.abc import Callable, Sequence
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.okx import errors
from venues.simulators.okx.calls import Call, Endpoint, Item, Reply, Routes, command
from venues.simulators.okx.errors import OrderError, bad_parameter
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.ids import client_id
from venues.simulators.okx.limits import RateLimiter
from venues.simulators.okx.order_reading import amendment, instrument_of, new_order
from venues.simulators.okx.params import Params
from venues.simulators.orders import Order, Refusal, Status

BATCH_MOST = 20

type Verb = Callable[[Item, str, int], dict[str, Any]]
"""Carries out one item for an account at a time; raises OrderError."""


class Trading:
    """Commands on ordinary orders."""

    def __init__(self, exchange: Exchange, limiter: RateLimiter, feed: Feed) -> None:
        self._exchange = exchange
        self._limiter = limiter
        self._feed = feed

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        submit, amend, cancel = Action.SUBMIT, Action.AMEND, Action.CANCEL
        return {
            ("POST", "/api/v5/trade/order"): command(self.on(self.place), 60, submit),
            ("POST", "/api/v5/trade/batch-orders"): command(
                self.on(self.place), 300, submit, per_item=True
            ),
            ("POST", "/api/v5/trade/amend-order"): command(self.on(self.amend), 60, amend),
            ("POST", "/api/v5/trade/amend-batch-orders"): command(
                self.on(self.amend), 300, amend, per_item=True
            ),
            ("POST", "/api/v5/trade/cancel-order"): command(self.on(self.cancel), 60, cancel),
            ("POST", "/api/v5/trade/cancel-batch-orders"): command(
                self.on(self.cancel), 300, cancel, per_item=True
            ),
            ("POST", "/api/v5/trade/mass-cancel"): Endpoint(self.mass_cancel, 5, action=cancel),
        }

    def on(self, verb: Verb) -> Callable[[Call], Reply]:
        """The verb for every item of a call: each answered for itself, HTTP 200 whatever comes."""

        def handle(call: Call) -> Reply:
            if not 0 < len(call.items) <= BATCH_MOST:
                raise bad_parameter("body")
            return answered(verb, call)

        return handle

    def place(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """A new order."""
        self._limiter.use_order(account, now_ns // 1_000_000)
        params = Params(item, of_order=True)
        outcome = self._exchange.submit(new_order(self._exchange, account, params), now_ns)
        if isinstance(outcome, Refusal):
            raise refused(outcome, self._exchange, params)
        return {**entry(outcome, now_ns), "tag": params.get("tag")}

    def amend(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """New terms of a working order."""
        self._limiter.use_order(account, now_ns // 1_000_000)
        params = Params(item, of_order=True)
        order = self._named(params, account, errors.AMEND_NOT_FOUND)
        if order.status is Status.FILLED:
            raise OrderError(*errors.AMEND_COMPLETED)
        if not order.is_open:
            raise OrderError(*errors.AMEND_CANCELED)
        price, size = amendment(self._exchange, order, params)
        request_id = params.get("reqId")
        with self._feed.amending(request_id):
            refusal = self._exchange.amend(order, price, size, now_ns)
        # Terms that change nothing are taken, as on the venue.
        if refusal is not None and refusal is not Refusal.UNCHANGED:
            raise refused(refusal, self._exchange, params)
        return {**entry(order, now_ns), "reqId": request_id}

    def cancel(self, item: Item, account: str, now_ns: int) -> dict[str, Any]:
        """Cancel one order."""
        order = self._named(Params(item, of_order=True), account, errors.CANCEL_NOT_FOUND)
        if order.status is Status.FILLED:
            raise OrderError(*errors.CANCEL_COMPLETED)
        if self._exchange.cancel(order, now_ns) is not None:
            raise OrderError(*errors.CANCEL_CANCELED)
        return entry(order, now_ns)

    def mass_cancel(self, call: Call) -> Sequence[dict[str, Any]]:
        """For market makers of options only on the real venue: refused for the types here."""
        call.params.choice("instType", {"OPTION": "OPTION"})
        call.params.text("instFamily")
        return [{"result": True}]

    def _named(self, params: Params, account: str, missing: tuple[str, str]) -> Order:
        instrument = instrument_of(params)
        order_id, named = params.integer("ordId"), params.client_id("clOrdId")
        if order_id is None and not named:
            raise params.wrong("ordId")
        order = named_order(self._exchange, account, order_id, named)
        if order is None or order.symbol != instrument.symbol:
            raise OrderError(*missing)
        return order


def named_order(exchange: Exchange, account: str, order_id: int | None, named: str) -> Order | None:
    """An ordinary order, or what an algo order turned into; the id counts if both are given."""
    orders = exchange.state.orders
    if order_id is not None:
        order = orders.get(order_id)
    else:
        order = orders.by_client_id(account, named)
        if order is not None and client_id(order) != named:
            return None  # an algo order: its name is an algoClOrdId
    if order is None or order.account != account:
        return None
    return None if order.type.is_conditional and not order.triggered else order


def answered(verb: Verb, call: Call) -> Reply:
    """Each item's entry, and the code of the whole: 0, 1 (all failed) or 2 (some)."""
    entries: list[dict[str, Any]] = []
    failed = 0
    for item in call.items:
        try:
            done = verb(item, call.account, call.now_ns)
            entries.append({**done, "sCode": "0", "sMsg": "", "subCode": ""})
        except OrderError as error:
            failed += 1
            entries.append(failure(item, error, call.now_ms))
    if not failed:
        return Reply(entries)
    if failed < len(entries):
        return Reply(entries, "2", "Bulk operation partially succeeded.")
    return Reply(entries, "1", "All operations failed")


def failure(item: Item, error: OrderError, now_ms: int) -> dict[str, Any]:
    """The entry of an item that was refused."""
    named = {name: str(item.get(name, "")) for name in ("clOrdId", "ordId", "tag")}
    refusal = {"sCode": error.code, "sMsg": error.message, "subCode": ""}
    return {**named, "ts": str(now_ms), **refusal}


def entry(order: Order, now_ns: int) -> dict[str, Any]:
    """What an accepted command says of its order."""
    return {
        "clOrdId": client_id(order),
        "ordId": str(order.order_id),
        "ts": str(now_ns // 1_000_000),
    }


def refused(refusal: Refusal, exchange: Exchange, params: Params) -> OrderError:
    """The exchange's no in the venue's words."""
    match refusal:
        case Refusal.DUPLICATE_CLIENT_ORDER_ID:
            return OrderError(*errors.DUPLICATE)
        case Refusal.NOTHING_TO_REDUCE:
            return OrderError(*errors.NOTHING_TO_REDUCE)
        case Refusal.TOO_MANY_OPEN_ORDERS:
            return OrderError(*errors.TOO_MANY_OPEN)
        case Refusal.NOT_OPEN:
            return OrderError(*errors.AMEND_NOT_FOUND)
        case _:
            instrument = instrument_of(params)
            selling = params.get("side") == "sell"
            spot = instrument.symbol.count("-") == 1
            asset = instrument.base if spot and selling else instrument.quote
            return errors.insufficient(asset, margin=not spot)
