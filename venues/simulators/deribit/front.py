"""From a request to its answer: method, credits, faults, execution. Transports are elsewhere."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from venues.simulators.cuts import Cut
from venues.simulators.deribit.access import Identity
from venues.simulators.deribit.calls import Call, Connection, Method
from venues.simulators.deribit.desk import Desk
from venues.simulators.deribit.errors import (
    RpcError,
    forbidden,
    internal_error,
    method_not_found,
    other_reject,
    system_maintenance,
    temporarily_unavailable,
    timed_out,
    too_many_requests,
    unauthorized,
    unavailable,
    websocket_only,
)
from venues.simulators.deribit.limits import Credits
from venues.simulators.deribit.params import Params
from venues.simulators.deribit.scopes import SCOPES, allows
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import COMMANDS
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.wire import WireLog

_LOG = logging.getLogger(__name__)

EVERYTHING = "(all)"
"""What the wire log calls a command about more than one order."""

NO_CODE_OF_OURS = -2010
"""The code of a fault that names none is another venue's."""


class NoAnswer(Exception):
    """The request gets no JSON-RPC answer: the plan says what it gets instead."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.ending)
        self.plan = plan


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whatever it came over. ``identify`` says whose it is, or raises RpcError."""

    verb: str
    method: str
    values: Mapping[str, Any]
    address: str
    received_ns: int
    identify: Callable[[int], Identity | None]
    connection: Connection | None = None


class Front:
    """All requests of the venue."""

    def __init__(
        self,
        venue: str,
        desk: Desk,
        rates: Credits,
        faults: Faults,
        wire: WireLog,
        cut_streams: Callable[[Cut], int],
    ) -> None:
        self.venue = venue
        self.methods: dict[str, Method] = {}
        self.faults = faults
        self._desk = desk
        self._rates = rates
        self._wire = wire
        self._cut_streams = cut_streams

    @property
    def exchange(self) -> Exchange:
        return self._desk.exchange

    def now_ns(self) -> int:
        """The venue's clock: ours, plus an armed skew."""
        return time.time_ns() + self.faults.clock_skew_ms(self.venue) * 1_000_000

    async def perform(self, request: Request) -> Any:
        """The result of a request; raises RpcError for a refusal, NoAnswer for none."""
        method = self.methods.get(request.method)
        if method is None:
            raise method_not_found()
        if method.websocket_only and request.connection is None:
            raise websocket_only()
        identity = request.identify(self.now_ns())
        if identity is None and request.method.startswith("private/"):
            raise unauthorized()
        account = "" if identity is None else identity.account
        pool = method.pool_of(request.values)
        self._rates.use(account or request.address, pool, self.now_ns())
        if identity is not None and not allows(identity.scope, SCOPES.get(request.method)):
            raise forbidden()
        client_id = self._client_id(account, request.values)
        if method.action in COMMANDS:
            named = str(request.values.get("order_id", ""))
            about = client_id or ("" if named else EVERYTHING)
            self._wire.add(request.received_ns, self.venue, method.action, about, named)
        path = f"{request.verb} /api/v2/{request.method}"
        plan = self.faults.plan(self.venue, method.action, path, client_id)
        if plan is None:
            return self._execute(method, request, account)
        return await self._strike(plan, lambda: self._execute(method, request, account))

    async def _strike(self, plan: Plan, execute: Callable[[], Any]) -> Any:
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._cut_streams(plan.cut)
        result: Any = None
        refusal: RpcError | None = None
        if plan.execute:
            try:
                result = execute()
            except RpcError as error:
                refusal = error
        await asyncio.sleep(plan.delay_after_ms / 1000)
        _end(plan)
        if refusal is not None:
            raise refusal
        return result

    def _execute(self, method: Method, request: Request, account: str) -> Any:
        call = Call(
            Params(request.values), account, self.now_ns(), request.connection, request.address
        )
        try:
            return method.handler(call)
        except RpcError:
            raise
        except Exception as mistake:
            # A mistake of ours costs one request, as one of the venue's would, and no session.
            _LOG.exception("DERIBIT: %s failed", request.method)
            raise internal_error() from mistake

    def _client_id(self, account: str, values: Mapping[str, Any]) -> str:
        """The label of the order that a request is about."""
        if values.get("label"):
            return str(values["label"])
        if not values.get("order_id"):
            return ""
        try:
            order, _ = self._desk.find(account, str(values["order_id"]))
        except RpcError:  # there is no such order; its method will say so
            return ""
        return order.client_order_id


def _end(plan: Plan) -> None:
    """Raise what the plan answers instead of the true outcome."""
    match plan.ending:
        case Ending.REJECTED:
            status, code, message = plan.refusal
            if code == NO_CODE_OF_OURS:
                raise other_reject(message)
            raise RpcError(code, message, status=status)
        case Ending.UNAVAILABLE:
            raise unavailable()
        case Ending.MAINTENANCE:
            raise system_maintenance()
        case Ending.STATUS_UNKNOWN:
            # The two words of the venue for "it may have been executed".
            raise timed_out() if plan.execute else temporarily_unavailable()
        case Ending.THROTTLED | Ending.BANNED:
            raise too_many_requests()
        case Ending.DROP | Ending.SILENCE | Ending.GATEWAY_ERROR:
            raise NoAnswer(plan)
