"""JSON-RPC over HTTP: parameters in a query (GET), or a JSON-RPC body (POST)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from json import loads
from typing import Any

from aiohttp import web

from venues.simulators.deribit.access import Access, Identity, Signed
from venues.simulators.deribit.errors import (
    RpcError,
    invalid_json,
    invalid_request,
    method_not_found,
)
from venues.simulators.deribit.front import Front, NoAnswer, Request
from venues.simulators.deribit.params import is_unicode
from venues.simulators.deribit.wire_format import encoded
from venues.simulators.fault_plans import Ending, Plan

PREFIX = "/api/v2"
GREATEST_ID = 1 << 63
SILENCE_S = 600.0
SILENCE_POLL_S = 0.2


class HttpFace:
    """Serves every request of the port that is no WebSocket upgrade."""

    def __init__(self, front: Front, access: Access) -> None:
        self._front = front
        self._access = access

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
        request_id: Any = None
        try:
            body = (await request.read()).decode("utf-8", errors="replace")
            method, values, request_id = _asked(request, body)
            result = await self._front.perform(
                Request(
                    verb=request.method,
                    method=method,
                    values=values,
                    address=request.remote or "",
                    received_ns=received_ns,
                    identify=lambda now_ns: self._identify(request, values, body, now_ns),
                )
            )
        except RpcError as error:
            told = {"error": error.body}
            failed = _response(self._front, received_ns, request_id, told, error.status)
            if error.ends_session:
                failed.force_close()
            return failed
        except NoAnswer as unanswered:
            return await _leave_unanswered(request, unanswered.plan)
        return _response(self._front, received_ns, request_id, {"result": result}, 200)

    def _identify(
        self, request: web.BaseRequest, values: dict[str, Any], body: str, now_ns: int
    ) -> Identity | None:
        token = values.get("access_token")
        if token:
            return self._access.by_token(str(token), now_ns, None)
        header = request.headers.get("Authorization", "")
        return self._access.identify(Signed(request.method, request.raw_path, body, header), now_ns)


def envelope(front: Front, received_ns: int, request_id: Any, outcome: dict[str, Any]) -> str:
    """An answer as the venue wraps it, by its own clock; without an id where there was none."""
    skew_us = front.faults.clock_skew_ms(front.venue) * 1000
    in_us, out_us = received_ns // 1000 + skew_us, time.time_ns() // 1000 + skew_us
    named = {} if request_id is None else {"id": request_id}
    times = {"usIn": in_us, "usOut": out_us, "usDiff": out_us - in_us, "testnet": True}
    return encoded({"jsonrpc": "2.0", **named, **outcome, **times})


def parsed(text: str) -> dict[str, Any]:
    """A JSON-RPC request, its numbers exact; raises RpcError."""
    try:
        request = loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        # A ValueError too for an integer of thousands of digits.
        raise invalid_json() from None
    if not isinstance(request, dict) or not isinstance(request.get("method"), str):
        raise invalid_request()
    if not isinstance(request.get("params") or {}, dict) or not _is_id(request.get("id")):
        raise invalid_request()
    return request


def _is_id(value: Any) -> bool:
    """Whether an answer can repeat it."""
    if isinstance(value, str):
        return is_unicode(value)
    return value is None or (isinstance(value, int) and abs(value) < GREATEST_ID)


def _asked(request: web.BaseRequest, body: str) -> tuple[str, dict[str, Any], Any]:
    """Method, parameters and id of a request."""
    path = request.path.rstrip("/")
    if not path.startswith(PREFIX) or request.method not in ("GET", "POST"):
        raise method_not_found()
    name = path[len(PREFIX) + 1 :]
    if request.method == "GET" or not body:
        return name, dict(request.query), None
    asked = parsed(body)
    return name or asked["method"], asked.get("params") or {}, asked.get("id")


def _response(
    front: Front, received_ns: int, request_id: Any, outcome: dict[str, Any], status: int
) -> web.Response:
    text = envelope(front, received_ns, request_id, outcome)
    return web.Response(text=text, status=status, content_type="application/json")


async def _leave_unanswered(request: web.BaseRequest, plan: Plan) -> web.StreamResponse:
    """A gateway's page, a connection that ends, or silence until the client gives up."""
    if plan.ending is Ending.GATEWAY_ERROR:
        page = f"<html><body><h1>{plan.gateway_status}</h1></body></html>"
        return web.Response(status=plan.gateway_status, text=page, content_type="text/html")
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
