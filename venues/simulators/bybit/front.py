"""The HTTP face: routing, authentication, limits and answers."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from venues.simulators.bybit.calls import Endpoint, Reply, Routes
from venues.simulators.bybit.desk import Desk, NoAnswer
from venues.simulators.bybit.errors import ApiError, not_found, parameter
from venues.simulators.bybit.limits import Usage
from venues.simulators.bybit.params import Params
from venues.simulators.bybit.signing import ApiKey, check_request
from venues.simulators.fault_plans import Ending, Plan

SILENCE_S = 600.0
SILENCE_POLL_S = 0.2

type Serve = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Front:
    """Requests by HTTP."""

    def __init__(self, desk: Desk, routes: Routes, key: ApiKey) -> None:
        self._desk = desk
        self._routes = routes
        self._key = key

    @property
    def endpoints(self) -> frozenset[tuple[str, str]]:
        """Methods and paths that are served."""
        return frozenset(self._routes)

    def serve_with(self, sockets: Serve) -> Serve:
        """The handler of the venue's port; ``sockets`` serves WebSocket upgrades."""

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await sockets(request)
            return await self._handle(request)

        return handle

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        received_ns = time.time_ns()
        body = (await request.read()).decode("utf-8", errors="replace")
        usage: Usage | None = None
        try:
            self._desk.limiter.arrive(self._desk.now_ns() // 1_000_000)
            endpoint = self._route(request)
            account = self._authenticate(request, endpoint, body)
            params = _params(request, body)
            usage = self._desk.count(endpoint, params, account)
            path = f"{request.method} {request.path}"
            reply = await self._desk.perform(endpoint, path, params, account, received_ns)
        except ApiError as error:
            return self._answer(error.code, error.message, Reply(error.result), usage, error.status)
        except NoAnswer as unanswered:
            return await _leave_unanswered(request, unanswered.plan)
        return self._answer(0, "OK", reply, usage, 200)

    def _route(self, request: web.BaseRequest) -> Endpoint:
        endpoint = self._routes.get((request.method, request.path))
        if endpoint is None:
            raise not_found(request.path)
        return endpoint

    def _authenticate(self, request: web.BaseRequest, endpoint: Endpoint, body: str) -> str:
        if endpoint.bucket is None:
            return ""
        # The query as it was sent: the signature covers its very bytes.
        payload = body if request.method == "POST" else request.raw_path.partition("?")[2]
        return check_request(self._key, request.headers, payload, self._desk.now_ns() // 1_000_000)

    def _answer(
        self, code: int, message: str, reply: Reply, usage: Usage | None, status: int
    ) -> web.Response:
        now_ms = self._desk.now_ns() // 1_000_000
        body = {
            "retCode": code,
            "retMsg": message,
            "result": reply.result,
            "retExtInfo": reply.extra,
            "time": now_ms,
        }
        headers = {"Traceid": "simulated", "Timenow": str(now_ms)}
        return web.Response(
            text=json.dumps(body, separators=(",", ":")),
            status=status,
            headers=headers | (usage.headers if usage else {}),
            content_type="application/json",
        )


def _params(request: web.BaseRequest, body: str) -> Params:
    if request.method != "POST":
        query = request.raw_path.partition("?")[2]
        return Params(dict(parse_qsl(query, keep_blank_values=True)))
    try:
        values: Any = json.loads(body or "{}")
    except ValueError:
        raise parameter("the body is not JSON") from None
    if not isinstance(values, Mapping):
        raise parameter("the body must be a JSON object")
    return Params(values)


async def _leave_unanswered(request: web.BaseRequest, plan: Plan) -> web.Response:
    """A gateway's page, an ended connection, or silence until the client gives up."""
    if plan.ending is Ending.GATEWAY_ERROR:
        page = f"<html><head><title>{plan.gateway_status}</title></head><body>nginx</body></html>"
        return web.Response(text=page, status=plan.gateway_status, content_type="text/html")
    if plan.ending is Ending.SILENCE:
        deadline = asyncio.get_running_loop().time() + SILENCE_S
        while request.transport is not None and not request.transport.is_closing():
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(SILENCE_POLL_S)
    if request.transport is not None:
        if plan.fin:
            request.transport.close()
        else:
            request.transport.abort()
    return web.Response(status=503)
