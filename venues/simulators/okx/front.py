"""The HTTP face: routing, authentication, limits, faults and answers."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from venues.simulators.cuts import Cut
from venues.simulators.fault_kinds import COMMANDS
from venues.simulators.fault_plans import Ending, Plan
from venues.simulators.faults import Faults
from venues.simulators.okx import errors
from venues.simulators.okx.calls import Call, Endpoint, Item, Reply, Routes
from venues.simulators.okx.errors import ApiError, bad_parameter
from venues.simulators.okx.ids import exchange_id
from venues.simulators.okx.limits import RateLimiter
from venues.simulators.okx.signing import KeyRing
from venues.simulators.order_store import OrderStore
from venues.simulators.wire import WireLog

SILENCE_S = 600.0
SILENCE_POLL_S = 0.2
LOOPBACK = "ip"


class NoAnswer(Exception):
    """The request is left without the venue's answer, as the plan's ending says."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.ending)
        self.plan = plan


class Front:
    """The venue's requests, by HTTP and by WebSocket operation."""

    def __init__(
        self,
        name: str,
        orders: OrderStore,
        routes: Routes,
        keys: KeyRing,
        limiter: RateLimiter,
        faults: Faults,
        wire: WireLog,
        cut_streams: Callable[[Cut], int],
    ) -> None:
        self.name = name
        self.keys = keys
        self._orders = orders
        self._routes = routes
        self._limiter = limiter
        self._faults = faults
        self._wire = wire
        self._cut_streams = cut_streams

    def now_ns(self) -> int:
        """The venue's clock: ours, plus an armed skew."""
        return time.time_ns() + self._faults.clock_skew_ms(self.name) * 1_000_000

    @property
    def endpoints(self) -> frozenset[tuple[str, str]]:
        """Methods and paths that are served."""
        return frozenset(self._routes)

    def serve_with(
        self, sockets: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        """The request handler of the port; ``sockets`` serves WebSocket upgrades."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await sockets(request)
            return await self._handle(request)

        return handle

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        received_ns = time.time_ns()
        body = (await request.read()).decode("utf-8", errors="replace")
        status = 200
        try:
            endpoint = self._route(request.method, request.path)
            account = self._authenticate(request, endpoint, body)
            items, is_list = _items(request, body)
            expires = request.headers.get("expTime", "")
            reply = await self.perform(
                endpoint,
                f"{request.method} {request.path}",
                items,
                account,
                received_ns,
                expires=expires,
                is_list=is_list,
            )
        except NoAnswer as unanswered:
            return await _leave_unanswered(request, unanswered.plan)
        except ApiError as error:
            reply, status = Reply([], error.code, error.message), error.status
        return _response(reply, received_ns, status)

    def _route(self, method: str, path: str) -> Endpoint:
        endpoint = self._routes.get((method, path))
        if endpoint is None:
            raise ApiError("50404", f"{method} {path} is not served here.", 404)
        return endpoint

    def _authenticate(self, request: web.BaseRequest, endpoint: Endpoint, body: str) -> str:
        if not endpoint.signed:
            return ""
        now_ms = self.now_ns() // 1_000_000
        key = self.keys.check_request(
            request.headers, request.method, request.raw_path, body, now_ms
        )
        demo = request.headers.get("x-simulated-trading", "0") == "1"
        if demo != key.demo:
            raise ApiError("50101", "APIKey does not match current environment.", 401)
        return key.account

    async def perform(
        self,
        endpoint: Endpoint,
        path: str,
        items: list[Item],
        account: str,
        received_ns: int,
        *,
        expires: str = "",
        is_list: bool = False,
    ) -> Reply:
        """Serve an authenticated request, with what the armed faults do to it.

        Raises ApiError for a refusal and NoAnswer when the client must be left without one.
        """
        named = [self._client_id(account, item) for item in items]
        if endpoint.action in COMMANDS:
            for item, client_id in zip(items, named, strict=True):
                order_id = str(item.get("ordId") or item.get("algoId") or "")
                self._wire.add(received_ns, self.name, endpoint.action, client_id, order_id)
        self._count(endpoint, path, items, account)
        plan = self._faults.plan(self.name, endpoint.action, path, named[0] if named else "")
        if plan is None:
            return self._handled(endpoint, items, account, expires, is_list=is_list)
        await asyncio.sleep(plan.delay_before_ms / 1000)
        if plan.cut is not None:
            self._cut_streams(plan.cut)
        reply: Reply | ApiError = Reply([])
        if plan.execute:
            try:
                reply = self._handled(endpoint, items, account, expires, is_list=is_list)
            except ApiError as error:
                reply = error
        await asyncio.sleep(plan.delay_after_ms / 1000)
        if (ending := _ending(plan, items, self.now_ns() // 1_000_000)) is not None:
            return ending
        if isinstance(reply, ApiError):
            raise reply
        return reply

    def _handled(
        self, endpoint: Endpoint, items: list[Item], account: str, expires: str, *, is_list: bool
    ) -> Reply:
        now_ns = self.now_ns()
        if expires and not (expires.isdigit() and int(expires) * 1_000_000 > now_ns):
            raise ApiError(*errors.EXPIRED_REQUEST)
        answer = endpoint.handler(Call(items, account, now_ns, is_list))
        return answer if isinstance(answer, Reply) else Reply(answer)

    def _count(self, endpoint: Endpoint, path: str, items: list[Item], account: str) -> None:
        """One for each request, or for each order; by instrument where the venue does so."""
        names = [f"{account or LOOPBACK}/{path}"]
        if endpoint.by_instrument:
            named = [str(item.get("instId") or item.get("instIdCode") or "") for item in items]
            names = [f"{names[0]}/{name}" for name in (named if endpoint.per_item else named[:1])]
        elif endpoint.per_item:
            names *= len(items)
        for name in names:
            self._limiter.use(name, endpoint.limit, self.now_ns() // 1_000_000)

    def _client_id(self, account: str, item: Item) -> str:
        """The client id of the order that an item names in whichever way."""
        named = item.get("clOrdId") or item.get("algoClOrdId")
        if named:
            return str(named)
        for name in ("ordId", "algoId"):
            text = str(item.get(name, ""))
            if text.isascii() and text.isdigit():
                number = int(text)
                order = self._orders.get(number if name == "ordId" else exchange_id(number))
                return order.client_order_id if order and order.account == account else ""
        return ""


def _ending(plan: Plan, items: list[Item], now_ms: int) -> Reply | None:
    """What the plan answers instead of the true outcome; None if that is told."""
    match plan.ending:
        case Ending.REPLY:
            return None
        case Ending.REJECTED:
            status, code, text = plan.refusal
            # The kinds' default is Binance's code; without a code of its own it is OKX's 51008.
            wanted = str(code) if code > 0 else "51008"
            if status >= 401:
                raise ApiError(wanted, text, status)
            refusal = {"sCode": wanted, "sMsg": text, "subCode": "", "ts": str(now_ms)}
            ids = ("clOrdId", "ordId", "tag", "algoClOrdId", "algoId")
            rows = [
                {**{name: str(item.get(name, "")) for name in ids}, **refusal} for item in items
            ]
            return Reply(rows, "1", "All operations failed")
        case Ending.UNAVAILABLE:
            raise errors.unavailable()
        case Ending.MAINTENANCE:
            raise errors.maintenance()
        case Ending.STATUS_UNKNOWN:
            raise errors.status_unknown()
        case Ending.THROTTLED | Ending.BANNED:
            # OKX bans nobody for this; it goes on refusing.
            raise errors.throttled()
        case Ending.DROP | Ending.SILENCE | Ending.GATEWAY_ERROR:
            raise NoAnswer(plan)


def _items(request: web.BaseRequest, body: str) -> tuple[list[Item], bool]:
    """The query or the JSON body, always as a list of items."""
    if request.method != "POST":
        query = request.raw_path.partition("?")[2]
        return [dict(parse_qsl(query, keep_blank_values=True))], False
    try:
        sent = json.loads(body) if body else {}
    except ValueError:
        raise ApiError(
            "50006", "Invalid Content-Type, please use the application/json format", 400
        ) from None
    items = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(item, dict) for item in items):
        raise bad_parameter("body")
    return items, isinstance(sent, list)


def _response(reply: Reply, received_ns: int, status: int) -> web.Response:
    body: Mapping[str, Any] = {
        "code": reply.code,
        "data": reply.data,
        "inTime": str(received_ns // 1000),
        "msg": reply.msg,
        "outTime": str(time.time_ns() // 1000),
    }
    text = json.dumps(body, separators=(",", ":"))
    return web.Response(text=text, status=status, content_type="application/json")


async def _leave_unanswered(request: web.BaseRequest, plan: Plan) -> web.Response:
    """Answer as a gateway does that lost its venue, or end the connection, now or much later."""
    if plan.ending is Ending.GATEWAY_ERROR:
        title = f"{plan.gateway_status} {HTTPStatus(plan.gateway_status).phrase}"
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        return web.Response(text=page, status=plan.gateway_status, content_type="text/html")
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
