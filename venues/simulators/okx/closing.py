"""Getting out: a position closed at market, and all orders canceled when a client falls silent."""

from dataclasses import dataclass
from typing import Any

from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import Action
from venues.simulators.matching import Side, TimeInForce
from venues.simulators.okx import errors
from venues.simulators.okx.calls import Call, Endpoint, Routes
from venues.simulators.okx.errors import ApiError, bad_parameter
from venues.simulators.okx.feed import Feed
from venues.simulators.okx.instruments import SWAP, type_of
from venues.simulators.okx.order_reading import (
    ACCOUNT_SELF_TRADE,
    SELF_TRADES,
    instrument_of,
    named_terms,
)
from venues.simulators.okx.params import Params
from venues.simulators.okx.trading import refused
from venues.simulators.orders import EndReason, NewOrder, Order, OrderType, Refusal

SHORTEST_S, LONGEST_S = 10, 120
MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class _Countdown:
    """Whose orders end: of an account, or those with a tag of it."""

    account: str
    tag: str

    def covers(self, order: Order) -> bool:
        """Algo orders that wait stay."""
        waits = order.type.is_conditional and not order.triggered
        return not waits and self.tag in ("", order.venue_terms.get("tag", ""))


class Closing:
    """Commands that end what an account has."""

    def __init__(self, exchange: Exchange, feed: Feed) -> None:
        self._exchange = exchange
        self._feed = feed
        self._due_ns: dict[_Countdown, int] = {}

    def routes(self) -> Routes:
        """Endpoints with the real venue's limits."""
        return {
            ("POST", "/api/v5/trade/close-position"): Endpoint(
                self.close_position, 20, action=Action.SUBMIT, by_instrument=True
            ),
            ("POST", "/api/v5/trade/cancel-all-after"): Endpoint(
                self.cancel_all_after, 2, action=Action.OTHER
            ),
            ("POST", "/api/v5/trade/order-precheck"): Endpoint(self.precheck, 5),
        }

    def close_position(self, call: Call) -> list[dict[str, Any]]:
        """A market order for the whole of a position."""
        params = call.params
        instrument = instrument_of(params)
        params.choice("mgnMode", {"cross": "cross"})
        params.choice("posSide", {"net": "net"}, "net")
        amount = self._feed.account(call.account).position(instrument.symbol).amount
        if type_of(instrument) != SWAP or not amount:
            raise ApiError(*errors.NO_POSITION)
        side = Side.SELL if amount > 0 else Side.BUY
        closing = [
            order
            for order in self._exchange.state.orders.open_orders(call.account, instrument.symbol)
            if order.reduce_only and order.side is side
        ]
        if closing and not params.boolean("autoCxl"):
            raise ApiError(*errors.CLOSING_ORDERS_PENDING)
        for order in closing:
            self._exchange.cancel(order, call.now_ns)
        new = NewOrder(
            account=call.account,
            client_order_id=params.client_id("clOrdId") or self._exchange.generated_client_id(),
            symbol=instrument.symbol,
            side=side,
            type=OrderType.MARKET,
            quantity=abs(amount),
            time_in_force=TimeInForce.IOC,
            reduce_only=True,
            self_trade=SELF_TRADES[ACCOUNT_SELF_TRADE],
            venue_terms=named_terms(params),
        )
        outcome = self._exchange.submit(new, call.now_ns)
        if isinstance(outcome, Refusal):
            refusal = refused(outcome, self._exchange, params)
            raise ApiError(refusal.code, refusal.message)
        named = {"clOrdId": params.get("clOrdId"), "tag": params.get("tag")}
        return [{"instId": instrument.symbol, "posSide": "net", **named}]

    def cancel_all_after(self, call: Call) -> list[dict[str, str]]:
        """Begin a countdown anew, or stop it. Times are seconds, as in the venue's example."""
        params = call.params
        countdown = _Countdown(call.account, params.tag())
        due_s = _seconds(params)
        if not due_s:
            self._due_ns.pop(countdown, None)
            trigger = "0"
        else:
            if countdown not in self._due_ns and self._tags_of(call.account) >= MOST_TAGS:
                raise ApiError(*errors.TOO_MANY_COUNTDOWNS)
            self._due_ns[countdown] = call.now_ns + due_s * 1_000_000_000
            trigger = str(call.now_ms // 1000 + due_s)
        return [{"triggerTime": trigger, "tag": countdown.tag, "ts": str(call.now_ms // 1000)}]

    def precheck(self, call: Call) -> list[dict[str, Any]]:
        """For multi-currency and portfolio margin only; the account here is in futures mode."""
        raise ApiError(*errors.WRONG_ACCOUNT_MODE)

    def beat(self, now_ns: int) -> None:
        """Cancel for those whose countdown has run out."""
        for countdown in [one for one, due_ns in self._due_ns.items() if due_ns <= now_ns]:
            del self._due_ns[countdown]
            for order in self._exchange.state.orders.open_orders(countdown.account):
                if countdown.covers(order):
                    self._exchange.cancel(order, now_ns, EndReason.DEAD_MAN)

    def _tags_of(self, account: str) -> int:
        return sum(one.account == account and one.tag != "" for one in self._due_ns)


def _seconds(params: Params) -> int:
    """How long to wait: 0 for not at all; raises ApiError."""
    params.text("timeOut")
    seconds = params.integer("timeOut") or 0
    if seconds and not SHORTEST_S <= seconds <= LONGEST_S:
        raise bad_parameter("timeOut")
    return seconds
