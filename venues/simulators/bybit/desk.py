"""Serving authenticated requests, however they came, with what the armed faults do to them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from venues.simulators.bybit.calls import Call, Endpoint, Reply
from venues.simulators.bybit.errors import (
    ApiError,
    overloaded,
    server_error,
    server_timeout,
    too_frequent_address,
    too_many_visits,
)
from venues.simulators.bybit.instruments import Category
from venues.simulators.bybit.limits import RateLimiter, Usage
from venues.simulators.bybit.params import Params
from venues.simulators.bybit.trading import find_order
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import COMMANDS
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.wire import WireLog

_DEFAULT_REFUSAL = ApiError(110032, "Order is illegal")


@dataclass(slots=True)
class NoAnswer(Exception):
    """The request gets no answer, or a gateway's page in its place, as the plan says."""

    plan: Plan


class Desk:
    """Counts, logs and performs requests."""

    def __init__(
        self,
        venue: str,
        exchange: Exchange,
        limiter: RateLimiter,
        faults: Faults,
        wire: WireLog,
        cut_streams: Callable[[Cut], int],
    ) -> None:
        self.venue = venue
        self.limiter = limiter
        self.faults = faults
        self._exchange = exchange
        self._wire = wire
        self._cut_streams = cut_streams

    def now_ns(self) -> int:
        """The venue's clock: ours, plus an armed skew."""
        return time.time_ns() + self.faults.clock_skew_ms(self.venue) * 1_000_000

    def count(self, endpoint: Endpoint, params: Params, account: str) -> Usage | None:
        """Count a private request; raises ApiError 10006."""
        if endpoint.bucket is None:
            return None
        category, cost = endpoint.category(params), endpoint.cost(params)
        now_ms = self.now_ns() // 1_000_000
        return self.limiter.use(account, endpoint.bucket, category, cost, now_ms)

    async def perform(
        self, endpoint: Endpoint, path: str, params: Params, account: str, received_ns: int
    ) -> Reply:
        """Serve a request; ``path`` is "METHOD /path" by whatever way it came.

        Raises ApiError for a refusal and NoAnswer when the client must be left without one.
        """
        client_id = self._note(endpoint, params, account, received_ns)
        plan = self.faults.plan(self.venue, endpoint.action, path, client_id)
        if plan is None:
            return endpoint.handler(self._call(params, account))
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._cut_streams(plan.cut)
        reply, refusal = Reply({}), None
        if plan.execute:
            try:
                reply = endpoint.handler(self._call(params, account))
            except ApiError as error:
                refusal = error
        await asyncio.sleep(plan.delay_after_ms / 1000)
        _end(plan, spot=params.optional("category") == Category.SPOT)
        if refusal is not None:
            raise refusal
        return reply

    def _note(self, endpoint: Endpoint, params: Params, account: str, received_ns: int) -> str:
        """Log each order command of a request; returns the client id that faults go by."""
        batch = params.values.get("request")
        requests = batch if isinstance(batch, list) else [params.values]
        names = [self._client_id(Params(r), account) for r in requests if isinstance(r, dict)]
        if endpoint.action in COMMANDS:
            for name in names:
                order_id = params.optional("orderId") or ""
                # A cancel of everything names no order.
                self._wire.add(received_ns, self.venue, endpoint.action, name or "*", order_id)
        return names[0] if names else ""

    def _client_id(self, params: Params, account: str) -> str:
        name, number = params.optional("orderLinkId"), params.optional("orderId")
        if name is not None or number is None:
            return name or ""
        order = find_order(self._exchange, account, number, None)
        return order.client_order_id if order else ""

    def _call(self, params: Params, account: str) -> Call:
        return Call(params, account, self.now_ns())


def _end(plan: Plan, *, spot: bool) -> None:
    """Raise what the plan answers instead of the true outcome."""
    match plan.ending:
        case Ending.REJECTED:
            status, code, message = plan.refusal
            if code <= 0:  # a fault that names no code of this venue's
                raise ApiError(_DEFAULT_REFUSAL.code, message or _DEFAULT_REFUSAL.message)
            raise ApiError(code, message, status if status >= 500 else 200)
        case Ending.UNAVAILABLE:
            raise server_error()
        case Ending.MAINTENANCE:
            raise ApiError(10016, "Service is restarting. Please try again later.")
        case Ending.STATUS_UNKNOWN:
            raise server_timeout(spot=spot)
        case Ending.THROTTLED:
            raise too_many_visits()
        case Ending.BANNED:
            raise too_frequent_address()
        case Ending.GATEWAY_ERROR | Ending.DROP | Ending.SILENCE:
            raise NoAnswer(plan)


def as_socket_error(error: ApiError) -> ApiError:
    """What the trade socket says where REST has an HTTP status."""
    return overloaded() if error.status == 403 else error
