"""The HTTP face of a product: routing, authentication, limits, faults and answers."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web

from venues.simulators.binance.algo_messages import order_id_of
from venues.simulators.binance.calls import Call, Endpoint, Routes, Security
from venues.simulators.binance.errors import (
    ApiError,
    banned,
    in_maintenance,
    status_unknown,
    too_much_weight,
    unavailable,
)
from venues.simulators.binance.limits import BAN_MS, RateLimiter
from venues.simulators.binance.params import Params, as_text, parse_params
from venues.simulators.binance.signing import KeyRing, check_signed
from venues.simulators.cuts import Cut
from venues.simulators.exchange import Exchange
from venues.simulators.fault_kinds import COMMANDS
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.wire import WireLog

API_KEY_HEADER = "X-MBX-APIKEY"
CLIENT_IDS = ("newClientOrderId", "origClientOrderId", "clientAlgoId")
SILENCE_S = 600.0
SILENCE_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class NoAnswer(Exception):
    """The venue itself does not answer: the plan ends with DROP, SILENCE or GATEWAY_ERROR."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.ending)
        self.plan = plan


class Front:
    """One product's requests, by HTTP and by WebSocket API."""

    def __init__(
        self,
        venue: str,
        exchange: Exchange,
        routes: Routes,
        keys: KeyRing,
        limiter: RateLimiter,
        faults: Faults,
        wire: WireLog,
        cut_streams: Callable[[Cut], int],
    ) -> None:
        self.venue = venue
        self.keys = keys
        self._exchange = exchange
        self.routes = routes
        self._limiter = limiter
        self._faults = faults
        self._wire = wire
        self._cut_streams = cut_streams

    def now_ns(self) -> int:
        """The venue's clock: ours, plus an armed skew."""
        return time.time_ns() + self._faults.clock_skew_ms(self.venue) * 1_000_000

    def now_ms(self) -> int:
        """The same in milliseconds."""
        return self.now_ns() // 1_000_000

    def serve_with(
        self, sockets: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """The request handler of the product's port; ``sockets`` serves WebSocket upgrades."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await sockets(request)
            return await self._handle(request)

        return handle

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        received_ns = time.time_ns()
        body = (await request.read()).decode("utf-8", errors="replace")
        account = None
        try:
            endpoint = self.route(request.method, request.path)
            params = parse_params(_raw_query(request), body)
            self.charge(endpoint, params)
            account = self._authenticate(request, endpoint, body, params)
            answer = await self.perform(
                endpoint, request.method, request.path, params, account, received_ns
            )
        except ApiError as error:
            answer = self._failed(error)
        except NoAnswer as unanswered:
            return await _leave_unanswered(request, unanswered.plan)
        headers = dict(answer.headers) | self._limiter.headers(account)
        text = json.dumps(answer.body, separators=(",", ":"))
        return web.Response(
            text=text, status=answer.status, headers=headers, content_type="application/json"
        )

    def route(self, method: str, path: str) -> Endpoint:
        """The endpoint of a method and path; raises ApiError 404."""
        endpoint = self.routes.get((method, path))
        if endpoint is None:
            raise ApiError(-1099, f"Not found: {method} {path} is not served here.", 404)
        return endpoint

    def charge(self, endpoint: Endpoint, params: Mapping[str, str]) -> None:
        """Count the weight of a request; raises ApiError 429 or 418."""
        self.use_weight(endpoint.cost(params))

    def use_weight(self, weight: int) -> None:
        """The same for what is no request of REST."""
        self._limiter.use(weight, self.now_ms())

    def used_weight(self) -> list[dict[str, object]]:
        """What a reply of the WebSocket API reports."""
        return self._limiter.used()

    async def perform(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        params: Mapping[str, str],
        account: str | None,
        received_ns: int,
    ) -> Answer:
        """Serve an authenticated request, with what the armed faults do to it.

        Raises ApiError for a refusal and NoAnswer when the client must be left without one.
        """
        commands = _commands(params)
        client_id = self._client_id(commands[0])
        if endpoint.action in COMMANDS:
            for command in commands:
                named = (self._client_id(command), command.get("orderId") or command.get("algoId"))
                self._wire.add(received_ns, self.venue, endpoint.action, named[0], named[1] or "")
        plan = self._faults.plan(self.venue, endpoint.action, f"{method} {path}", client_id)
        if plan is None:
            return Answer(200, endpoint.handler(self._call(params, account)))
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._cut_streams(plan.cut)
        answer = Answer(200, {})
        refusal: ApiError | None = None
        if plan.execute:
            try:
                answer = Answer(200, endpoint.handler(self._call(params, account)))
            except ApiError as error:
                refusal = error
        await asyncio.sleep(plan.delay_after_ms / 1000)
        self._end(plan)
        if refusal is not None:
            raise refusal
        return answer

    def _end(self, plan: Plan) -> None:
        """Raise what the plan answers instead of the true outcome."""
        match plan.ending:
            case Ending.REJECTED:
                status, code, message = plan.refusal
                raise ApiError(code, message, status)
            case Ending.UNAVAILABLE:
                raise unavailable()
            case Ending.MAINTENANCE:
                raise in_maintenance()
            case Ending.STATUS_UNKNOWN:
                raise status_unknown()
            case Ending.THROTTLED:
                raise too_much_weight(self._limiter.limits.weight_per_minute)
            case Ending.BANNED:
                raise banned(self.now_ms() + BAN_MS)
            case Ending.DROP | Ending.SILENCE | Ending.GATEWAY_ERROR:
                raise NoAnswer(plan)

    def _authenticate(
        self, request: web.BaseRequest, endpoint: Endpoint, body: str, params: Mapping[str, str]
    ) -> str | None:
        if endpoint.security is Security.NONE:
            return None
        key = self.keys.identify(request.headers.get(API_KEY_HEADER))
        if endpoint.security is Security.SIGNED:
            check_signed(key, _raw_query(request), body, params, self.now_ms())
        return key.account

    def _call(self, params: Mapping[str, str], account: str | None) -> Call:
        now_ns = self.now_ns()
        forgotten_ns = self._faults.forgotten_before_ns(self.venue, now_ns)
        return Call(Params(params), account or "", now_ns, forgotten_ns)

    def _client_id(self, params: Mapping[str, str]) -> str:
        for name in CLIENT_IDS:
            if named := params.get(name):
                return named
        order_id, algo = params.get("orderId", ""), params.get("algoId", "")
        number = order_id or algo
        if not (number.isascii() and number.isdigit()):
            return ""
        order = self._exchange.state.orders.get(
            int(order_id) if order_id else order_id_of(int(algo))
        )
        return order.client_order_id if order else ""

    def _failed(self, error: ApiError) -> Answer:
        headers: dict[str, str] = {}
        if error.status in (418, 429):
            wait = self._limiter.retry_after_s(error, self.now_ms())
            headers["Retry-After"] = str(wait)
        return Answer(error.status, error.body, headers)


def _commands(params: Mapping[str, str]) -> list[Mapping[str, str]]:
    """The orders that a request is about: one, or those of a batch."""
    try:
        batch = Params(params).listed("batchOrders")
    except ApiError:
        batch = None
    listed = [each for each in batch or () if isinstance(each, dict)]
    return [{name: as_text(each) for name, each in one.items()} for one in listed] or [params]


def _raw_query(request: web.BaseRequest) -> str:
    """The query as it was sent: the signature covers its very bytes."""
    return request.raw_path.partition("?")[2]


async def _leave_unanswered(request: web.BaseRequest, plan: Plan) -> web.Response:
    """Answer as a gateway does that lost its venue, or end the connection, now or much later."""
    if plan.ending is Ending.GATEWAY_ERROR:
        return _gateway_page(plan.gateway_status)
    if plan.ending is Ending.SILENCE:
        deadline = asyncio.get_running_loop().time() + SILENCE_S
        while request.transport is not None and not request.transport.is_closing():
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(SILENCE_POLL_S)
    if request.transport is not None and plan.fin:
        request.transport.close()
    elif request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


def _gateway_page(status: int) -> web.Response:
    title = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return web.Response(text=page, status=status, content_type="text/html")
