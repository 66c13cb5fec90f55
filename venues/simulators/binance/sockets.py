"""The WebSocket face of a product: market streams, user streams and the WebSocket API."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from venues.simulators.binance.front import Front
from venues.simulators.binance.listen_keys import ListenKeys
from venues.simulators.binance.market_streams import MarketStreams
from venues.simulators.binance.user_streams import Subscription, UserStreams
from venues.simulators.binance.ws_api import Session, WsMethods
from venues.simulators.fault_kinds import FaultKind
from venues.simulators.faults import Faults
from venues.simulators.outbox import Outbox

# The futures venue serves the same streams under routes by purpose as well.
_STREAM_PATH = re.compile(r"(?:/(?:public|market|private))?/(ws|stream)(?:/(.+))?/?")
MOST_TEXT_BYTES = 1 << 20

type OnText = Callable[[str], Awaitable[None]]


class Sockets:
    """Serves upgrades. Frames are answered in order; pushed events go through the same outbox."""

    def __init__(
        self,
        front: Front,
        faults: Faults,
        markets: MarketStreams,
        users: UserStreams,
        listen_keys: ListenKeys,
        methods: WsMethods,
        api_path: str,
        ping_s: float,
    ) -> None:
        self._front = front
        self._faults = faults
        self._markets = markets
        self._users = users
        self._listen_keys = listen_keys
        self._methods = methods
        self._api_path = api_path
        self._ping_s = ping_s
        self._open: dict[web.WebSocketResponse, Outbox] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Upgrade a request and serve the socket until it ends."""
        if self._faults.in_maintenance(self._front.venue):
            return _unavailable()
        path = request.path.rstrip("/")
        if path == self._api_path:
            return await self._serve_api(request)
        found = _STREAM_PATH.fullmatch(request.path)
        if found is None:
            return web.json_response({"code": -1099, "msg": f"Not found: {path}"}, status=404)
        kind, tail = found.groups()
        listen_key = request.query.get("listenKey")
        if listen_key is None and tail and "@" not in tail:
            listen_key = tail
        if listen_key is not None:
            return await self._serve_user(request, listen_key)
        names = request.query.get("streams", "") if kind == "stream" else (tail or "")
        return await self._serve_market(request, names.split("/"), wrapped=kind == "stream")

    def beat(self) -> None:
        """What armed faults do to the open sockets."""
        venue = self._front.venue
        if self._faults.in_maintenance(venue):
            for outbox in self._open.values():
                outbox.abort()
        elif self._open and (fault := self._faults.strike(FaultKind.ERROR_FRAME, venue)):
            error = {"code": fault.param("code") or -1000, "msg": fault.param("msg")}
            for outbox in self._open.values():
                outbox.send(json.dumps({"id": None, "status": 400, "error": error}))

    async def close(self) -> None:
        """Close every socket: the venue is going down."""
        for socket in list(self._open):
            await socket.close(code=1001)

    async def _serve_api(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._users.accepting():
            return _unavailable()
        session: Session | None = None

        def start(outbox: Outbox) -> OnText:
            nonlocal session
            session = Session(self._front, self._methods, outbox)
            return session.on_text

        return await self._run(request, start)

    async def _serve_user(self, request: web.BaseRequest, listen_key: str) -> web.StreamResponse:
        if not self._users.accepting():
            return _unavailable()
        now_ms = self._front.now_ns() // 1_000_000
        account = self._listen_keys.account_of(listen_key, now_ms)
        if account is None:
            body = {"code": -1125, "msg": "This listenKey does not exist."}
            return web.json_response(body, status=400)

        def start(outbox: Outbox) -> OnText:
            self._users.add(Subscription(account, outbox))

            async def on_text(text: str) -> None:
                outbox.send(json.dumps(_listed(text, listen_key)))

            return on_text

        return await self._run(request, start)

    async def _serve_market(
        self, request: web.BaseRequest, names: list[str], *, wrapped: bool
    ) -> web.StreamResponse:
        outbox: Outbox | None = None

        def start(opened: Outbox) -> OnText:
            nonlocal outbox
            outbox = opened
            wanted = [name for name in names if name]
            self._markets.subscribe(opened, wanted, self._front.now_ns(), wrapped=wrapped)

            async def on_text(text: str) -> None:
                opened.send(json.dumps(self._control(opened, text, wrapped=wrapped)))

            return on_text

        try:
            return await self._run(request, start)
        finally:
            if outbox is not None:
                self._markets.unsubscribe(outbox, self._markets.subscriptions(outbox))

    def _control(self, outbox: Outbox, text: str, *, wrapped: bool) -> dict[str, Any]:
        """Answer SUBSCRIBE, UNSUBSCRIBE and LIST_SUBSCRIPTIONS."""
        request_id = None
        try:
            request = json.loads(text)
            request_id, method = request.get("id"), request["method"]
            names = [str(name) for name in request.get("params", [])]
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            return {"error": {"code": 2, "msg": f"Invalid request: {error}"}, "id": request_id}
        match method:
            case "SUBSCRIBE":
                self._markets.subscribe(outbox, names, self._front.now_ns(), wrapped=wrapped)
            case "UNSUBSCRIBE":
                self._markets.unsubscribe(outbox, names)
            case "LIST_SUBSCRIPTIONS":
                return {"result": self._markets.subscriptions(outbox), "id": request_id}
            case _:
                problem = f"Invalid request: unknown method {method!r}"
                return {"error": {"code": 2, "msg": problem}, "id": request_id}
        return {"result": None, "id": request_id}

    async def _run(
        self, request: web.BaseRequest, start: Callable[[Outbox], OnText]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, max_msg_size=MOST_TEXT_BYTES)
        await socket.prepare(request)
        opened_ns = time.time_ns()

        def half_open() -> bool:
            return self._faults.half_open(self._front.venue, opened_ns)

        outbox = Outbox(socket, request, half_open)
        on_text = start(outbox)
        tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(outbox.ping(self._ping_s))]
        self._open[socket] = outbox
        try:
            async for message in socket:
                if not outbox.half_open:
                    await _receive(message, outbox, on_text)
        finally:
            del self._open[socket]
            self._users.discard(outbox)
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        return socket


async def _receive(message: WSMessage, outbox: Outbox, on_text: OnText) -> None:
    outbox.hear()
    match message.type:
        case WSMsgType.TEXT:
            await on_text(message.data)
        case WSMsgType.BINARY:
            await on_text(message.data.decode("utf-8", errors="replace"))
        case WSMsgType.PING:
            await outbox.pong(message.data)


def _unavailable() -> web.Response:
    return web.Response(status=503, text="user streams are refused by an armed fault")


def _listed(text: str, listen_key: str) -> dict[str, Any]:
    """The answer to LIST_SUBSCRIPTIONS on a user stream: it has one, named by its listen key."""
    request_id = None
    try:
        request = json.loads(text)
        request_id, method = request.get("id"), request["method"]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return {"error": {"code": 2, "msg": f"Invalid request: {error}"}, "id": request_id}
    if method != "LIST_SUBSCRIPTIONS":
        problem = f"Invalid request: a user stream has no method {method!r}"
        return {"error": {"code": 2, "msg": problem}, "id": request_id}
    return {"result": [listen_key], "id": request_id}
